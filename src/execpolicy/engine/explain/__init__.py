"""Explanations of full evaluations, as text and as data."""
