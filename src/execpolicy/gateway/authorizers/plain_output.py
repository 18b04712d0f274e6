"""Output of a Lambda authorizer as most functions return it, read without nodes; ``parse`` reads all other output."""

from __future__ import annotations

from marshal import dumps
from typing import Any, NamedTuple

from execpolicy._base.bounded_cache import store
from execpolicy.document.fast_parse import plain_copy
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.authorizers.output_members import LONGEST_RESOURCE, NAME

_REQUIRED = {"principalId", "policyDocument"}
_KNOWN = {*_REQUIRED, "context"}
#: Longer texts and numbers of more digits are left to ``parse``; and so is ``claims``, which can be reserved.
_LONGEST_TEXT, _LARGEST_NUMBER, _RESERVED = 10_000, 10**15, "claims"

#: The policies of the latest documents, by their bytes: a function returns few documents to many calls.
_policies: dict[bytes, Policy] = {}
#: A form of ``marshal`` that does not depend on which objects are one.
_WITHOUT_REFERENCES = 2


class PlainOutput(NamedTuple):
    """The parts of valid output, in any format with policies except that of WebSocket APIs, which limit its size."""

    principal_id: str
    policy: Policy
    context: dict[str, Any]


def plain_output(value: object) -> PlainOutput | None:
    """Read output that is simple and surely valid: a principalId, a policyDocument, and no more than a flat context.

    >>> plain_output({"principalId": "ann", "policyDocument": {"Statement": []}}).principal_id
    'ann'
    >>> plain_output({"principalId": "", "policyDocument": {"Statement": []}}) is None
    True
    """
    if type(value) is not dict or not _REQUIRED <= value.keys() <= _KNOWN:
        return None
    principal_id, context = value["principalId"], value.get("context", {})
    if not _is_plain_text(principal_id) or not principal_id or type(context) is not dict:
        return None
    if _RESERVED in context or not all(map(_is_plain_text, context)) or not all(map(_is_plain, context.values())):
        return None
    policy = _policy(value["policyDocument"])
    return None if policy is None else PlainOutput(principal_id, policy, dict(context))


def _is_plain_text(value: object) -> bool:
    return type(value) is str and value.isascii() and "\0" not in value and len(value) <= _LONGEST_TEXT


def _is_plain(value: object) -> bool:
    """Whether a value of the context is as it is written in JSON and read from it."""
    is_number = type(value) is int and -_LARGEST_NUMBER < value < _LARGEST_NUMBER
    return is_number or type(value) is bool or _is_plain_text(value)


def _policy(document: Any) -> Policy | None:
    """The policy of a simple document; that of an equal document is used again, with what is compiled of it."""
    try:
        # Only values of the same types have the same bytes, and values of derived types have none.
        key = dumps(document, _WITHOUT_REFERENCES)
    except ValueError:
        return None
    policy = _policies.get(key)
    if policy is not None:
        return policy
    plain = plain_copy(document)
    if plain is None:
        return None
    try:
        policy = Policy.parse(plain, kind=PolicyKind.AUTHORIZER, name=NAME)
    except PolicySyntaxError:
        return None
    for statement in policy.statements_without_places:
        if any(len(each.value) > LONGEST_RESOURCE for each in statement.resource.values):
            return None
    return store(_policies, key, policy) if len(key) <= _LONGEST_TEXT else policy
