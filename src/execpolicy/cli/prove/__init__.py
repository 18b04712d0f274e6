"""``execpolicy prove``."""
