"""The sources of a plan or a state: HCL with places, and which part of it says which part of the plan (SRC-4)."""
