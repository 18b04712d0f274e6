"""``execpolicy check``."""
