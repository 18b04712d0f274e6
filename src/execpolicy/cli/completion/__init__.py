"""``execpolicy completion``."""
