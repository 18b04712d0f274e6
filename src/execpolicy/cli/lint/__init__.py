"""The verb ``lint``."""
