"""Results as text, in colour, and as JSON. Nothing is decided here."""
