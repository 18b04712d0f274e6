"""``execpolicy replay``."""
