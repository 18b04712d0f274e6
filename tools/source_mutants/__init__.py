"""Make small changes to the source, one at a time, and check that the tests fail (docs/adr/015)."""
