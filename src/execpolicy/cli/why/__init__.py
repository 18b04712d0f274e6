"""``execpolicy why``."""
