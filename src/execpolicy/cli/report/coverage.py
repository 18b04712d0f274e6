"""The statement coverage of the case files of a report."""

from __future__ import annotations

import argparse

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.test.collect import collect
from execpolicy.render.report.model import CoveredPolicy, ReportCoverage
from execpolicy.testing.coverage import StatementCoverage
from execpolicy.testing.coverage.as_text import headline, missing_lines, title_of
from execpolicy.testing.coverage.model import PolicyReport
from execpolicy.testing.run.items import run_item


def report_coverage(inputs: Inputs, arguments: argparse.Namespace) -> ReportCoverage | None:
    """The coverage by the cases of ``--cases``; None without it, or if an error was reported."""
    if not arguments.cases:
        return None
    files = collect(inputs, arguments.cases, None, allow_outside=arguments.allow_outside)
    if inputs.faults:
        return None
    coverage, failed = StatementCoverage(), []
    for file in files:
        for item in file.items:
            result = run_item(item)
            coverage.add(result)
            if not result.passed:
                failed.append(f"{file.name}: {item.name}")
    report = coverage.report()
    return ReportCoverage(headline(report), tuple(failed), tuple(map(_policy, report.policies)))


def _policy(policy: PolicyReport) -> CoveredPolicy:
    points = policy.points
    percent = f"{points.percent:.1f}%" if points.total else "-"
    missing = tuple(missing_lines(policy))
    return CoveredPolicy(title_of(policy), str(policy.decided), str(policy.stopped), percent, missing)
