"""An ignore: a rule, what of a file it is ignored in, why, and until when."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Source, Span, UsageError
from execpolicy.linter.catalogue import RULES, find_rule
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores import rules
from execpolicy.linter.loading.findings import RULES as LOAD_RULES
from execpolicy.linter.rule import Rule

#: The rules whose findings are always shown: those of documents that were not checked, and those of ignores.
NEVER_IGNORED: Final = frozenset(rule.id for rule in (*LOAD_RULES, *rules.RULES))

_WORD: Final = re.compile(r"\w")


class IgnoreKind(StrEnum):
    """Where an ignore is written, as SARIF names it."""

    #: A comment of the file.
    IN_SOURCE = "inSource"
    #: An entry of a file of ignores.
    EXTERNAL = "external"


class Scope(NamedTuple):
    """What of a file an ignore is about: what is None does not matter.

    Attributes:
        file: the path of the file, from ``file_key``.
        line: the line on which a finding begins.
        path: the path inside the policy.
        sid: the Sid of the statement.
        text: the underlined text.
    """

    file: str
    line: int | None = None
    path: str | None = None
    sid: str | None = None
    text: str | None = None


class Ignore(NamedTuple):
    """One rule that is ignored.

    Attributes:
        rule: the rule.
        reason: why it is ignored.
        until: the last day of the ignore, in UTC; None without an end.
        scope: what of a file it is about.
        kind: where it is written.
        source: the text that holds it.
        span: the name of the rule there.
        until_span: the day there; None without an end.
    """

    rule: Rule
    reason: str
    until: date | None
    scope: Scope
    kind: IgnoreKind
    source: Source
    span: Span
    until_span: Span | None = None

    def is_over(self, today: date) -> bool:
        """Whether the last day is over."""
        return self.until is not None and today > self.until


class Suppressed(NamedTuple):
    """A finding that is not shown, and the ignore that says so."""

    finding: Finding
    ignore: Ignore


def file_key(name: str) -> str:
    """The path of a file for comparison; a name in angle brackets is no file."""
    return name if name.startswith("<") or "\0" in name else os.path.realpath(name)


def has_word(reason: str) -> bool:
    """Whether a reason says anything: it has a letter or a digit."""
    return _WORD.search(reason) is not None


def ignored_rule(name: str) -> Rule:
    """The rule that an ignore names by id or by name.

    Raises:
        UsageError: there is none, or it cannot be ignored.

    >>> ignored_rule("path-parameter-in-arn").id
    'EP-ARN-001'
    """
    if any(rule_id.startswith(f"{name.upper()}-") for rule_id in RULES):
        raise UsageError(f"{quoted(name)} names several rules", advice="name each rule that is meant")
    rule = find_rule(name)
    if rule.id in NEVER_IGNORED:
        what = "about ignores" if rule.family == "IGN" else "about documents that do not load, which are not checked"
        raise UsageError(f"{rule.id} cannot be ignored: it is {what}", advice=rule.fix)
    return rule


def scopes_of(finding: Finding, line: int, text: str) -> Iterator[Scope]:
    """Every scope that a finding belongs to, the narrowest first.

    Args:
        finding: the finding, in a text.
        line: the line on which it begins.
        text: what it underlines.
    """
    assert finding.source is not None, "an ignore is about a text"
    file = file_key(finding.source.name)
    yield Scope(file, line)
    for path in (finding.path, None):
        for sid in (finding.sid, None):
            for underlined in (text, None):
                yield Scope(file, None, path, sid, underlined)
