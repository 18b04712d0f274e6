"""Measures the statement coverage and the mutation score of a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy.cli.report_files import write_report
from execpolicy.cli.test.internal_errors import name_item_on_error
from execpolicy.document.syntax.wording import counted
from execpolicy.testing.coverage_options import COVERAGE_FORMATS
from execpolicy.testing.run.result import CaseResult

if TYPE_CHECKING:
    from execpolicy.testing.coverage import CoverageReport
    from execpolicy.testing.mutation import MutationReport
    from execpolicy.testing.mutation.trial import ProgressCallback


class CoverageAndMutation(NamedTuple):
    """The reports of a run; None for what was not measured.

    ``reason_not_run`` says why mutation did not run although an option requested it.
    """

    coverage: CoverageReport | None = None
    mutation: MutationReport | None = None
    reason_not_run: str = ""

    def texts(self, arguments: argparse.Namespace) -> Iterator[str]:
        """The texts for people."""
        if self.coverage is not None:
            text, path = self.coverage.text(), arguments.coverage_output
            yield text if path is None else f"{text.splitlines()[0]}; written to {path}"
        if self.mutation is not None:
            yield self.mutation.text(diffs=arguments.verbose)
            if arguments.write_cases is not None:
                yield _written(len(self.mutation.missing), arguments.write_cases)
        if self.reason_not_run:
            yield f"Mutation: not run: {self.reason_not_run}"

    def sections(self, arguments: argparse.Namespace) -> Mapping[str, Any]:
        """The sections of the JSON report: each report with its threshold, and whether it is met."""
        found: dict[str, Any] = {}
        if self.coverage is not None:
            report = self.coverage.to_dict()
            least = arguments.coverage_fail_under
            found["coverage"] = {"fail_under": least, "met": self._coverage_met(least), "report": report}
        if arguments.mutate:
            changes = None if self.mutation is None else self.mutation.to_dict()
            least = arguments.mutation_fail_under
            found["mutation"] = {"fail_under": least, "met": self._mutation_met(least), "report": changes}
        return found

    def missed(self, arguments: argparse.Namespace) -> Iterator[str]:
        """The thresholds that are not met."""
        least = arguments.coverage_fail_under
        if self.coverage is not None and self._coverage_met(least) is False:
            yield f"coverage is {self.coverage.percent:.1f}%, --coverage-fail-under requires {least:g}%"
        least = arguments.mutation_fail_under
        if self._mutation_met(least) is False:
            found = "not known" if self.mutation is None else f"{self.mutation.percent:.1f}%"
            yield f"the mutation score is {found}, --mutation-fail-under requires {least:g}%"

    def _coverage_met(self, least: float | None) -> bool | None:
        return None if self.coverage is None or least is None else self.coverage.meets(least)

    def _mutation_met(self, least: float | None) -> bool | None:
        if least is None:
            return None
        if self.mutation is None:
            return False
        killed, survived = len(self.mutation.killed), len(self.mutation.survived)
        # As with coverage: without mutants that count, no threshold is met.
        return killed + survived > 0 and killed * 100 >= least * (killed + survived)


def measure(
    arguments: argparse.Namespace, results: Sequence[CaseResult], progress: ProgressCallback | None
) -> CoverageAndMutation:
    """Measure what the options request, and write the coverage report to its file.

    Args:
        arguments: the options.
        results: the results of all cases.
        progress: is called with the number of mutants done and the number of all.

    Raises:
        OutputError: the file cannot be written.
    """
    coverage = None if arguments.coverage is None else _covered(results)
    if coverage is not None and arguments.coverage_output is not None:
        write_report(arguments.coverage_output, COVERAGE_FORMATS[arguments.coverage](coverage))
    if not arguments.mutate:
        return CoverageAndMutation(coverage)
    failed = sum(not result.passed for result in results)
    if failed:
        return CoverageAndMutation(
            coverage, reason_not_run=f"{'1 case fails' if failed == 1 else f'{failed} cases fail'}; fix that first"
        )
    if not results:
        return CoverageAndMutation(coverage, reason_not_run="no case was run")
    from execpolicy.testing.mutation import mutate

    report = mutate([result.case for result in results], progress=progress)
    if arguments.write_cases is not None and report.missing:
        from execpolicy.testing.mutation.case_file_text import case_file_text

        write_report(arguments.write_cases, case_file_text(report.missing, arguments.write_cases))
    return CoverageAndMutation(coverage, report)


def _written(cases: int, path: str) -> str:
    if not cases:
        return "Mutation: no case was found that detects more changes; no file is written"
    return f"Mutation: {counted(cases, 'case')} written to {path}"


def _covered(results: Iterable[CaseResult]) -> CoverageReport:
    from execpolicy.testing.coverage import StatementCoverage

    coverage = StatementCoverage()
    for result in results:
        with name_item_on_error(result.case):
            coverage.add(result)
    return coverage.report()
