"""Rules of the family DOC about a document as a whole, and about the Sids of its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Related
from execpolicy.linter.load_rule import CALLS, SOUND, example
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

#: The kinds of documents that IAM and Organizations manage, in which Sids are unique (POL-6).
_MANAGED: Final = (
    PolicyKind.IDENTITY,
    PolicyKind.BOUNDARY,
    PolicyKind.SESSION,
    PolicyKind.SCP,
    PolicyKind.RCP,
)
_ATTACHED: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME, PolicyKind.VPC_ENDPOINT)
_SID: Final = re.compile(r"[A-Za-z0-9]*")

MISSING_VERSION = Rule(
    id="EP-DOC-040",
    name="missing-version",
    severity=Severity.WARNING,
    title="A document has no Version.",
    why="A document without Version is one of 2008-10-17, in which `${…}` is no variable but these characters.",
    fix='add "Version": "2012-10-17"',
    bad=RuleExample(f'{{"Statement": {{{SOUND}}}}}', "identity", "{"),
    good=example(SOUND),
    semantics=("POL-4",),
    issue_code="MISSING_VERSION",
)


def _missing_versions(subject: PolicySubject) -> Iterator[CheckResult]:
    policy = subject.policy
    if policy.version_text is None and isinstance(policy.root, JsonObject):
        yield subject.at_start("without Version this is a document of 2008-10-17, in which nothing is a variable")


NO_STATEMENTS = Rule(
    id="EP-DOC-041",
    name="list-of-no-statements",
    severity=Severity.ERROR,
    title="Statement is an empty list.",
    why="AWS refuses the document: it says nothing.",
    fix="write a statement, or remove the policy",
    bad=RuleExample('{"Version": "2012-10-17", "Statement": []}', "identity", "[]"),
    good=example(SOUND),
    semantics=("POL-1",),
    issue_code="MISSING_STATEMENT",
)


def _no_statements(subject: PolicySubject) -> Iterator[CheckResult]:
    policy = subject.policy
    if isinstance(policy.root, JsonObject):
        _, _, statements = policy.root.members["Statement"]
        if isinstance(statements, JsonArray) and not statements.items:
            message = "AWS refuses a document without a statement"
            yield CheckResult(message, policy.source, policy.span(statements), "Statement")


def _two_statements(first: str, second: str, kind: str, underlined: str = "") -> RuleExample:
    elements = SOUND if kind == "identity" else f'"Principal": "*", {CALLS}'
    both = ", ".join(f'{{"Sid": "{sid}", {elements}}}' for sid in (first, second))
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": [{both}]}}', kind, underlined)


SAME_SID = Rule(
    id="EP-DOC-042",
    name="sid-twice",
    severity=Severity.ERROR,
    title="Two statements of a policy of IAM or Organizations have one Sid.",
    why="AWS refuses the document.",
    fix="give each statement a Sid of its own, or none",
    bad=_two_statements("Calls", "Calls", "identity", '"Calls"'),
    good=_two_statements("Calls", "MoreCalls", "identity"),
    semantics=("POL-6",),
    issue_code="UNIQUE_SIDS_REQUIRED",
)
SAME_SID_ATTACHED = Rule(
    id="EP-DOC-043",
    name="sid-twice-in-resource-policy",
    severity=Severity.WARNING,
    title="Two statements of a resource policy have one Sid.",
    why="Which statement a log or a tool means by the Sid is not clear.",
    fix="give each statement a Sid of its own, or none",
    bad=_two_statements("Calls", "Calls", "resource", '"Calls"'),
    good=_two_statements("Calls", "MoreCalls", "resource"),
    semantics=("POL-6",),
    issue_code="UNIQUE_SIDS_RECOMMENDED",
)


def _sids(subject: PolicySubject) -> Iterator[tuple[Text, str]]:
    """The Sid of each statement, with its path."""
    numbers: set[int] = set()
    for each in subject.statements:
        statement = each.statement
        # A statement of unknown effect stands twice, with one number.
        if statement.sid is None or has_unknown(statement.sid.value) or statement.number in numbers:
            continue
        numbers.add(statement.number)
        yield statement.sid, f"Statement[{statement.number}].Sid"


def _same_sids(subject: PolicySubject, kinds: tuple[PolicyKind, ...]) -> Iterator[CheckResult]:
    if subject.policy.kind not in kinds:
        return
    first: dict[str, Text] = {}
    for sid, path in _sids(subject):
        if sid.value and first.setdefault(sid.value, sid) is not sid:
            policy, before = subject.policy, first[sid.value]
            source, span = policy.source, policy.span(before)
            related = (Related("the first", source, span),) if source is not None and span is not None else ()
            found = subject.at(sid, f"the Sid {quoted(sid.value)} is that of an earlier statement too", path)
            yield found._replace(related=related)


def _same_managed_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _same_sids(subject, _MANAGED)


def _same_attached_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _same_sids(subject, _ATTACHED)


SID_CHARACTERS = Rule(
    id="EP-DOC-044",
    name="characters-of-sid",
    severity=Severity.ERROR,
    title="A Sid of a policy of IAM or Organizations has other characters than letters and digits.",
    why="AWS refuses the document: a Sid has the letters A to Z and a to z, and digits.",
    fix="remove the other characters",
    bad=example(f'"Sid": "Orders-Read", {SOUND}', "-"),
    good=example(f'"Sid": "OrdersRead", {SOUND}'),
    semantics=("POL-6",),
    issue_code="UNSUPPORTED_SID",
)


def _characters_of_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind not in _MANAGED:
        return
    for sid, path in _sids(subject):
        match = _SID.match(sid.value)
        assert match is not None, "the pattern matches the empty text"
        at = match.end()
        if at < len(sid.value):
            message = f"AWS refuses {quoted(sid.value[at])} in a Sid, which has letters and digits only"
            yield subject.at(sid, message, path, first=at, last=at + 1)


EMPTY_SID = Rule(
    id="EP-DOC-049",
    name="empty-sid",
    severity=Severity.SUGGESTION,
    title="A Sid is empty.",
    why="An empty Sid names nothing.",
    fix="name the statement, or remove the Sid",
    bad=example(f'"Sid": "", {SOUND}', '""'),
    good=example(SOUND),
    semantics=("POL-6",),
    issue_code="EMPTY_SID_VALUE",
)


def _empty_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    for sid, path in _sids(subject):
        if not sid.value:
            yield subject.at(sid, "this Sid names nothing", path)


#: One line for each rule.
CHECKS = (
    PolicyCheck(MISSING_VERSION, _missing_versions),
    PolicyCheck(NO_STATEMENTS, _no_statements),
    PolicyCheck(SAME_SID, _same_managed_sids),
    PolicyCheck(SAME_SID_ATTACHED, _same_attached_sids),
    PolicyCheck(SID_CHARACTERS, _characters_of_sids),
    PolicyCheck(EMPTY_SID, _empty_sids),
)
