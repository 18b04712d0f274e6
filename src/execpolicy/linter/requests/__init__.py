"""Requests that show what findings say."""
