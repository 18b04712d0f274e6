"""Rules about ARNs."""
