"""Invariants: claims about all calls to an API, as values and as a small language for people (INV)."""
