"""Edits of texts, and their application."""
