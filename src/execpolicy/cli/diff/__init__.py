"""``execpolicy diff``."""
