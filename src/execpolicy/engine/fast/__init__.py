"""The fast path: the outcome of a request, or nothing where the full evaluation is needed."""
