"""``execpolicy test``."""
