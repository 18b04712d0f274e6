"""Rules of the family ARN: entries of Resource that match no call, or others than they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from execpolicy.document.model import Statement
from execpolicy.document.syntax.nodes import Text
from execpolicy.linter.arn_pattern import ApiPattern, PatternField, read_api_pattern
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Edit, Fix
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_PARAMETER = re.compile(r"\{[^{}/*?]*\}")
_VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def _example(resource: str, underlined: str = "") -> RuleExample:
    statement = f'{{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "{resource}"}}'
    return RuleExample(f'{{"Version": "2012-10-17", "Statement": {statement}}}', "resource", underlined)


def _patterns(subject: PolicySubject) -> Iterator[tuple[Statement, Text, str, ApiPattern]]:
    for statement, text, path in subject.resources():
        pattern = read_api_pattern(text.value)
        if pattern is not None:
            yield statement, text, path, pattern


def _consequence(statement: Statement) -> str:
    """What follows from an entry that matches no call."""
    if statement.resource.negated:
        return "so it excludes nothing"
    return "so this Deny never applies to it" if statement.effect == "Deny" else "so this Allow never applies to it"


def _replaced(subject: PolicySubject, text: Text, part: PatternField, new: str, safety: FixSafety) -> Fix | None:
    span = subject.policy.span(text, part.start, part.end)
    return None if span is None else Fix(safety, (Edit(span, new),))


PATH_PARAMETER = Rule(
    id="EP-ARN-001",
    name="path-parameter-in-arn",
    severity=Severity.ERROR,
    title="An entry of Resource names a path parameter in braces.",
    why="A policy is matched against the path of the request. `{id}` stands for these four characters, which no "
    "ordinary request has, so the entry matches no call.",
    fix="write * in place of the parameter",
    fix_safety=FixSafety.UNSAFE,
    bad=_example("execute-api:/prod/GET/orders/{id}", "{id}"),
    good=_example("execute-api:/prod/GET/orders/*"),
    semantics=("GW-2",),
)


def _path_parameters(subject: PolicySubject) -> Iterator[CheckResult]:
    for statement, text, path, pattern in _patterns(subject):
        if pattern.path is None:
            continue
        for match in _PARAMETER.finditer(pattern.path.text):
            if match.start() > 0 and pattern.path.text[match.start() - 1] == "$":
                continue  # a policy variable
            part = PatternField(match.group(), pattern.path.start + match.start())
            message = f"{part.text} matches these characters only, not a value, {_consequence(statement)}"
            found = subject.at(text, message, path, first=part.start, last=part.end)
            yield found._replace(fix=_replaced(subject, text, part, "*", FixSafety.UNSAFE))


EMPTY_SEGMENT = Rule(
    id="EP-ARN-002",
    name="double-slash-before-path",
    severity=Severity.ERROR,
    title="Two slashes stand between the method and the path.",
    why="The slash after the method is the first slash of the path: `GET/orders` is the path `/orders`, and "
    "`GET//orders` is the path `//orders`.",
    fix="write one slash",
    fix_safety=FixSafety.UNSAFE,
    bad=_example("execute-api:/prod/GET//orders", "//"),
    good=_example("execute-api:/prod/GET/orders"),
    semantics=("GW-3",),
)


def _empty_segments(subject: PolicySubject) -> Iterator[CheckResult]:
    for _, text, path, pattern in _patterns(subject):
        if pattern.path is not None and pattern.path.text.startswith("/"):
            part = PatternField("//", pattern.path.start - 1)
            message = f"the path of this entry begins with two slashes: /{pattern.path.text}"
            found = subject.at(text, message, path, first=part.start, last=part.end)
            yield found._replace(fix=_replaced(subject, text, part, "/", FixSafety.UNSAFE))


VERB_CASE = Rule(
    id="EP-ARN-003",
    name="method-in-lower-case",
    severity=Severity.ERROR,
    title="The method of an entry of Resource is not in upper case.",
    why="The ARN of a call has the method in upper case, and the comparison regards case.",
    fix="write the method in upper case",
    fix_safety=FixSafety.UNSAFE,
    bad=_example("execute-api:/prod/get/orders", "get"),
    good=_example("execute-api:/prod/GET/orders"),
    semantics=("GW-1", "RES-7"),
)


def _verbs_in_wrong_case(subject: PolicySubject) -> Iterator[CheckResult]:
    for statement, text, path, pattern in _patterns(subject):
        method = pattern.method
        if method is None or method.text in _VERBS or method.text.upper() not in _VERBS:
            continue
        message = f"no call has the method {method.text} in this case, {_consequence(statement)}"
        found = subject.at(text, message, path, first=method.start, last=method.end)
        yield found._replace(fix=_replaced(subject, text, method, method.text.upper(), FixSafety.UNSAFE))


#: One line for each rule.
CHECKS = (
    PolicyCheck(PATH_PARAMETER, _path_parameters),
    PolicyCheck(EMPTY_SEGMENT, _empty_segments),
    PolicyCheck(VERB_CASE, _verbs_in_wrong_case),
)
