"""Tries the wheel in new environments: with each Python at hand, without extras and with each of them.

``make test-extras`` runs it, with the package index.
"""
