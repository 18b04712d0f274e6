"""Many calls at once: the access matrix."""
