"""What the words of a policy mean: patterns, ARNs, variables, operators, keys, principals."""
