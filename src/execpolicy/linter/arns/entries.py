"""The entries of Resource that are about calls, as the rules of ARNs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.linter.arns.pattern import ApiPattern, PatternField, fields_of, read_api_pattern
from execpolicy.linter.arns.usual import is_usual
from execpolicy.linter.finding import Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.rule import FixSafety, RuleExample
from execpolicy.linter.subject import CheckResult, PolicySubject

_SERVICE = "execute-api:"

#: The kinds of policies whose short forms API Gateway completes.
COMPLETED: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME)


class Entry(NamedTuple):
    """An entry of Resource or NotResource.

    Attributes:
        subject: the policy.
        statement: its statement.
        text: the entry as it is written.
        path: its place in the document.
        fields: its fields, as those of an ARN.
        pattern: its parts, if it names parts of an API.
    """

    subject: PolicySubject
    statement: Statement
    text: Text
    path: str
    fields: Sequence[PatternField]
    pattern: ApiPattern | None

    @property
    def consequence(self) -> str:
        """What follows if the entry matches no call."""
        if self.statement.resource.negated:
            return "so it excludes nothing"
        effect = self.statement.effect
        return f"so this {effect} never applies to it"

    def consequence_of(self, part: PatternField) -> str:
        """What follows if no call has a part at its place. A ``*`` before it takes in slashes: a path may have it."""
        is_completed = self.subject.policy.kind in COMPLETED or self.text.value.startswith("arn:")
        if not is_completed or "*" not in self.text.value[: part.start].rpartition(":")[2]:
            return self.consequence
        if self.statement.resource.negated:
            return "so it excludes only calls with it in the path"
        return f"so this {self.statement.effect} applies only to calls with it in the path"

    @property
    def grants(self) -> bool:
        """Whether what the entry matches is allowed: by an Allow, or because a Deny excepts it."""
        return (self.statement.effect == "Allow") is not self.statement.resource.negated

    def result(self, message: str, field: PatternField | None = None, new: str | None = None) -> CheckResult:
        """A finding about a part of the entry, or about all of it.

        Args:
            message: what was found, and what follows.
            field: the part.
            new: the text in place of the part, for a fix that can change decisions.
        """
        part = field or PatternField(self.text.value, 0)
        found = self.subject.at(self.text, message, self.path, first=part.start, last=part.end)._replace(about=self)
        return found if new is None else found._replace(fix=self.fix(part, new))

    def fix(self, part: PatternField, new: str) -> Fix | None:
        """The fix that writes a text in place of a part of the entry."""
        return made(FixSafety.UNSAFE, replacement(self.subject.policy, self.text, new, part.start, part.end))


def entries(subject: PolicySubject) -> tuple[Entry, ...]:
    """The entries of statements about actions of execute-api in which there may be something to find.

    Entries that are written as most are, and those with a part that is not known, are left out.
    """
    return subject.once(_entries)


def _entries(subject: PolicySubject) -> tuple[Entry, ...]:
    completed = subject.policy.kind in COMPLETED
    return tuple(
        _entry(subject, statement, text, path)
        for statement, text, path in subject.resources()
        if not is_usual(text.value, completed=completed) and _is_read(statement, text)
    )


def _is_read(statement: Statement, text: Text) -> bool:
    """Whether an entry belongs to a statement about actions of execute-api, and all of it is known."""
    return is_about_calls(statement) and not has_unknown(text.value)


def _entry(subject: PolicySubject, statement: Statement, text: Text, path: str) -> Entry:
    fields = fields_of(text.value)
    return Entry(subject, statement, text, path, fields, read_api_pattern(text.value, fields))


def patterns(subject: PolicySubject) -> tuple[tuple[Entry, ApiPattern], ...]:
    """Those of the entries that name parts of an API, with these parts."""
    return subject.once(_patterns)


def _patterns(subject: PolicySubject) -> tuple[tuple[Entry, ApiPattern], ...]:
    return tuple((entry, entry.pattern) for entry in entries(subject) if entry.pattern is not None)


def all_patterns(subject: PolicySubject) -> tuple[tuple[Entry, ApiPattern], ...]:
    """As ``patterns``, with the entries that are written as most are."""
    return subject.once(_all_patterns)


def _all_patterns(subject: PolicySubject) -> tuple[tuple[Entry, ApiPattern], ...]:
    found = (
        _entry(subject, statement, text, path)
        for statement, text, path in subject.resources()
        if _is_read(statement, text)
    )
    return tuple((entry, entry.pattern) for entry in found if entry.pattern is not None)


def is_about_calls(statement: Statement) -> bool:
    """Whether every action that a statement names is one of execute-api."""
    action = statement.action
    return not action.negated and all(text.value.lower().startswith(_SERVICE) for text in action.values)


def is_open(field: PatternField | None) -> bool:
    """Whether a part can match other texts than itself."""
    return field is None or any(sign in field.text for sign in ("*", "?", "${"))


def resource_example(resource: str, underlined: str = "", *, effect: str = "Allow") -> RuleExample:
    """A resource policy with one entry."""
    statement = f'"Effect": "{effect}", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "{resource}"'
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}', "resource", underlined)


def identity_example(resource: str, underlined: str = "") -> RuleExample:
    """An identity policy with one entry."""
    statement = f'"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "{resource}"'
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}', "identity", underlined)
