"""``execpolicy test``: runs the cases of case files, and explains the failures."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from time import perf_counter

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.report_files import check_new, check_writable
from execpolicy.cli.streams import write_error
from execpolicy.cli.terminal import write_errors
from execpolicy.cli.test.case_list import write_list
from execpolicy.cli.test.collect import CollectedFile, collect, report_nothing_selected
from execpolicy.cli.test.consent import may_run_authorizers
from execpolicy.cli.test.coverage_and_mutation import measure
from execpolicy.cli.test.internal_errors import COMMAND, name_item_on_error
from execpolicy.cli.test.keywords import parse_keywords
from execpolicy.cli.test.options import refuse_conflicts
from execpolicy.cli.test.output import RunOutput
from execpolicy.cli.test.progress import Progress
from execpolicy.errors import Diagnostic
from execpolicy.testing.case_file.model import Item
from execpolicy.testing.report.model import FileReport, RunReport, TimedResult
from execpolicy.testing.run.items import run_item


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read all case files, run their cases, write the results."""
    refuse_conflicts(arguments)
    started, clock = datetime.now(UTC), perf_counter()
    output = RunOutput(arguments)
    inputs = Inputs()
    check_writable(inputs, arguments.output, "--output")
    check_writable(inputs, arguments.coverage_output, "--coverage-output")
    check_new(inputs, arguments.write_cases, "--write-cases")
    expression = arguments.k
    selects = None if expression is None else inputs.attempt(lambda: parse_keywords(expression))
    # A list runs nothing, and so needs no consent.
    may_run = arguments.list or may_run_authorizers(inputs, arguments)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    files = collect(inputs, arguments.paths, selects, allow_outside=arguments.allow_outside, run_authorizers=may_run)
    total = sum(len(file.items) for file in files)
    if not total and any(file.deselected for file in files):
        files.append(report_nothing_selected(inputs, expression or "", files))
    write_errors(inputs.faults, COMMAND, arguments.color)
    if arguments.list:
        write_list(files, quiet=arguments.quiet)
        return _code(inputs.faults, is_bad=False)
    ran = _run(files, output.progress(total), arguments.maxfail)
    measured = measure(arguments, [each.result for file in ran for each in file.ran], output.counter())
    report = RunReport(
        ran,
        perf_counter() - clock,
        deselected=sum(file.deselected for file in files),
        not_run=total - sum(len(file.ran) for file in ran),
    )
    missed = list(measured.missed(arguments))
    code = _code(inputs.faults, is_bad=bool(report.failed or missed))
    output.finish(report, measured, started, code)
    for message in missed:
        write_error(f"{COMMAND}: {message}")
    return code


def _code(faults: Sequence[Diagnostic], *, is_bad: bool) -> ExitCode:
    if faults:
        return ExitCode.UNUSABLE_INPUT
    return ExitCode.DENIED if is_bad else ExitCode.ALLOWED


def _run(files: Iterable[CollectedFile], progress: Progress, maxfail: int | None) -> list[FileReport]:
    """Run all cases, up to ``maxfail`` failures."""
    reports: list[FileReport] = []
    failures_left = maxfail
    for file in files:
        ran: list[TimedResult] = []
        if file.items and failures_left != 0:
            progress.begin(file.name)
            for item in file.items:
                ran.append(_ran(item, progress))
                progress.add(ran[-1].result)
                if failures_left is not None and not ran[-1].result.passed:
                    failures_left -= 1
                    if failures_left == 0:
                        break
        reports.append(FileReport(file.name, file.title, ran, file.faults))
        if ran:
            progress.end(reports[-1])
    return reports


def _ran(item: Item, progress: Progress) -> TimedResult:
    started = perf_counter()
    with name_item_on_error(item, progress):
        result = run_item(item)
    return TimedResult(result, perf_counter() - started)
