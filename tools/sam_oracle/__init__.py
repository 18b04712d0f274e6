"""Compares the expansion of SAM with AWS's translator: ``make test-oracles`` writes what the translator answers."""
