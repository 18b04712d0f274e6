"""Load errors as findings."""
