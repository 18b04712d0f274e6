"""The full evaluation of a request: the result of every clause in every applicable layer."""
