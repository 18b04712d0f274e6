"""Readers of files that describe APIs."""
