"""Decisions: policies compiled into clauses, one request evaluated against them, and the explanation."""
