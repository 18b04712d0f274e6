"""Measures and reports the coverage of a pytest run, including that of the workers of pytest-xdist."""

from __future__ import annotations

import json
import os
from typing import Any, Final

import pytest

from execpolicy.testing.coverage import CoverageReport, StatementCoverage
from execpolicy.testing.coverage_options import COVERAGE_FILES, COVERAGE_FORMATS

#: The key of the coverage in the output of a worker of pytest-xdist.
_STATE: Final = "execpolicy_coverage"


class CoveragePlugin:
    """The hooks of pytest for coverage.

    Args:
        form: text, json or html.
        output: the file for the report; None for the terminal or the default file.
        fail_under: the minimum percentage, if any; below it the run fails.
    """

    def __init__(self, form: str, output: str | None, fail_under: float | None) -> None:
        self.coverage = StatementCoverage()
        self._form = form
        self._output = output if output is not None else COVERAGE_FILES.get(form)
        self._fail_under = fail_under
        self._lines: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Merge the coverage of a worker that has finished. A worker that crashed has none."""
        state = getattr(node, "workeroutput", {}).get(_STATE)
        if state is not None:
            self.coverage.merge(StatementCoverage.from_state(json.loads(state)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, and fail the run if too little is covered."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_STATE] = json.dumps(self.coverage.to_state())
            return
        if session.config.option.collectonly:
            return
        report = self.coverage.report()
        try:
            self._lines = self._reported(report)
        except OSError as error:
            self._lines = [f"cannot write {self._output}: {error.strerror}"]
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if self._fail_under is not None and not report.meets(self._fail_under):
            self._lines.append(f"FAILED: {report.percent:.1f}% is covered, {self._fail_under:g}% is required")
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the report, or the name of its file."""
        if self._lines:
            terminalreporter.section("execpolicy coverage", sep="-")
            for line in self._lines:
                terminalreporter.line(line)

    def _reported(self, report: CoverageReport) -> list[str]:
        if self._output is None:
            return report.text().rstrip("\n").split("\n")
        text = COVERAGE_FORMATS[self._form](report)
        os.makedirs(os.path.dirname(self._output) or os.curdir, exist_ok=True)
        with open(self._output, "w", encoding="utf-8") as file:
            file.write(text)
        return [f"{report.percent:.1f}% is covered; the report is in {self._output}"]
