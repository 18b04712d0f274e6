"""The verb ``explain``."""
