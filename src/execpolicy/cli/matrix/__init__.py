"""``execpolicy matrix``."""
