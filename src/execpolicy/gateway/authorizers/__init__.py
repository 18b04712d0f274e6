"""Authorizers: the input that they read of a call, their output, and its cache."""
