"""Rules of the family DOC about actions, and about variables where there are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import NEW_VERSION, Element
from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.document.syntax.wording import listed, nearest, quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.document.variable_syntax import Variable, VariableSyntaxError, split_variables
from execpolicy.language.glob import matcher, tokens_of
from execpolicy.linter.arns.requests import show_no_action
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.finding import Fix
from execpolicy.linter.fixes.edits import made, replacement
from execpolicy.linter.fixes.member_edits import with_new_version, without_text
from execpolicy.linter.loading.load_rule import CALLS, example
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

_SERVICE: Final = "execute-api"
#: Names of execute-api that can only be meant with it.
_ITS_NAMES: Final = tuple(action.partition(":")[2] for action in EXECUTE_API_ACTIONS)
#: The letters of misspelled names of the service.
_LIKE_ITS_NAME: Final = ("executeapi", "executeapis", "execapi", "apiexecute")
_VARIABLE: Final = re.compile(r"\$\{[A-Za-z][\w.:/=+@ -]*(?:, *'[^']*')?\}")
#: The documents of an API, or of a private custom domain.
_OF_API: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME)


def _action_example(action: str, underlined: str = "", kind: PolicyKindName = "identity") -> RuleExample:
    principal = '"Principal": "*", ' if kind != "identity" else ""
    where = "*" if kind == "identity" else "execute-api:/*"
    actions = f'["{action}"]' if '"' in action else f'"{action}"'
    return example(f'"Effect": "Allow", {principal}"Action": {actions}, "Resource": "{where}"', underlined, kind)


class _Action(NamedTuple):
    """An entry of Action or NotAction: its statement and element, the text, its service and its name, and its path."""

    number: int
    element: Element
    text: Text
    service: str
    name: str
    path: str


def _actions(subject: PolicySubject) -> tuple[_Action, ...]:
    """The known actions that name a service and hold no variable."""
    return subject.once(_read_actions)


def _read_actions(subject: PolicySubject) -> tuple[_Action, ...]:
    return tuple(_entries(subject))


def _entries(subject: PolicySubject) -> Iterator[_Action]:
    for statement, element, path in subject.elements():
        if element.name.endswith("Action"):
            for text in element.values:
                service, colon, name = text.value.partition(":")
                if colon and not has_unknown(text.value) and "${" not in text.value:
                    yield _Action(statement.number, element, text, service.lower(), name, path)


UNKNOWN_ACTION = Rule(
    id="EP-DOC-050",
    name="unknown-action",
    severity=Severity.ERROR,
    title="An action of execute-api does not exist.",
    why="The statement applies to no call: execute-api has the actions Invoke, InvalidateCache and ManageConnections.",
    fix="write execute-api:Invoke, or execute-api:* for all of them",
    bad=_action_example("execute-api:Invok", '"execute-api:Invok"'),
    good=_action_example("execute-api:Invoke"),
    semantics=("ACT-1", "ACT-2"),
    issue_code="INVALID_ACTION",
    fix_safety=FixSafety.UNSAFE,
)


def _unknown_actions(subject: PolicySubject) -> Iterator[CheckResult]:
    for action in _actions(subject):
        if action.service != _SERVICE or action.name in _ITS_NAMES:
            continue
        matches = matcher(tokens_of(action.text.value.lower()))
        if not any(matches(known.lower()) for known in EXECUTE_API_ACTIONS):
            near = nearest(action.name, _ITS_NAMES)
            meant = f"; did you mean {_SERVICE}:{near}?" if near else f", which has {listed(_ITS_NAMES, 'and')}"
            found = subject.at(action.text, f"execute-api has no action {quoted(action.name)}{meant}", action.path)
            edit = replacement(subject.policy, action.text, near, len(_SERVICE) + 1) if near else None
            yield found._replace(about=action.number, fix=made(FixSafety.UNSAFE, edit))


UNKNOWN_SERVICE = Rule(
    id="EP-DOC-051",
    name="misspelled-service",
    severity=Severity.ERROR,
    title="An action has a service that is nearly execute-api.",
    why="No service has this name, so the statement applies to no call.",
    fix="write execute-api",
    bad=_action_example("executeapi:Invoke", "executeapi"),
    good=_action_example("execute-api:Invoke"),
    semantics=("ACT-1", "ACT-2"),
    issue_code="INVALID_SERVICE_IN_ACTION",
    fix_safety=FixSafety.UNSAFE,
)


def _is_misspelled(service: str, name: str) -> bool:
    """Whether the service is written like execute-api, or manages APIs and the name is that of a call."""
    if service == _SERVICE:
        return False
    if service == "apigateway":
        return name in _ITS_NAMES
    is_near = nearest(service, (_SERVICE,)) is not None and nearest(name, _ITS_NAMES) is not None
    return is_near or is_like_execute_api(service)


def is_like_execute_api(service: str) -> bool:
    """Whether the name of a service is that of execute-api without its hyphen, or another that is often written."""
    return re.sub(r"[-_.]", "", service.lower()) in _LIKE_ITS_NAME


def _misspelled(subject: PolicySubject) -> frozenset[tuple[str, str]]:
    """The services and names of actions that are misspelled. Most actions stand in several statements."""
    names = {(action.service, action.name) for action in _actions(subject)}
    return frozenset((service, name) for service, name in names if _is_misspelled(service, name))


def _misspelled_services(subject: PolicySubject) -> Iterator[CheckResult]:
    misspelled = subject.once(_misspelled)
    for action in _actions(subject):
        if (action.service, action.name) in misspelled:
            message = f"found the service {quoted(action.service)}; calls of an API have the service execute-api"
            found = subject.at(action.text, message, action.path, first=0, last=len(action.service))
            edit = replacement(subject.policy, action.text, _SERVICE, 0, len(action.service))
            yield found._replace(about=action.number, fix=made(FixSafety.UNSAFE, edit))


OTHER_SERVICE = Rule(
    id="EP-DOC-052",
    name="action-of-another-service",
    severity=Severity.ERROR,
    title="The policy of an API names an action of another service.",
    why="The policy is evaluated for calls of the API only. Its statement applies to none of them; actions of "
    "apigateway, which manage APIs, belong into identity policies.",
    fix="write an action of execute-api, or remove it",
    bad=_action_example('execute-api:Invoke", "apigateway:GET', '"apigateway:GET"', "resource"),
    good=_action_example("execute-api:Invoke", "", "resource"),
    semantics=("ACT-2",),
    issue_code="UNSUPPORTED_ACTION_IN_POLICY",
    fix_safety=FixSafety.UNSAFE,
)


def _other_services(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind not in _OF_API:
        return
    misspelled = subject.once(_misspelled)
    for action in _actions(subject):
        is_misspelled = (action.service, action.name) in misspelled
        if action.service != _SERVICE and not action.element.negated and not is_misspelled:
            found = subject.at(
                action.text, f"no call of an API has the action {quoted(action.text.value)}", action.path
            )
            yield found._replace(fix=_removal(subject, action))


RCP_SERVICE = Rule(
    id="EP-DOC-053",
    name="execute-api-in-rcp",
    severity=Severity.ERROR,
    title="A resource control policy names an action of execute-api.",
    why="Such policies cover the services on a list of AWS, on which execute-api is not. AWS refuses the document.",
    fix="remove the action, and protect the API by its own policy",
    bad=example(
        '"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "execute-api:Invoke"], "Resource": "*"',
        '"execute-api:Invoke"',
        "rcp",
    ),
    good=example('"Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject"], "Resource": "*"', kind="rcp"),
    semantics=("EVL-3", "POL-8"),
    issue_code="RCP_SYNTAX_ERROR_ACTION",
    fix_safety=FixSafety.UNSAFE,
)


def _actions_in_rcps(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind is PolicyKind.RCP:
        for action in _actions(subject):
            if action.service == _SERVICE:
                message = "resource control policies do not cover execute-api: AWS refuses this action"
                found = subject.at(action.text, message, action.path)
                yield found._replace(about=action.number, fix=_removal(subject, action))


def _removal(subject: PolicySubject, action: _Action) -> Fix | None:
    """The fix that removes an action from a list of several."""
    actions = subject.node(action.number, action.element.name)
    edit = without_text(subject.policy, actions, action.text) if not action.element.negated else None
    return made(FixSafety.UNSAFE, edit)


VARIABLE_IN_ACTION = Rule(
    id="EP-DOC-054",
    name="variable-in-action",
    severity=Severity.ERROR,
    title="An action, or the key of a condition, contains a policy variable.",
    why="Variables have values in Resource and in conditions only. Here `${…}` stands for these characters.",
    fix="write the name",
    bad=_action_example("execute-api:${name}", "${name}"),
    good=_action_example("execute-api:Invoke"),
    semantics=("VAR-1",),
    issue_code="VARIABLE_UNSUPPORTED_IN_ELEMENT",
)


def _variables_in_actions(subject: PolicySubject) -> Iterator[CheckResult]:
    message = "here this is no variable, but these characters"
    for each in subject.statements:
        statement = each.statement
        path = f"Statement[{statement.number}]"
        for text in statement.action.values:
            yield from _at_variables(subject, text, f"{path}.{statement.action.name}", message)
        for condition in statement.conditions:
            yield from _at_variables(subject, condition.key, f"{path}.Condition", message)


def _at_variables(subject: PolicySubject, text: Text, path: str, message: str) -> Iterator[CheckResult]:
    if "${" in text.value and not has_unknown(text.value):
        for match in _VARIABLE.finditer(text.value):
            yield subject.at(text, message, path, first=match.start(), last=match.end())


OLD_VARIABLE = Rule(
    id="EP-DOC-055",
    name="variable-in-old-version",
    severity=Severity.ERROR,
    title="A document of Version 2008-10-17, or without Version, has a policy variable.",
    why="In such a document `${…}` is no variable but these characters, which no request has.",
    fix='write "Version": "2012-10-17"',
    bad=RuleExample(
        '{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", '
        '"Resource": "execute-api:/prod/GET/${aws:username}"}}',
        "resource",
        "${aws:username}",
    ),
    good=example(f'"Principal": "*", {CALLS}'.replace("/*", "/prod/GET/${aws:username}"), kind="resource"),
    semantics=("POL-4", "VAR-1"),
    issue_code="VARIABLE_UNSUPPORTED_IN_VERSION",
    fix_safety=FixSafety.UNSAFE,
)


def _values_with_variables(subject: PolicySubject) -> tuple[tuple[Text, str], ...]:
    """The values of which documents of the current version have variables, with their paths."""
    return subject.once(_read_values_with_variables)


def _read_values_with_variables(subject: PolicySubject) -> tuple[tuple[Text, str], ...]:
    resources = [(text, path) for _, text, path in subject.resources() if "${" in text.value]
    conditions = [
        (text, f"Statement[{each.statement.number}].Condition")
        for each in subject.statements
        for condition in each.statement.conditions
        for text in condition.values
        if "${" in text.value and condition.operator.base.startswith(("String", "Arn"))
    ]
    return (*resources, *conditions)


def _old_variables(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.version != NEW_VERSION:
        fix = subject.once(_new_version)
        for text, path in _values_with_variables(subject):
            message = f"in a document of {subject.policy.version} this is no variable, but these characters"
            yield from (found._replace(fix=fix) for found in _at_variables(subject, text, path, message))


def _new_version(subject: PolicySubject) -> Fix | None:
    """The fix that gives a document the current version, in which all its variables must be sound."""
    policy = subject.policy
    try:
        for text, _ in _values_with_variables(subject):
            split_variables(text.value)
    except VariableSyntaxError:
        return None
    if policy.version_text is not None:
        return made(FixSafety.UNSAFE, replacement(policy, policy.version_text, NEW_VERSION))
    root = policy.root
    return made(FixSafety.UNSAFE, with_new_version(policy, root) if isinstance(root, JsonObject) else None)


TAG_WITH_SPACE = Rule(
    id="EP-DOC-056",
    name="space-in-tag-of-variable",
    severity=Severity.ERROR,
    title="A policy variable names the key of a tag with a space.",
    why="The key of a tag may have a space, but IAM Access Analyzer reports a variable with one as an error.",
    fix="use a tag without a space in its key",
    bad=example(
        f'"Principal": "*", {CALLS}'.replace("/*", "/prod/GET/${aws:PrincipalTag/cost center}"),
        "${aws:PrincipalTag/cost center}",
        "resource",
    ),
    good=example(f'"Principal": "*", {CALLS}'.replace("/*", "/prod/GET/${aws:PrincipalTag/team}"), kind="resource"),
    semantics=("VAR-2",),
    issue_code="UNSUPPORTED_SPACE_IN_VARIABLE",
)


def _tags_with_spaces(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.version != NEW_VERSION:
        return
    for text, path in _values_with_variables(subject):
        if has_unknown(text.value):
            continue
        for part in split_variables(text.value):
            if isinstance(part, Variable) and " " in part.key:
                message = f"the key {quoted(part.key)} of this variable has a space"
                yield subject.at(text, message, path, first=part.start, last=part.end)


#: One line for each rule.
CHECKS = (
    PolicyCheck(UNKNOWN_ACTION, _unknown_actions, show_no_action),
    PolicyCheck(UNKNOWN_SERVICE, _misspelled_services, show_no_action),
    PolicyCheck(OTHER_SERVICE, _other_services),
    PolicyCheck(RCP_SERVICE, _actions_in_rcps),
    PolicyCheck(VARIABLE_IN_ACTION, _variables_in_actions),
    PolicyCheck(OLD_VARIABLE, _old_variables),
    PolicyCheck(TAG_WITH_SPACE, _tags_with_spaces),
)
