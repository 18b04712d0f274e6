"""``execpolicy who``."""
