"""``execpolicy report``."""
