"""Change the source in small ways, one at a time, and see whether the tests notice (docs/adr/015)."""
