"""The output of ``execpolicy lint``: text for people, and reports for programs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from execpolicy.cli.lint.options import COMMAND
from execpolicy.cli.lint.report_formats import LINT_FORMATS, as_annotations
from execpolicy.cli.report_files import write_report
from execpolicy.cli.streams import width_of, write, write_error
from execpolicy.cli.terminal import write_lines
from execpolicy.linter.report import LintReport, PassedOver
from execpolicy.render.findings import finding_lines
from execpolicy.render.github import GITHUB
from execpolicy.render.passed_over import lines_of_passed_over


def write_findings(report: LintReport, arguments: argparse.Namespace, *, colour: bool) -> None:
    """Write the findings in the format that is chosen, to standard output or to the file of ``--output``.

    The text is written as well if the report goes to a file, and unless the command is quiet.

    Args:
        report: the run.
        arguments: the options for format, file and detail.
        colour: whether the text is coloured.

    Raises:
        OutputError: they cannot be written.
    """
    as_report = LINT_FORMATS.get(arguments.format)
    if as_report is not None and arguments.output is None:
        write(as_report(report))
        return
    if as_report is not None:
        write_report(arguments.output, as_report(report))
    if not arguments.quiet:
        lines = finding_lines(report.findings, verbose=arguments.verbose, width=width_of(sys.stdout))
        write_lines(lines, colour=colour)
    if arguments.format == GITHUB:
        write(as_annotations(report))


def write_passed_over(passed_over: Sequence[PassedOver], *, verbose: bool) -> None:
    """Write what was not checked to standard error, so that a report on standard output stays a report."""
    for number, line in enumerate(lines_of_passed_over(passed_over, verbose=verbose)):
        write_error(line if number else f"{COMMAND}: {line}")
