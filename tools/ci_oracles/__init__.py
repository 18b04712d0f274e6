"""Runs pre-commit with our hooks, and sarif-tools on our logs: ``make test-oracles`` writes what they say."""
