"""Runs the user's Lambda authorizer function in a process of its own."""
