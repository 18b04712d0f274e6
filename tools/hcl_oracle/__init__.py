"""The oracle of the reader of HCL."""
