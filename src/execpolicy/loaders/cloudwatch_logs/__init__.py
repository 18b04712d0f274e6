"""What CloudWatch Logs writes around the lines of a log: events in JSON, times before lines, query results (LOG-7)."""
