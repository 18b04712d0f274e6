"""Statement coverage: the statements and clauses of policies that cases test (docs/coverage.md)."""

from execpolicy.testing.coverage.case_count import CaseCount, Example
from execpolicy.testing.coverage.model import (
    ClauseReport,
    ClauseState,
    PolicyReport,
    StatementReport,
    StatementState,
)
from execpolicy.testing.coverage.report import CoverageReport
from execpolicy.testing.coverage.statement_coverage import StatementCoverage

__all__ = [
    "CaseCount",
    "ClauseReport",
    "ClauseState",
    "CoverageReport",
    "Example",
    "PolicyReport",
    "StatementCoverage",
    "StatementReport",
    "StatementState",
]
