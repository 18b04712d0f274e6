"""Applies the APIs in tests/fixtures/terraform by the real terraform, to a server that behaves like AWS."""
