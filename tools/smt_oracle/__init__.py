"""Compares the analysis of all requests with an SMT solver: ``make test-oracles`` writes what z3 answers."""
