"""The output of ``execpolicy test``: progress, failures and summary as text, and reports for programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.report_files import write_report
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.terminal import AUTO, wants_colour, write_lines
from execpolicy.cli.test.internal_errors import name_item_on_error
from execpolicy.cli.test.progress import CaseDots, CaseLines, CountLine, FileLines, Progress
from execpolicy.cli.test.report_formats import REPORT_FORMATS, FinishedRun
from execpolicy.render.github import GITHUB
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.testing.report.as_text import brief, failure_lines, headline, summary
from execpolicy.testing.report.model import RunReport
from execpolicy.testing.run.result import CaseResult

if TYPE_CHECKING:
    from execpolicy.cli.test.coverage_and_mutation import CoverageAndMutation


#: The maximum number of failures that are explained: an explanation takes as long as a hundred cases.
MAX_EXPLAINED = 100

_VERDICTS = {ExitCode.ALLOWED: "passed", ExitCode.DENIED: "failed", ExitCode.UNUSABLE_INPUT: "unusable"}


class RunOutput:
    """Writes the output of a run, and its report file.

    Args:
        arguments: the options for format, detail and colours.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._colour = wants_colour(arguments.color or AUTO, sys.stdout)
        self._width = width_of(sys.stdout)
        self._is_text = arguments.format not in REPORT_FORMATS or arguments.output is not None
        self._has_progress = False

    def progress(self, total: int) -> Progress:
        """The progress of a run of ``total`` cases."""
        if not self._is_text or self._arguments.quiet or not total:
            return Progress()
        self._has_progress = True
        if self._arguments.verbose:
            return CaseLines(self._write)
        if self._width is None:
            return FileLines(self._write)
        return CaseDots(write, self._painted, self._width, total)

    def counter(self) -> CountLine | None:
        """The count of the mutants that are done, on a terminal only: it overwrites itself."""
        is_seen = self._is_text and not self._arguments.quiet and sys.stdout is not None and sys.stdout.isatty()
        return CountLine(write, "changes of policies") if is_seen else None

    def finish(self, report: RunReport, measured: CoverageAndMutation, started: datetime, code: ExitCode) -> None:
        """Write the results.

        Raises:
            OutputError: it cannot be written.
        """
        if self._arguments.format in REPORT_FORMATS:
            sections = measured.sections(self._arguments)
            finished = FinishedRun(report, started, _VERDICTS[code], self._arguments.verbose, sections)
            text = REPORT_FORMATS[self._arguments.format](finished)
            if self._arguments.output is None:
                write(text)
            else:
                write_report(self._arguments.output, text)
        if self._is_text:
            for block in self._blocks(report, measured):
                write_lines(block, colour=self._colour)
        if self._arguments.format == GITHUB:
            from execpolicy.cli.repository import repository_root
            from execpolicy.testing.report.as_github import report_to_github

            write(report_to_github(report, repository_root()))

    def _blocks(self, report: RunReport, measured: CoverageAndMutation) -> Iterator[Iterable[StyledLine]]:
        """The text after the progress. Blocks are separated by empty lines unless the run is quiet."""
        quiet = self._arguments.quiet
        failed = [result for result in report.results() if not result.passed]
        texts = [text.rstrip("\n").split("\n") for text in measured.texts(self._arguments)]
        blocks: list[Iterable[Iterable[StyledLine]]] = [
            ([_in_a_line(result)] for result in failed) if quiet else self._failures(failed),
            ([styled_line(("", line)) for line in text[: 1 if quiet else None]] for text in texts),
            [[summary(report)]] if report.ran else [],
        ]
        stands_apart = self._has_progress
        for block in chain.from_iterable(blocks):
            yield [styled_line(), *block] if stands_apart else block
            stands_apart = not quiet

    def _failures(self, failed: Sequence[CaseResult]) -> Iterator[Iterable[StyledLine]]:
        for result in failed[:MAX_EXPLAINED]:
            with name_item_on_error(result.case):
                yield list(failure_lines(result, width=self._width))
        if len(failed) > MAX_EXPLAINED:
            yield map(_in_a_line, failed[MAX_EXPLAINED:])
            note = (
                f"{MAX_EXPLAINED} of {len(failed)} failures are explained; -k selects cases, --format json explains all"
            )
            yield [styled_line(("advice", note))]

    def _write(self, line: StyledLine) -> None:
        write_lines([line], colour=self._colour)

    def _painted(self, style: str, text: str) -> str:
        if not self._colour:
            return text
        from execpolicy.render.colour import coloured

        return coloured([styled_line((style, text))])[:-1]


def _in_a_line(result: CaseResult) -> StyledLine:
    return styled_line(*headline(result).parts, ("", f": {brief(result)}"))
