"""ARNs of execute-api: their parts, their short forms, and the paths in them."""
