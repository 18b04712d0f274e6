"""Findings as text, one line each, and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from execpolicy._base.characters import command_in_log, printable
from execpolicy._base.outline import OutlineLine
from execpolicy.document.syntax.wording import counted
from execpolicy.linter.finding import Finding
from execpolicy.linter.fixes.fixing import is_fixable
from execpolicy.linter.ignores.ignore import Suppressed
from execpolicy.linter.report import LintReport
from execpolicy.linter.severity import Severity
from execpolicy.render.excerpt import excerpt
from execpolicy.render.fixes import FIX, FIX_UNSAFE, MARK
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line

SCHEMA_VERSION = 1

#: The styles of severities.
_STYLES = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "missing",
    Severity.SUGGESTION: "note",
}
_INDENT = "    "


def finding_lines(report: LintReport, *, verbose: bool, width: int | None) -> Iterator[StyledLine]:
    """A line for each finding, their numbers, and the numbers of those that are left out.

    Args:
        report: the run.
        verbose: whether to show the lines of each finding, other places, how to mend it, and the request that shows it.
        width: the number of columns, or None for lines of any length.
    """
    for finding in report.findings:
        head = f"{printable(finding.place)}: "
        parts = (("label", head), (_STYLES[finding.severity], f"{finding.severity} {finding.rule.id}"))
        mark = f" {MARK}" if is_fixable(finding, unsafe=False) else ""
        yield styled_line(*parts, ("", f"{mark} {printable(finding.message)}"))
        if verbose:
            yield from _details(finding, width)
    if report.findings or not report.faults:  # of files that cannot be read it is not said that nothing is found
        yield styled_line(("", summary_of_findings(report.findings)))
    for line in summary_of_left_out(report):
        yield styled_line(("", line))


def _details(finding: Finding, width: int | None) -> Iterator[StyledLine]:
    if finding.source is not None and finding.span is not None:
        for line in excerpt(finding.source, finding.span, width=width, brief=True, marked=[finding.span]):
            yield StyledLine((*styled_line(("", _INDENT)).parts, *line.parts))
    for place in finding.related:
        yield from wrapped(OutlineLine(2, "", printable(f"{place.label}: {place.place}")), width)
    if finding.request:
        yield from wrapped(OutlineLine(2, "command", command_in_log(finding.request)), width)
    yield from wrapped(OutlineLine(2, "advice", printable(finding.help)), width)
    if finding.fix is not None:
        option = FIX if is_fixable(finding, unsafe=False) else FIX_UNSAFE
        yield from wrapped(OutlineLine(2, "advice", f"{option} does this"), width)


def summary_of_findings(findings: Sequence[Finding]) -> str:
    """The number of findings, and of those of each severity, such as ``3 findings: 2 errors, 1 warning``."""
    if not findings:
        return "no findings"
    numbers = Counter(finding.severity for finding in findings)
    parts = [counted(numbers[severity], severity.replace("-", " ")) for severity in Severity if numbers[severity]]
    return f"{counted(len(findings), 'finding')}: {', '.join(parts)}"


def summary_of_left_out(report: LintReport) -> Iterator[str]:
    """The numbers of findings that are ignored, those of the baseline, and those that it need not hold any more."""
    if report.suppressed:
        yield f"{counted(len(report.suppressed), 'ignored finding')}"
    baseline = report.baseline
    if baseline is not None and baseline.known:
        yield f"{counted(len(baseline.known), 'known finding')} in the baseline"
    if baseline is not None and baseline.gone:
        verb = "occurs" if len(baseline.gone) == 1 else "occur"
        yield f"{counted(len(baseline.gone), 'finding')} of the baseline no longer {verb}: write it anew"


def findings_data(report: LintReport) -> dict[str, Any]:
    """Findings, and what was not checked, as plain data, in the schema ``docs/schemas/lint-1.json``."""
    baseline = report.baseline
    return {
        "schema_version": SCHEMA_VERSION,
        "findings": [finding.to_dict() for finding in report.findings],
        "passed_over": [
            {
                "file": each.name,
                "reason": each.reason.name.lower().replace("_", "-"),
                "purpose": each.purpose,
                "advice": each.advice,
            }
            for each in report.passed_over
        ],
        "suppressed": [_suppressed_data(each) for each in report.suppressed],
        "baseline": None if baseline is None else {"known": len(baseline.known), "gone": len(baseline.gone)},
    }


def _suppressed_data(suppressed: Suppressed) -> dict[str, Any]:
    ignore = suppressed.ignore
    return {
        "finding": suppressed.finding.to_dict(),
        "kind": str(ignore.kind),
        "reason": ignore.reason,
        "until": None if ignore.until is None else str(ignore.until),
        "file": ignore.source.name,
        "line": ignore.span.line,
    }
