"""Replace each condition of the linter's checks by True and by False, and check that the tests of its family fail."""
