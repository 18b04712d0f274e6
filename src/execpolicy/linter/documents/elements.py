"""Rules of the family DOC about a document as a whole, and about the Sids of its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Final

from execpolicy._base.frozen import lazy_attribute
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Text, walk
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.fixes.member_edits import with_new_version, without_member
from execpolicy.linter.loading.load_rule import CALLS, SOUND, example
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

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
    fix_safety=FixSafety.SAFE,
)


def _missing_versions(subject: PolicySubject) -> Iterator[CheckResult]:
    policy = subject.policy
    if policy.version_text is None and isinstance(policy.root, JsonObject):
        found = subject.at_start("without Version this is a document of 2008-10-17, in which nothing is a variable")
        # With a variable, the new version changes decisions: that is another rule.
        safe = not any("${" in text for text in _texts(policy.root)) and not policy.unknown_values
        edit = with_new_version(policy, policy.root) if safe else None
        yield found._replace(fix=made(FixSafety.SAFE, edit))


def _texts(root: JsonObject) -> Iterator[str]:
    """Every text and every name in a document."""
    for node, _ in walk(root):
        if isinstance(node, Text):
            yield node.value
        elif isinstance(node, JsonObject):
            yield from node.members


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


def _two_statements(first: str, second: str, kind: PolicyKindName, underlined: str = "") -> RuleExample:
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
    fix_safety=FixSafety.SAFE,
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
    fix_safety=FixSafety.SAFE,
)


def _sids(subject: PolicySubject) -> tuple[tuple[Text, int], ...]:
    """The Sid of each statement, with its number."""
    return subject.once(_read_sids)


def _read_sids(subject: PolicySubject) -> tuple[tuple[Text, int], ...]:
    return tuple(_known_sids(subject))


def _known_sids(subject: PolicySubject) -> Iterator[tuple[Text, int]]:
    numbers: set[int] = set()
    for each in subject.statements:
        statement = each.statement
        # A statement of unknown effect stands twice, with one number.
        if statement.sid is None or has_unknown(statement.sid.value) or statement.number in numbers:
            continue
        numbers.add(statement.number)
        yield statement.sid, statement.number


def _same_sids(subject: PolicySubject, kinds: tuple[PolicyKind, ...]) -> Iterator[CheckResult]:
    if subject.policy.kind not in kinds:
        return
    first: dict[str, Text] = {}
    new_sids = _NewSids(subject)
    for sid, number in _sids(subject):
        if sid.value and first.setdefault(sid.value, sid) is not sid:
            related = subject.related_text("the first", first[sid.value])
            found = subject.at(
                sid, f"the Sid {quoted(sid.value)} is that of an earlier statement too", f"Statement[{number}].Sid"
            )
            edit = replacement(subject.policy, sid, new_sids.number_after(sid.value), first=len(sid.value))
            yield found._replace(related=related, fix=made(FixSafety.SAFE, edit))


class _NewSids:
    """Sids that no statement of a document has."""

    def __init__(self, subject: PolicySubject) -> None:
        self._subject = subject
        self._numbers: dict[str, Iterator[int]] = {}

    @lazy_attribute
    def _taken(self) -> set[str]:
        return {sid.value for sid, _ in _sids(self._subject)}

    def number_after(self, sid: str) -> str:
        """The first number after a Sid that makes it a new one, which is taken then."""
        numbers = self._numbers.setdefault(sid, count(2))
        number = next(str(number) for number in numbers if f"{sid}{number}" not in self._taken)
        self._taken.add(f"{sid}{number}")
        return number

    def new(self, sid: str) -> str:
        """The Sid, with a number if a statement has it; it is taken then."""
        found = f"{sid}{self.number_after(sid)}" if sid in self._taken else sid
        self._taken.add(found)
        return found


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
    fix_safety=FixSafety.SAFE,
)


def _characters_of_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind not in _MANAGED:
        return
    new_sids = _NewSids(subject)
    for sid, number in _sids(subject):
        match = _SID.match(sid.value)
        assert match is not None, "the pattern matches the empty text"
        at = match.end()
        if at < len(sid.value):
            message = f"AWS refuses {quoted(sid.value[at])} in a Sid, which has letters and digits only"
            found = subject.at(sid, message, f"Statement[{number}].Sid", first=at, last=at + 1)
            yield found._replace(fix=_without_other_characters(subject, sid, new_sids))


def _without_other_characters(subject: PolicySubject, sid: Text, new_sids: _NewSids) -> Fix | None:
    """The fix that leaves letters and digits of a Sid, with a number if another statement has that Sid."""
    kept = "".join(_SID.findall(sid.value))
    return made(FixSafety.SAFE, replacement(subject.policy, sid, new_sids.new(kept))) if kept else None


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
    fix_safety=FixSafety.SAFE,
)


def _empty_sids(subject: PolicySubject) -> Iterator[CheckResult]:
    for sid, number in _sids(subject):
        if not sid.value:
            statement = subject.node(number)
            edit = without_member(subject.policy, statement, "Sid") if isinstance(statement, JsonObject) else None
            found = subject.at(sid, "this Sid names nothing", f"Statement[{number}].Sid")
            yield found._replace(fix=made(FixSafety.SAFE, edit))


#: One line for each rule.
CHECKS = (
    PolicyCheck(MISSING_VERSION, _missing_versions),
    PolicyCheck(NO_STATEMENTS, _no_statements),
    PolicyCheck(SAME_SID, _same_managed_sids),
    PolicyCheck(SAME_SID_ATTACHED, _same_attached_sids),
    PolicyCheck(SID_CHARACTERS, _characters_of_sids),
    PolicyCheck(EMPTY_SID, _empty_sids),
)
