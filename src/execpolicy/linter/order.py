"""The order in which findings are given."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.linter.finding import Finding


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order of the text, each once: a policy can be a part of several APIs."""
    once = {(each.rule.id, each.place, each.path, each.message): each for each in findings}
    return tuple(sorted(once.values(), key=place_order))


def place_order(finding: Finding) -> tuple[str, int, int, str]:
    """What orders findings: the file, the place, and the rule."""
    span = finding.span
    name = finding.source.name if finding.source is not None else ""
    return name, span.line if span else 0, span.column if span else 0, finding.rule.id
