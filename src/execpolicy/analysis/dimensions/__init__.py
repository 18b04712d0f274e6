"""The dimensions of a request: one for each property that a clause can test, with its sets of values."""
