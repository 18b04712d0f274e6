"""Fixes of a text, as tests apply them."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy import PolicyKind
from execpolicy.linter.catalogue import DEFAULT
from execpolicy.linter.finding import Finding
from execpolicy.linter.fixes.fixing import Fixed, fix_text
from execpolicy.linter.run import lint_text
from execpolicy.literals import PolicyKindName


def fixed(
    text: str,
    name: str,
    *,
    rules: Sequence[str] = (),
    kind: PolicyKind | PolicyKindName | None = None,
    unsafe: bool = True,
) -> Fixed:
    """The text with the fixes of these rules, or of all, and what these still find."""

    def find(changed: str) -> tuple[Finding, ...]:
        return lint_text(changed, name, rules=DEFAULT.union(rules), kind=kind)

    def wanted(_: str, findings: Sequence[Finding]) -> Sequence[Finding]:
        return [each for each in findings if not rules or each.rule.id in rules]

    result = fix_text(text, find, wanted, unsafe=unsafe)
    return result._replace(findings=tuple(wanted(result.text, result.findings)))
