"""Rules of the family DOC about empty lists and objects (POL-13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.model import Condition, Element, Statement
from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.loading.load_rule import CALLS, SOUND, example
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_GOOD: Final = example(SOUND)


def _rule(number: int, what: str, code: str, bad: RuleExample, good: RuleExample = _GOOD) -> Rule:
    return Rule(
        id=f"EP-DOC-{number:03}",
        name=f"empty-{code.removeprefix('EMPTY_').lower().replace('_', '-')}",
        severity=Severity.SUGGESTION,
        title=f"{what} is empty.",
        why="An Allow with it applies to nothing. AWS's pages do not agree about what a Deny with it does.",
        fix="write a value, or remove it",
        bad=bad,
        good=good,
        semantics=("POL-13",),
        issue_code=code,
    )


def _condition(operator: str) -> RuleExample:
    return example(f'{SOUND}, "Condition": {{"{operator}": {{"aws:PrincipalOrgID": []}}}}', '"aws:PrincipalOrgID": []')


def _principal(principal: str) -> RuleExample:
    return example(f'"Principal": {principal}, {CALLS}', f'"Principal": {principal}', "resource")


ACTION = _rule(
    70,
    "A list of actions",
    "EMPTY_ARRAY_ACTION",
    example('"Effect": "Allow", "Action": [], "Resource": "*"', '"Action": []'),
)
RESOURCE = _rule(
    71,
    "A list of resources",
    "EMPTY_ARRAY_RESOURCE",
    example('"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": []', '"Resource": []'),
)
PRINCIPAL = _rule(72, "A list of principals", "EMPTY_ARRAY_PRINCIPAL", _principal('{"AWS": []}'), _principal('"*"'))
NO_PRINCIPAL = _rule(73, "An object of principals", "EMPTY_OBJECT_PRINCIPAL", _principal("{}"), _principal('"*"'))
CONDITION = _rule(
    74,
    "An object in Condition",
    "EMPTY_OBJECT_CONDITION",
    example(f'{SOUND}, "Condition": {{}}', '"Condition": {}'),
)
VALUES = _rule(75, "A list of condition values", "EMPTY_ARRAY_CONDITION", _condition("StringEquals"))
VALUES_OF_ALL = _rule(
    76,
    "A list of condition values under ForAllValues",
    "EMPTY_ARRAY_CONDITION_FORALLVALUES",
    _condition("ForAllValues:StringEquals"),
)
VALUES_OF_ANY = _rule(
    77,
    "A list of condition values under ForAnyValue",
    "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    _condition("ForAnyValue:StringEquals"),
)
VALUES_IF_EXISTS = _rule(
    78,
    "A list of condition values under IfExists",
    "EMPTY_ARRAY_CONDITION_IFEXISTS",
    _condition("StringEqualsIfExists"),
)


def empty(subject: PolicySubject) -> bool:
    """Whether a list or an object of a statement is empty."""
    return any(_has_empty(each.statement) for each in subject.statements)


def _has_empty(statement: Statement) -> bool:
    action, resource, principal = statement.action, statement.resource, statement.principal
    if not action.values or not resource.values or statement.empty_conditions:
        return True
    return (principal is not None and not principal.entries) or not all(each.values for each in statement.conditions)


def _elements(subject: PolicySubject, name: str) -> Iterator[CheckResult]:
    for statement, element, path in subject.elements():
        if element.name.endswith(name) and not element.values and not statement.unknown_parts:
            yield _at(subject, element, f"{element.name} is an empty list", path)


def _at(subject: PolicySubject, part: Element | Condition, message: str, path: str) -> CheckResult:
    return CheckResult(message, subject.policy.source, subject.policy.span(part), path)


def _actions(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _elements(subject, "Action")


def _resources(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _elements(subject, "Resource")


def _principals(subject: PolicySubject, *, members: bool) -> Iterator[CheckResult]:
    for each in subject.statements:
        statement, principal = each.statement, each.statement.principal
        if principal is None or principal.entries:
            continue
        node = subject.node(statement.number, principal.name)
        if isinstance(node, JsonObject) and bool(node.members) is members:
            message = f"{principal.name} names nobody"
            span = subject.policy.span(principal)
            yield CheckResult(message, subject.policy.source, span, f"Statement[{statement.number}].{principal.name}")


def _lists_of_principals(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _principals(subject, members=True)


def _objects_of_principals(subject: PolicySubject) -> Iterator[CheckResult]:
    yield from _principals(subject, members=False)


def _objects_of_conditions(subject: PolicySubject) -> Iterator[CheckResult]:
    for each in subject.statements:
        for empty in each.statement.empty_conditions:
            what = "Condition" if empty.operator_text is None else empty.operator_text.value
            path = f"Statement[{each.statement.number}].Condition"
            yield CheckResult(f"{what} is an empty object", subject.policy.source, subject.policy.span(empty), path)


def _code(condition: Condition) -> str:
    """The issue code of a condition without values."""
    operator = condition.operator
    if operator.quantifier:
        return f"EMPTY_ARRAY_CONDITION_{operator.quantifier.upper()}"
    return "EMPTY_ARRAY_CONDITION_IFEXISTS" if operator.if_exists else "EMPTY_ARRAY_CONDITION"


def _values(rule: Rule) -> PolicyCheck:
    def find(subject: PolicySubject) -> Iterator[CheckResult]:
        for each in subject.statements:
            for condition in each.statement.conditions:
                if not condition.values and _code(condition) == rule.issue_code:
                    message = f"{condition.key.value} has an empty list of values"
                    path = f"Statement[{each.statement.number}].Condition"
                    yield _at(subject, condition, message, path)

    return PolicyCheck(rule, find)


#: One line for each rule.
CHECKS = (
    PolicyCheck(ACTION, _actions),
    PolicyCheck(RESOURCE, _resources),
    PolicyCheck(PRINCIPAL, _lists_of_principals),
    PolicyCheck(NO_PRINCIPAL, _objects_of_principals),
    PolicyCheck(CONDITION, _objects_of_conditions),
    _values(VALUES),
    _values(VALUES_OF_ALL),
    _values(VALUES_OF_ANY),
    _values(VALUES_IF_EXISTS),
)
