"""``execpolicy report``: writes a page on APIs."""

from __future__ import annotations

import argparse
import sys

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.report.collect import collect_report
from execpolicy.cli.report.options import COMMAND
from execpolicy.cli.report.read_apis import read_report_inputs
from execpolicy.cli.report_files import check_writable, write_report
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.cli.working_line import working_line
from execpolicy.render.report.page import report_page
from execpolicy.render.styled_line import styled_line


def run(arguments: argparse.Namespace) -> ExitCode:
    """Collect the data, and write the page."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    if arguments.output is None:
        inputs.report("it is not said where the page is written", advice="give -o with a file, such as report.html")
    check_writable(inputs, arguments.output, "--output")
    given = read_report_inputs(inputs, arguments)
    report = None
    if given is not None and not inputs.faults:
        with working_line(arguments) as line:
            report = collect_report(inputs, arguments, given, line)
    if report is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    write_report(arguments.output, report_page(report))
    if not arguments.quiet:
        lines = [styled_line(("", f"{each.number} {each.words}")) for each in report.facts]
        write_lines([*lines, styled_line(("", f"written to {arguments.output}"))], colour=colour)
    return ExitCode.ALLOWED
