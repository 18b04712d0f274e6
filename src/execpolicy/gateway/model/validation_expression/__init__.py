"""Validation expressions of authorizers, matched in time linear in the text."""
