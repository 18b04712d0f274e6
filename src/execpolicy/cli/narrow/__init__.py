"""``execpolicy narrow``."""
