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
from execpolicy.document.unknown_value import parts_of

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
#: The elements of a statement with ARNs of what is called; in a condition, ARNs are values such as ``aws:SourceArn``.
_WITH_ARNS: Final = ("Resource", "NotResource", "Condition")
_PRINCIPALS: Final = ("Principal", "NotPrincipal")


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


def check_literal_ids(problems: Problems, policy: Node, known: KnownIds) -> None:
    """Report each account, region and API id of a policy that is not known, and not given.

    Args:
        problems: collects them.
        policy: the document of a policy.
        known: what is known of the file.
    """
    fields = _fields(known)
    account = fields[1]
    for statement in _statements(policy):
        members = {name: value for name, (_, _, value) in statement.members.items()}
        for name in _WITH_ARNS:
            for text in _texts(members.get(name)):
                _check_arn(problems, text, fields)
        effect = members.get("Effect")
        if not (isinstance(effect, Text) and effect.value == "Allow"):
            for name in _PRINCIPALS:
                for text in _texts(members.get(name)):
                    _check_principal(problems, text, account)


def _fields(known: KnownIds) -> tuple[_Field, _Field, _Field]:
    return (
        _Field("region", "region", frozenset({known.region}), known.region_is_given),
        _Field("account", "account", frozenset({known.account}), known.account_is_given),
        _Field("API id", "api-id", known.api_ids, known.api_id_is_given),
    )


def _check_arn(problems: Problems, text: Text, fields: tuple[_Field, _Field, _Field]) -> None:
    # A policy variable, and a value that is not known, can be anything.
    known = "".join(part if isinstance(part, str) else "*" for part in parts_of(text.value))
    parts = _VARIABLE.sub("*", known).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[2] != "execute-api":
        return
    for field, value in zip(fields, (parts[3], parts[4], parts[5].partition("/")[0]), strict=True):
        if value.strip("*"):
            _check(problems, text, field, value)


def _check_principal(problems: Problems, text: Text, account: _Field) -> None:
    parts = text.value.split(":", 5)
    value = parts[4] if len(parts) == 6 and parts[0] == "arn" else text.value
    if _ACCOUNT.fullmatch(value):
        _check(problems, text, account, value)


def _check(problems: Problems, text: Text, field: _Field, value: str) -> None:
    if field.is_given or value in field.known:
        return
    message = f"found the {field.what} {quoted(value)}, but the {field.what} of the API is not given"
    advice = f"give it with --{field.option}: the policy may name this API"
    problems.report(text, message, advice, "SRC-7")


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
