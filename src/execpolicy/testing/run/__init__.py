"""Runs cases and compares the results with what they expect."""
