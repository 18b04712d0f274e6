"""The coverage report, as text, as plain data and as an HTML page."""

from __future__ import annotations

from typing import Any

from execpolicy.testing.coverage.as_data import as_data
from execpolicy.testing.coverage.as_text import as_text
from execpolicy.testing.coverage.model import CoverageData


class CoverageReport(CoverageData):
    """The coverage of policies by cases.

    Attributes:
        policies: every policy, in the order of the files.
        cases: how many cases were counted.
    """

    __slots__ = ()

    def text(self, *, covered: bool = False) -> str:
        """The report for people: a table of policies, and every point that is not covered with its place.

        Args:
            covered: whether to list also what is covered, and by which case.
        """
        return as_text(self, covered=covered)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, in the schema ``docs/schemas/coverage-1.json``."""
        return as_data(self)

    def html(self) -> str:
        """The report as one HTML page, without external resources and scripts."""
        from execpolicy.testing.coverage.page import page

        return page(self)

    def __str__(self) -> str:
        return self.text()
