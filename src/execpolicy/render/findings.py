"""Findings as text, one line each, and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.document.syntax.wording import counted
from execpolicy.linter.finding import Finding
from execpolicy.linter.fixing import is_fixable
from execpolicy.linter.report import PassedOver
from execpolicy.linter.severity import Severity
from execpolicy.render.excerpt import excerpt
from execpolicy.render.fixes import FIX, FIX_UNSAFE, MARK
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line

SCHEMA_VERSION = 1

#: The styles of severities.
_STYLES = {
    Severity.ERROR: "deny",
    Severity.SECURITY_WARNING: "deny",
    Severity.WARNING: "missing",
    Severity.SUGGESTION: "note",
}
_INDENT = "    "


def finding_lines(findings: Sequence[Finding], *, verbose: bool, width: int | None) -> Iterator[StyledLine]:
    """A line for each finding, and their numbers.

    Args:
        findings: in the order of files and places.
        verbose: whether to show the lines of each finding, other places, how to mend it, and the request that shows it.
        width: the number of columns, or None for lines of any length.
    """
    for finding in findings:
        head = f"{printable(finding.place)}: "
        parts = (("label", head), (_STYLES[finding.severity], f"{finding.severity} {finding.rule.id}"))
        mark = f" {MARK}" if is_fixable(finding, unsafe=False) else ""
        yield styled_line(*parts, ("", f"{mark} {printable(finding.message)}"))
        if verbose:
            yield from _details(finding, width)
    yield styled_line(("", summary_of_findings(findings)))


def _details(finding: Finding, width: int | None) -> Iterator[StyledLine]:
    if finding.source is not None and finding.span is not None:
        for line in excerpt(finding.source, finding.span, width=width, brief=True, marked=[finding.span]):
            yield StyledLine((*styled_line(("", _INDENT)).parts, *line.parts))
    for place in finding.related:
        yield from wrapped(OutlineLine(2, "", printable(f"{place.label}: {place.place}")), width)
    if finding.request:
        yield from wrapped(OutlineLine(2, "command", finding.request), width)
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


def findings_data(findings: Iterable[Finding], passed_over: Iterable[PassedOver] = ()) -> dict[str, Any]:
    """Findings, and what was not checked, as plain data, in the schema ``docs/schemas/lint-1.json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "findings": [finding.to_dict() for finding in findings],
        "passed_over": [
            {
                "file": each.name,
                "reason": each.reason.name.lower().replace("_", "-"),
                "purpose": each.purpose,
                "advice": each.advice,
            }
            for each in passed_over
        ],
    }
