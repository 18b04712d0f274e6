"""Many calls at once: the access matrix, the replay of access logs, and requests as columns."""
