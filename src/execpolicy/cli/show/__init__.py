"""``execpolicy show``."""
