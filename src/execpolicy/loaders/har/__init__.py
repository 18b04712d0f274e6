"""HAR files, in which browsers and proxies save the calls that they made (LOG-4)."""
