"""Results set for people and for programs. Nothing is decided here."""
