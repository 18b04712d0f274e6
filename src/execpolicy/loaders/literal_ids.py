"""Accounts, regions and API ids that a policy names where the file has placeholders for them (SRC-7).

A Deny that names the real ones would miss the API with its placeholders, so they have to be given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, parts_of

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
#: The elements of a statement with ARNs of what is called; in a condition, ARNs are values such as ``aws:SourceArn``.
_WITH_ARNS: Final = ("Resource", "NotResource", "Condition")
_PRINCIPALS: Final = ("Principal", "NotPrincipal")
#: The keys whose values say the account of the caller, in lower case.
_CALLERS: Final = ("aws:principalaccount", "aws:principalarn")


class KnownIds(NamedTuple):
    """The account, the region and the ids of the APIs of a file, and which of these are placeholders."""

    account: str
    region: str
    api_ids: frozenset[str]
    account_is_given: bool
    region_is_given: bool
    api_id_is_given: bool


class _Field(NamedTuple):
    """A field of an ARN of execute-api: what it is, how it is given, the known values, and whether they are given."""

    what: str
    option: str
    known: frozenset[str]
    is_given: bool


class _Questions:
    """Asks for what has to be given, once for each option."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._asked: set[str] = set()

    def ask(self, text: Text, field: _Field, message: str) -> None:
        """Report that an option is needed, at the first text that needs it."""
        if field.option not in self._asked:
            self._asked.add(field.option)
            advice = f"give it with --{field.option}: the policy may name this API"
            self._problems.report(text, message, advice, "SRC-7")


def check_literal_ids(problems: Problems, policy: Node, known: KnownIds) -> None:
    """Report the account, the region and the API id of a policy that are not known, and not given.

    What has to be given is reported once for a policy, at the first place that needs it.

    Args:
        problems: collects them.
        policy: the document of a policy.
        known: what is known of the file.
    """
    questions, fields = _Questions(problems), _fields(known)
    account = fields[1]
    for statement in _statements(policy):
        members = {name: value for name, (_, _, value) in statement.members.items()}
        for name in _WITH_ARNS:
            for text in _texts(members.get(name)):
                _check_arn(questions, text, fields, is_resource=name != "Condition")
        effect = members.get("Effect")
        allows = isinstance(effect, Text) and effect.value == "Allow"
        _check_condition(questions, members.get("Condition"), fields, allows=allows)
        if not allows:
            for name in _PRINCIPALS:
                for text in _texts(members.get(name)):
                    _check_principal(questions, text, account)


def _fields(known: KnownIds) -> tuple[_Field, _Field, _Field]:
    return (
        _Field("region", "region", frozenset({known.region}), known.region_is_given),
        _Field("account", "account", frozenset({known.account}), known.account_is_given),
        _Field("API id", "api-id", known.api_ids, known.api_id_is_given),
    )


def _check_arn(questions: _Questions, text: Text, fields: tuple[_Field, _Field, _Field], *, is_resource: bool) -> None:
    # A policy variable, and a value that is not known, can be anything.
    known = "".join(part if isinstance(part, str) else "*" for part in parts_of(text.value))
    pattern = _VARIABLE.sub("*", known)
    parts = pattern.split(":", 5)
    is_short = parts[0] == "arn" and parts[2:3] == ["execute-api"]
    if is_short or (len(parts) == 6 and _meet(parts[0], "arn") and _meet(parts[2], "execute-api")):
        # A field that is not written is any text (RES-2).
        for field, value in zip(fields, (*parts[3:5], *(part.partition("/")[0] for part in parts[5:])), strict=False):
            if value.strip("*"):
                _check(questions, text, field, value)
    elif is_resource and ":" in pattern and _meet(pattern, _any_arn("*", "*")):
        _check_wide(questions, text, pattern, fields)


def _any_arn(region: str, account: str) -> str:
    """The pattern of every ARN of execute-api in a region and an account."""
    return f"arn:aws*:execute-api:{region}:{account}:*"


def _check_wide(questions: _Questions, text: Text, pattern: str, fields: tuple[_Field, _Field, _Field]) -> None:
    """Check a pattern whose wildcards may stand for several fields of an ARN, or a part of the service."""
    region, account, api_id = fields
    regions, accounts = (["*"] if field.is_given else [*field.known] for field in (region, account))
    if not any(_meet(pattern, _any_arn(each, other)) for each in regions for other in accounts):
        for field in (region, account):
            if not field.is_given:
                message = f"found {quoted(text.value)}, but the {field.what} of the API is not given"
                questions.ask(text, field, message)
    last = pattern.rpartition(":")[2].partition("/")[0]
    if last.strip("*?"):
        _check(questions, text, api_id, last)


def _meet(first: str, second: str) -> bool:
    """Whether a text matches both of two patterns; a ``*`` of the second one stands for no colon."""

    def with_empty(places: set[int]) -> set[int]:
        # No pattern here has two stars in a row.
        return places | {place + 1 for place in places if second[place : place + 1] == "*"}

    reached = with_empty({0})
    for char in first:
        if char == "*":
            reached = set(range(min(reached), len(second) + 1))
            continue
        following = {place for place in reached if char != ":" and second[place : place + 1] == "*"}
        following |= {at + 1 for at in reached if at < len(second) and (char == "?" or second[at] in (char, "?"))}
        reached = with_empty(following)
        if not reached:
            return False
    return len(second) in reached


def _check_condition(
    questions: _Questions, condition: Node | None, fields: tuple[_Field, _Field, _Field], *, allows: bool
) -> None:
    """Check the account and region of the called API in a condition, and those of callers where a miss would grant."""
    region, account, _ = fields
    for operator, (_, _, keys) in condition.members.items() if isinstance(condition, JsonObject) else ():
        is_negated = "not" in operator.lower()
        for key, (_, _, values) in keys.members.items() if isinstance(keys, JsonObject) else ():
            name = key.lower()
            for text in _texts(values):
                if name == "aws:requestedregion" and text.value.strip("*") and not has_unknown(text.value):
                    _check(questions, text, region, text.value)
                elif name == "aws:resourceaccount" or (name in _CALLERS and is_negated is allows):
                    _check_principal(questions, text, account)


def _check_principal(questions: _Questions, text: Text, account: _Field) -> None:
    parts = text.value.split(":", 5)
    value = parts[4] if len(parts) == 6 and parts[0] == "arn" else text.value
    if _ACCOUNT.fullmatch(value):
        _check(questions, text, account, value)


def _check(questions: _Questions, text: Text, field: _Field, value: str) -> None:
    if field.is_given or value in field.known:
        return
    questions.ask(text, field, f"found the {field.what} {quoted(value)}, but the {field.what} of the API is not given")


def _statements(policy: Node) -> Iterator[JsonObject]:
    """The statements of a policy; what is none is reported where the policy is read."""
    member = policy.members.get("Statement") if isinstance(policy, JsonObject) else None
    found = member[2] if member is not None else None
    for item in found.items if isinstance(found, JsonArray) else (found,):
        if isinstance(item, JsonObject):
            yield item


def _texts(node: Node | None) -> Iterator[Text]:
    """Every text in a value, and a number that is an account."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, JsonNumber):
        yield Text(*node)
    elif isinstance(node, JsonArray):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node, JsonObject):
        for _, _, value in node.members.values():
            yield from _texts(value)
