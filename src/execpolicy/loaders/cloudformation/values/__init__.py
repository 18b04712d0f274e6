"""The values of a template: parameters, functions, conditions, and what is not known (SRC-5, SRC-7)."""
