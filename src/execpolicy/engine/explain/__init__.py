"""Explanations: what a full evaluation found, as text and as data."""
