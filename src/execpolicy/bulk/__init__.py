"""Many calls at once: the access matrix, and the replay of access logs."""
