"""Policies made ready, one request against them, and the account of why."""
