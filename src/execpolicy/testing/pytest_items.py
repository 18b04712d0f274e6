"""Collects case files in pytest: a collector for each file, and an item for each of its cases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from execpolicy.document.project import reading_within
from execpolicy.document.syntax.wording import printable
from execpolicy.errors import ExecPolicyError
from execpolicy.testing.case_file.load import load_cases
from execpolicy.testing.report.as_text import brief, failure_lines
from execpolicy.testing.run.items import run_item
from execpolicy.testing.shown_path import shown_path

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle  # pytest gives these types no public name

    from execpolicy.testing.case_file.model import Item
    from execpolicy.testing.coverage import StatementCoverage
    from execpolicy.testing.run.result import CaseResult


class CaseFailedError(Exception):
    """A case failed. ``str()`` is the explanation, with the lines of the policies."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        return "\n".join(row.text for row in failure_lines(self.result))


class CaseFileCollector(pytest.File):
    """A case file. If it is invalid, collection fails with its errors and their places, without a traceback.

    Args:
        coverage: counts the cases that are run; None unless coverage is measured.
        given: the arguments that pytest gives to every file collector.
    """

    def __init__(self, *, coverage: StatementCoverage | None, **given: Any) -> None:
        super().__init__(**given)
        self._coverage = coverage

    def collect(self) -> Iterator[CaseItem]:
        """The cases in the order of the file."""
        try:
            allow_outside = self.config.getoption("execpolicy_allow_outside")
            with reading_within(self.config.rootpath, allow_outside=allow_outside):
                file = load_cases(shown_path(self.path), run_authorizers=True)
        except ExecPolicyError as error:
            raise self.CollectError(str(error)) from None
        taken: set[str] = set()
        for case in file.items:
            name = printable(case.name)
            if name in taken:  # a document can have the name of a case
                name = f"{name} ({case.span.line}:{case.span.column})"
            taken.add(name)
            yield CaseItem.from_parent(self, name=name, case=case, coverage=self._coverage)


class CaseItem(pytest.Item):
    """One case. ``-k`` selects it by its name and by its rules, ``-m execpolicy`` selects all cases."""

    def __init__(self, *, case: Item, coverage: StatementCoverage | None, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self._coverage = coverage
        self.add_marker(pytest.mark.execpolicy)
        self.extra_keyword_matches.update(case.rules)

    def runtest(self) -> None:
        """Run the case."""
        result = run_item(self.case)
        if self._coverage is not None:
            self._coverage.add(result)
        if not result.passed:
            raise CaseFailedError(result)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> str | TerminalRepr:
        """The explanation, with the lines of the policies; pytest's own report for any other error."""
        if not isinstance(excinfo.value, CaseFailedError):
            return super().repr_failure(excinfo, style)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash is not None:  # used by the summary and by other reports
            shown.reprcrash.path, shown.reprcrash.lineno = str(self.path), self.case.span.line
            shown.reprcrash.message = brief(excinfo.value.result)
        return shown

    def reportinfo(self) -> tuple[os.PathLike[str], int, str]:
        """The place of the case: pytest counts lines from 0."""
        return self.path, self.case.span.line - 1, self.name
