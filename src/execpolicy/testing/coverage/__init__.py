"""Which statements of the policies, and which clauses of them, the cases have put to the test (docs/coverage.md)."""

from execpolicy.testing.coverage.collect import StatementCoverage
from execpolicy.testing.coverage.model import (
    ClauseReport,
    ClauseState,
    PolicyReport,
    StatementReport,
    StatementState,
)
from execpolicy.testing.coverage.report import CoverageReport
from execpolicy.testing.coverage.tally import Example, Tally

__all__ = [
    "ClauseReport",
    "ClauseState",
    "CoverageReport",
    "Example",
    "PolicyReport",
    "StatementCoverage",
    "StatementReport",
    "StatementState",
    "Tally",
]
