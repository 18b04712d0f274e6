"""What a change opens, in one sentence: who may call what, and under which conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from execpolicy._base.characters import with_unknown_in_words
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.principal_name import read_principal_name
from execpolicy.document.syntax.wording import listed

if TYPE_CHECKING:
    from execpolicy.document.model import Condition, Element, PrincipalElement, Statement

#: So many values of one element are named.
_MOST_VALUES: Final = 3
#: Whom the policies apply to that name nobody.
_WHOSE: Final = {
    PolicyKind.IDENTITY: "those who have {name}",
    PolicyKind.BOUNDARY: "those whose boundary is {name}",
    PolicyKind.SESSION: "the sessions that {name} is passed to",
    PolicyKind.SCP: "the accounts that {name} is attached to",
    PolicyKind.AUTHORIZER: "the callers of {name}",
}
#: An ARN has so many fields between colons; the last one may have colons too.
_FIELDS_OF_ARN: Final = 6
#: The ARN of a user or a role as a condition on aws:PrincipalArn has it, without wildcards.
_USER_OR_ROLE: Final = re.compile(r"arn:[a-z0-9-]+:iam::[0-9]{12}:(?:user|role)/[A-Za-z0-9_+=,.@/-]+")
_WORDS: Final = {
    ("IpAddress", "aws:sourceip"): "from",
    ("StringEquals", "aws:sourceaccount"): "for account",
    ("StringEquals", "aws:sourcevpce"): "through",
    ("StringEquals", "aws:sourcevpc"): "through",
}


def opened_words(statement: Statement, kind: PolicyKind, name: str) -> str:
    """A sentence about the requests that a statement applies to, as those that a change opens.

    Args:
        statement: the statement.
        kind: the kind of its policy.
        name: the name of its policy.
    """
    who = _who(statement.principal, kind, name)
    by = [each for each in statement.conditions if _names_caller(each)]
    if by:
        # Several conditions of this kind hold together.
        callers = ", being ".join(
            _several([_principal("AWS", value.value) for value in each.values], "or") for each in by
        )
        who = callers if who == "anybody" else f"{callers}, among {who},"
    others = [each for each in statement.conditions if each not in by]
    what = f"{_what(statement.action, statement.resource)}{_conditions(others)}"
    return f"lets {who} call {what}" if statement.effect == "Allow" else f"no longer denies {who} {what}"


def _names_caller(condition: Condition) -> bool:
    """Whether a condition says who calls: users and roles. The ARN of an account is there that of its root user."""
    is_of_caller = (str(condition.operator), condition.key.value.lower()) == ("ArnEquals", "aws:principalarn")
    return is_of_caller and all(_USER_OR_ROLE.fullmatch(each.value) for each in condition.values)


def _who(principal: PrincipalElement | None, kind: PolicyKind, name: str) -> str:
    if principal is None:
        return _WHOSE[kind].format(name=name) if kind in _WHOSE else "anybody"
    names = [_principal(entry.type, entry.text.value) for entry in principal.entries]
    return f"all but {_several(names, 'and')}" if principal.negated else _several(names, "and")


def _principal(kind: str, text: str) -> str:
    if text == "*":
        return "anybody"
    if kind != "AWS" or "\\" in text or not text.isascii():
        return with_unknown_in_words(text)
    try:
        name = read_principal_name(kind, text)
    except ValueError:
        return with_unknown_in_words(text)
    account = name.account if name.partition in ("", "aws") else f"{name.account} in {name.partition}"
    if name.kind == "account":
        return f"account {account}"
    if name.kind in ("user", "role") and name.account:
        return f"{name.kind}{name.path}{name.name} of {account}"
    if name.kind == "session" and name.account:
        return f"the session {name.name}/{name.session} of {account}"
    return text


def _what(action: Element, resource: Element) -> str:
    actions = [value.value for value in action.values]
    resources = [_resource(each) for each in _values(resource)]
    what = "everything" if "everything" in resources else _several(resources, "and")
    what = f"everything but {what}" if resource.negated else what
    if not action.negated and [each.lower() for each in actions] == [INVOKE.lower()]:
        return what
    named = _several(actions, "and")
    if action.negated:
        return f"{what} with all actions but {named}"
    return f"{what} with the action{'s' if len(actions) != 1 else ''} {named}"


def _values(element: Element) -> Iterator[str]:
    return (with_unknown_in_words(value.value) for value in element.values)


def _resource(pattern: str) -> str:
    """A pattern of ARNs: method and path of the calls to one API, where it has them."""
    if pattern == "*":
        return "everything"
    before, slash, after = pattern.partition("/")
    stage, _, rest = after.partition("/")
    method, has_path, path = rest.partition("/")
    arn = before.split(":")
    is_short = before == "execute-api:"
    is_of_api = len(arn) == _FIELDS_OF_ARN and (arn[0], arn[2]) == ("arn", "execute-api") and arn[-1].isalnum()
    if not (slash and has_path and method.isalpha() and (is_short or is_of_api)):
        return pattern
    of_api = "of this API" if is_short else f"of {arn[-1]}"
    return f"{method} on /{stage}/{path} {of_api}"


def _conditions(conditions: Iterable[Condition]) -> str:
    words = [_condition(each) for each in conditions]
    return f" {', '.join(words)}" if words else ""


def _condition(condition: Condition) -> str:
    values = [with_unknown_in_words(value.value) for value in condition.values]
    known = _WORDS.get((str(condition.operator), condition.key.value.lower()))
    if known:
        return f"{known} {_several(values, 'or')}"
    return f"if {condition.operator_text.value} {condition.key.value} {_several(values, 'or')}"


def _several(values: Sequence[str], conjunction: str) -> str:
    """Values in words; those after the first few are counted."""
    if len(values) <= _MOST_VALUES:
        return listed(values, conjunction) if values else "nothing"
    return listed([*values[:_MOST_VALUES], f"{len(values) - _MOST_VALUES} more"], conjunction)
