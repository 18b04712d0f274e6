"""The meaning of the parts of a policy: patterns, ARNs, variables, operators, condition keys, principals."""
