"""The rules of the family RED about values and conditions. Each finding is proven over all requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.tested import condition_example
from execpolicy.linter.finding import Related
from execpolicy.linter.proofs.found import name_of, related_statement, unused
from execpolicy.linter.proofs.removals import null_in_place, part_removal
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

if TYPE_CHECKING:
    from execpolicy.analysis.policy_parts import PolicyPart
    from execpolicy.analysis.unused_parts import PartFinding

_RESOURCE: Final = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5"
_PROOF: Final = "The policy decides every request in the same way without it: this is proven."
_FIX: Final = "remove it, or narrow what covers it"


def _example(elements: str, underlined: str = "", *, effect: str = "Allow") -> RuleExample:
    text = f'{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", {elements}}}}}'
    return RuleExample(text, "resource", underlined)


def _with_action(second: str, underlined: str = "") -> RuleExample:
    actions = f'["execute-api:Invoke", "execute-api:{second}"]'
    return _example(f'"Principal": "*", "Action": {actions}, "Resource": "*"', underlined)


def _with_resource(second: str, underlined: str = "") -> RuleExample:
    resources = f'["{_RESOURCE}/prod/GET/orders", "{_RESOURCE}/prod/{second}"]'
    return _example(f'"Principal": "*", "Action": "execute-api:Invoke", "Resource": {resources}', underlined)


def _with_principal(second: str, underlined: str = "") -> RuleExample:
    names = f'{{"AWS": ["arn:aws:iam::111122223333:role/Clerk", "{second}"]}}'
    elements = f'"Principal": {names}, "Action": "execute-api:Invoke", "Resource": "*"'
    return _example(elements, underlined, effect="Deny")


ACTION = Rule(
    id="EP-RED-002",
    name="redundant-action",
    severity=Severity.SUGGESTION,
    title="An action can be left out of its list.",
    why=f"{_PROOF} Who narrows the others later may overlook it.",
    fix=_FIX,
    bad=_with_action("*", "execute-api:Invoke"),
    good=_with_action("InvalidateCache"),
    semantics=("ACT-1",),
    issue_code="REDUNDANT_ACTION",
    fix_safety=FixSafety.SAFE,
)
RESOURCE = Rule(
    id="EP-RED-003",
    name="redundant-resource",
    severity=Severity.SUGGESTION,
    title="A resource can be left out of its list.",
    why=f"{_PROOF} Who narrows the others later may overlook it.",
    fix=_FIX,
    bad=_with_resource("GET/*", f"{_RESOURCE}/prod/GET/orders"),
    good=_with_resource("POST/*"),
    semantics=("RES-1", "RES-2"),
    issue_code="REDUNDANT_RESOURCE",
    fix_safety=FixSafety.SAFE,
)
VALUE = Rule(
    id="EP-RED-005",
    name="redundant-condition-value",
    severity=Severity.SUGGESTION,
    title="A value can be left out of a condition.",
    why=f"{_PROOF} Who narrows the others later may overlook it.",
    fix=_FIX,
    bad=condition_example('"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "198.51.100.7"]}', "198.51.100.7"),
    good=condition_example('"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.7"]}'),
    semantics=("CND-1",),
    issue_code="REDUNDANT_CONDITION_VALUE_NUM",
    fix_safety=FixSafety.SAFE,
)
CONDITION = Rule(
    id="EP-RED-006",
    name="condition-without-effect",
    severity=Severity.SUGGESTION,
    title="A condition limits nothing.",
    why=f"{_PROOF} It reads as if it limited the statement. Every request fulfils it, or another condition asks for "
    "more, or other statements decide what it changes.",
    fix="remove it, or write what it is meant to limit",
    bad=condition_example('"StringLikeIfExists": {"aws:PrincipalTag/team": "*"}', "aws:PrincipalTag/team"),
    good=condition_example('"StringLikeIfExists": {"aws:PrincipalTag/team": "red-*"}'),
    semantics=("CND-1",),
    issue_code="REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
    fix_safety=FixSafety.SAFE,
)
IMPOSSIBLE = Rule(
    id="EP-RED-007",
    name="condition-that-never-holds",
    severity=Severity.WARNING,
    title="No request fulfils a condition, so its statement never applies.",
    why="An Allow with it lets nobody in, and a Deny with it refuses nobody. The proof holds for all requests.",
    fix="write what the condition is meant to compare, or remove the statement",
    bad=condition_example('"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "*"}', "aws:PrincipalOrgPaths"),
    good=condition_example('"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}'),
    semantics=("CND-1", "CND-11"),
    issue_code="REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
)
PRESENT = Rule(
    id="EP-RED-008",
    name="condition-on-presence",
    severity=Severity.SUGGESTION,
    title="A condition only asks whether a key is there.",
    why="Null with the value false says so in plain words. The text * of StringLike asks for something else: it "
    "matches an empty text too, which is no value for Null.",
    fix='write "Null": {KEY: "false"}, or the values that are meant',
    bad=condition_example('"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*"}', "aws:PrincipalOrgPaths"),
    good=condition_example('"Null": {"aws:PrincipalOrgPaths": "false"}'),
    semantics=("CND-4",),
    issue_code="EQUIVALENT_TO_NULL_FALSE",
    fix_safety=FixSafety.SAFE,
)
ABSENT = Rule(
    id="EP-RED-009",
    name="condition-on-absence",
    severity=Severity.SUGGESTION,
    title="A condition holds only without its key.",
    why="Null with the value true says so in plain words.",
    fix='write "Null": {KEY: "true"}, or the values that are meant',
    bad=condition_example('"StringNotLike": {"aws:SourceVpce": "?*"}', "aws:SourceVpce"),
    good=condition_example('"Null": {"aws:SourceVpce": "true"}'),
    semantics=("CND-4",),
    issue_code="EQUIVALENT_TO_NULL_TRUE",
    fix_safety=FixSafety.SAFE,
)
PRINCIPAL = Rule(
    id="EP-RED-010",
    name="redundant-principal",
    severity=Severity.SUGGESTION,
    title="A principal can be left out of its list.",
    why=f"{_PROOF} In an Allow, a name that names its callers more strongly than the others is needed.",
    fix=_FIX,
    bad=_with_principal(
        "arn:aws:sts::111122223333:assumed-role/Clerk/ann", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
    ),
    good=_with_principal("arn:aws:sts::111122223333:assumed-role/Seller/ann"),
    semantics=("PRN-1", "EVL-4"),
    fix_safety=FixSafety.SAFE,
)


def _redundant(kind: str) -> Callable[[PolicySubject], Iterator[CheckResult]]:
    """The check of the values of one kind that can be left out, or of the conditions."""

    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for found in subject.once(unused).parts:
            if found.kind == "redundant" and found.part.kind == kind:
                fix = None if subject.has_variants else part_removal(subject, found.part)
                yield _at(subject, found, _message(found))._replace(related=_covers(subject, found), fix=fix)

    return find


def _message(found: PartFinding) -> str:
    part = found.part
    what = "this condition" if part.kind == "condition" else quoted(part.text.value)
    names = [name_of(each) for each in found.statements] or [_name(each) for each in found.covering]
    one = len(names) == 1
    if found.statements:
        return f"{what} can be left out: {listed(names, 'and')} {'decides' if one else 'decide'} all that it changes"
    if part.kind == "condition":
        every = f"every request that the rest of this {_effect(found)} is about fulfils it"
        return f"{what} limits nothing: {f'{names[0]} asks for more' if names else every}"
    if names:
        return f"{what} can be left out: {listed(names, 'and')} {'covers' if one else 'cover'} it"
    return f"{what} can be left out: this {_effect(found)} applies to the same requests without it"


def _effect(found: PartFinding) -> str:
    return found.part.statement.effect


def _name(part: PolicyPart) -> str:
    """A value or a condition in a message."""
    if part.condition is None or part.kind != "condition":
        return quoted(part.text.value)
    return f"{part.condition.operator} on {part.text.value}"


def _covers(subject: PolicySubject, found: PartFinding) -> tuple[Related, ...]:
    """The places of what covers a part."""
    statements = (related_statement(subject, each, "a statement that decides the same") for each in found.statements)
    values = (subject.related_text("what covers it", each.text) for each in found.covering)
    return tuple(each for related in (*statements, *values) for each in related)


def _at(subject: PolicySubject, found: PartFinding, message: str) -> CheckResult:
    part = found.part
    path = f"Statement[{part.statement.number}].{part.element}"
    return subject.at(part.text, message, path, last=len(part.text.value))


def _impossible(subject: PolicySubject) -> Iterator[CheckResult]:
    for found in subject.once(unused).parts:
        if found.kind == "impossible":
            yield _at(subject, found, f"no request fulfils this condition, so this {_effect(found)} never applies")


def _as_null(kind: str, value: str, message: str) -> Callable[[PolicySubject], Iterator[CheckResult]]:
    """The check of conditions that ask only whether a key is there, or is not."""

    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for found in subject.once(unused).parts:
            if found.kind == kind:
                fix = None if subject.has_variants else null_in_place(subject, found.part, value)
                text = message.format(key=found.part.text.value)
                yield _at(subject, found, text)._replace(fix=fix)

    return find


_present = _as_null("present", "false", "this condition only asks whether {key} is there")
_absent = _as_null("absent", "true", "this condition holds only for requests without {key}")
#: One line for each rule.
CHECKS = (
    PolicyCheck(ACTION, _redundant("action")),
    PolicyCheck(RESOURCE, _redundant("resource")),
    PolicyCheck(VALUE, _redundant("value")),
    PolicyCheck(CONDITION, _redundant("condition")),
    PolicyCheck(IMPOSSIBLE, _impossible),
    PolicyCheck(PRESENT, _present),
    PolicyCheck(ABSENT, _absent),
    PolicyCheck(PRINCIPAL, _redundant("principal")),
)
