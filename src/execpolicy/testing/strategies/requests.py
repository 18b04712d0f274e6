"""Strategies for requests: any, and those that match or nearly match the policies of a caller and a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from execpolicy.document.action_name import EXECUTE_API_ACTIONS, INVOKE
from execpolicy.document.model import Condition
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.errors import RequestError, UsageError
from execpolicy.language.arn import parse_arn
from execpolicy.language.context import Context
from execpolicy.language.context_keys import CATALOGUE, ENDPOINT_KEYS, RESOURCE_KEYS, Presence, find_context_key
from execpolicy.language.key_values import KeyValues
from execpolicy.language.principal import Principal
from execpolicy.testing.strategies.documents import callers
from execpolicy.testing.strategies.resources import API, arns, resources_near
from execpolicy.testing.strategies.values import near_values
from execpolicy.testing.strategies.words import KeyLookup

_ANY_ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"
#: Keys of calls through a VPC endpoint, which do not have aws:SourceIp.
_ENDPOINT = frozenset(ENDPOINT_KEYS)
_INTERNET = "aws:sourceip"
_ALWAYS_THERE = (Presence.ALWAYS, Presence.RESOURCE_ACCOUNT, Presence.TEMPORARY, Presence.THROUGH_ENDPOINT)
#: Context keys whose values follow from the caller or the resource.
_DECIDED = RESOURCE_KEYS | {"aws:epochtime"}

_ConditionsByKey = dict[str, list[tuple[Policy, Condition]]]


def requests_near(
    caller: Caller | st.SearchStrategy[Caller],
    target: Target | None = None,
    *,
    action: str = INVOKE,
    api: str = API,
    context: Mapping[str, Any] | None = None,
) -> st.SearchStrategy[Request]:
    """Requests of a caller that match or nearly match its policies and those of the target.

    The resource is made from a Resource of one of the policies: wildcards and variables are filled, and a segment can
    be changed. The context has values for the keys that conditions and variables use: values that match, and values
    that nearly match. Keys that every such request has are always given, so that few outcomes are indeterminate.

    Args:
        caller: a Caller, or a strategy of them.
        target: the policies on the resource's side.
        action: the action of all requests.
        api: the id of the API for short forms and wildcards.
        context: the values of keys, which are used as given.

    Returns:
        A strategy of Request.

    Raises:
        UsageError: caller or target has another type.

    >>> from execpolicy import Caller, Policy, authorize
    >>> from execpolicy.testing import strategies
    >>> reads = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/*"}}, kind="identity")
    >>> ann = Caller("arn:aws:iam::111122223333:user/Ann", identity=reads)
    >>> from hypothesis import given
    >>> @given(strategies.requests_near(ann))
    ... def only_reads(request):
    ...     assert not authorize(request).allowed or "/prod/GET/" in request.resource
    >>> only_reads()
    """
    if isinstance(caller, st.SearchStrategy):
        return caller.flatmap(lambda one: requests_near(one, target, action=action, api=api, context=context))
    side = Target() if target is None else target
    if not isinstance(caller, Caller) or not isinstance(side, Target):
        raise UsageError(
            "requests_near takes a Caller and a Target", advice="Caller(principal, identity=…) makes one of a principal"
        )
    return _near(caller, side, action=action, api=api, given=dict(context or {}))


def requests() -> st.SearchStrategy[Request]:
    """Requests of any caller to any API.

    >>> from hypothesis import given
    >>> from execpolicy import authorize
    >>> from execpolicy.testing import strategies
    >>> @given(strategies.requests())
    ... def is_decided(request):
    ...     assert authorize(request).outcome.value in ("allow", "implicit_deny", "explicit_deny", "indeterminate")
    >>> is_decided()
    """
    return callers().flatmap(
        lambda caller: (
            requests_near(caller) | st.builds(_anywhere, st.just(caller), arns(), st.sampled_from(EXECUTE_API_ACTIONS))
        )
    )


def _anywhere(caller: Caller, arn: object, action: str) -> Request:
    return Request(caller=caller, action=action, resource=str(arn))


def _near(
    caller: Caller, target: Target, *, action: str, api: str, given: dict[str, Any]
) -> st.SearchStrategy[Request]:
    policies = (*caller.policies, *target.policies)
    find = _lookup(caller.principal)
    resources = resources_near(*policies, api=api, lookup=find) if policies else arns().map(str)
    contexts = _contexts(_conditions_by_key(policies), find, {key.lower() for key in given})
    return st.builds(
        lambda resource, context: _put(caller, action, resource, {**context, **given}, given), resources, contexts
    )


def _lookup(principal: Principal) -> KeyLookup:
    """The values of keys that follow from the caller."""
    return KeyValues(principal, INVOKE, parse_arn(_ANY_ARN), "111122223333", Context()).values


def _conditions_by_key(policies: Sequence[Policy]) -> _ConditionsByKey:
    """The conditions of the policies by their lower-case keys."""
    by_key: _ConditionsByKey = {}
    for policy in policies:
        for statement in policy.statements:
            for condition in statement.conditions:
                by_key.setdefault(condition.key.value.lower(), []).append((policy, condition))
    return by_key


@st.composite
def _contexts(
    draw: st.DrawFn, by_key: _ConditionsByKey, find: KeyLookup, given: set[str]
) -> dict[str, str | list[str]]:
    """Values for the keys of conditions that do not follow from the caller or the resource."""
    by_endpoint = bool(given & _ENDPOINT) or (
        _INTERNET not in given and bool(by_key.keys() & _ENDPOINT) and draw(st.booleans())
    )
    excluded = {_INTERNET} if by_endpoint else _ENDPOINT
    context: dict[str, str | list[str]] = {}
    for key in sorted({*by_key, _INTERNET} - given - _DECIDED - excluded):
        if _follows(key, find):
            continue
        if key == _INTERNET or _always(key) or draw(st.integers(0, 3)):
            context[_spelled(key)] = draw(_one_or_several(key, by_key.get(key, []), find))
    return context


def _one_or_several(
    key: str, conditions: list[tuple[Policy, Condition]], find: KeyLookup
) -> st.SearchStrategy[str | list[str]]:
    values = near_values(key, conditions, find)
    record = find_context_key(key)
    if record is not None and not record.multivalued:
        return values
    return values | st.lists(values, max_size=3, unique=True)


def _spelled(key: str) -> str:
    record = find_context_key(key)
    return key if record is None or record.name.endswith("/") else record.name


def _follows(key: str, find: KeyLookup) -> bool:
    """Whether the value of a key follows from the caller, or no call has it."""
    record = find_context_key(key)
    if record is None:
        return False
    return key.startswith("aws:principal") or key in ("aws:username", "aws:userid") or bool(find(key))


def _always(key: str) -> bool:
    record = CATALOGUE.get(key)
    return record is not None and record.presence in _ALWAYS_THERE


def _put(caller: Caller, action: str, resource: str, context: dict[str, Any], given: dict[str, Any]) -> Request:
    """The request, without the drawn keys that it rejects."""
    try:
        return Request(caller=caller, action=action, resource=resource, context=context)
    except RequestError:
        if context == given:
            raise
    kept = dict(given)
    for key, value in context.items():
        try:
            Request(caller=caller, action=action, resource=resource, context={**kept, key: value})
        except RequestError:
            continue
        kept[key] = value
    return Request(caller=caller, action=action, resource=resource, context=kept)
