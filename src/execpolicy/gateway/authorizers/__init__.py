"""Authorizers: what they read of a call, what they return, and what is cached."""
