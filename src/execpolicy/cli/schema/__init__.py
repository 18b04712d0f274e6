"""The verb ``schema``."""
