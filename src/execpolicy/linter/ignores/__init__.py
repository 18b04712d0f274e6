"""Findings that are ignored on purpose: comments of YAML, and a file for other texts (docs/adr/024)."""
