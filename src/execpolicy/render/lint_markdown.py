"""Findings as Markdown: a summary with a table, as for the page of a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.linter.finding import Finding
from execpolicy.linter.report import LintReport
from execpolicy.render.findings import summary_of_findings, summary_of_left_out
from execpolicy.render.markdown import escaped
from execpolicy.render.passed_over import summary_of_passed_over
from execpolicy.render.rule_page import rule_address

#: The page of a job takes 1 MiB: of more findings, these are in the table.
MAX_ROWS: Final = 1000


def findings_to_markdown(report: LintReport) -> str:
    """A run of the linter as a section of Markdown, as GitHub shows it: counts, and a table of the findings."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: LintReport) -> Iterator[str]:
    yield "## execpolicy lint"
    yield ""
    summary = summary_of_findings(report.findings)
    yield f"{summary[0].upper()}{summary[1:]}."
    for line in summary_of_left_out(report):
        yield ""
        yield f"{line[0].upper()}{line[1:]}."
    if report.findings:
        yield ""
        yield "| severity | place | rule | finding |"
        yield "|---|---|---|---|"
        yield from map(_row, report.findings[:MAX_ROWS])
    if len(report.findings) > MAX_ROWS:
        yield ""
        yield f"The table has the first {MAX_ROWS} findings."
    if report.faults:
        yield ""
        yield "Not checked:"
        yield ""
        for fault in report.faults:
            text = f"{fault.place}: {fault.message}" if fault.place else fault.message
            yield f"- {escaped(text)}"
    if report.passed_over:
        yield ""
        yield f"{escaped(summary_of_passed_over(report.passed_over))}."


def _row(finding: Finding) -> str:
    rule = f"[{finding.rule.id}]({rule_address(finding.rule)})"
    return f"| {finding.severity} | {escaped(finding.place)} | {rule} | {escaped(finding.message)} |"
