"""The output of ``execpolicy lint``: text for people, and reports for programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence

from execpolicy.cli.lint.fix_output import summary_of_fixes
from execpolicy.cli.lint.fixes import Fixes
from execpolicy.cli.lint.options import COMMAND
from execpolicy.cli.lint.report_formats import LINT_FORMATS, as_annotations
from execpolicy.cli.report_files import write_report
from execpolicy.cli.streams import width_of, write, write_error, write_to_standard_error
from execpolicy.cli.terminal import write_lines
from execpolicy.linter.report import LintReport, PassedOver
from execpolicy.render.findings import finding_lines
from execpolicy.render.fixes import hint_lines
from execpolicy.render.formats import lines_to_text
from execpolicy.render.github import GITHUB
from execpolicy.render.passed_over import lines_of_passed_over
from execpolicy.render.styled_line import StyledLine, styled_line


def write_findings(
    report: LintReport, arguments: argparse.Namespace, *, colour: bool, fixes: Fixes | None = None
) -> None:
    """Write the findings in the format that is chosen, to standard output or to the file of ``--output``.

    The text is written as well if the report goes to a file, and unless the command is quiet. Where standard input is
    fixed, its text is the output, and the text of the findings goes to standard error.

    Args:
        report: the run.
        arguments: the options for format, file and detail.
        colour: whether the text is coloured.
        fixes: what was fixed, if the user asks for it.

    Raises:
        OutputError: they cannot be written.
    """
    as_report = LINT_FORMATS.get(arguments.format)
    fixed = summary_of_fixes(fixes, report.findings, arguments) if fixes is not None else None
    if as_report is not None and arguments.output is None:
        write(as_report(report))
        if fixed is not None and not arguments.quiet:
            write_error(f"{COMMAND}: {fixed}")
        return
    if as_report is not None:
        write_report(arguments.output, as_report(report))
    last = hint_lines(report.findings) if fixed is None else [fixed]
    if fixes is not None and fixes.standard_input is not None:
        write(fixes.standard_input)
        lines = [*finding_lines(report, verbose=arguments.verbose, width=width_of(sys.stderr)), *_plain(last)]
        write_to_standard_error("" if arguments.quiet else lines_to_text(lines, colour=False))
    elif not arguments.quiet:
        found = finding_lines(report, verbose=arguments.verbose, width=width_of(sys.stdout))
        write_lines([*found, *_plain(last)], colour=colour)
    if arguments.format == GITHUB:
        write(as_annotations(report))


def _plain(lines: Iterable[str]) -> Iterator[StyledLine]:
    return (styled_line(("", line)) for line in lines)


def write_passed_over(passed_over: Sequence[PassedOver], *, verbose: bool) -> None:
    """Write what was not checked to standard error, so that a report on standard output stays a report."""
    for number, line in enumerate(lines_of_passed_over(passed_over, verbose=verbose)):
        write_error(line if number else f"{COMMAND}: {line}")
