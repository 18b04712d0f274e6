"""Whether one request is in the set of an invariant, by the rules as they are written (INV-1, INV-3, INV-4, INV-5).

A prover finds a request in another way, and compares.
"""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.invariants.call_source import CallSource, SourceKind
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet
from execpolicy.analysis.invariants.caller_text import CallerPatternKind
from execpolicy.analysis.invariants.key_test import KeyRelation, KeyTest
from execpolicy.analysis.invariants.parts import InvariantParts
from execpolicy.engine.request import Request
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.language.context_keys import KeyType
from execpolicy.language.operators import in_network, read_address, read_network
from execpolicy.language.principal import FEDERATED_USER, ROLE, ROOT, SESSION, USER, Principal
from execpolicy.language.request_details import FALSE_OR_ABSENT
from execpolicy.language.truth import Truth, kleene_all, kleene_any, kleene_not

#: The kinds of callers that a pattern of a kind can name.
_KINDS = {
    CallerPatternKind.ROLE: (SESSION, ROLE),
    CallerPatternKind.USER: (USER,),
    CallerPatternKind.ROOT: (ROOT,),
    CallerPatternKind.SESSION: (SESSION,),
    CallerPatternKind.FEDERATED_USER: (FEDERATED_USER,),
}


def is_in_set(parts: InvariantParts, request: Request) -> Truth:
    """Whether a request is one of the calls of an invariant; None if that is not known of the request.

    Args:
        parts: the parts of the invariant.
        request: a request for a method of an API. The account that owns its resource is the account of the API.

    Raises:
        RequestError: the resource is no ARN of execute-api.
    """
    return kleene_all(
        (
            _is_call(parts, request),
            _is_caller(parts.callers, request),
            not parts.sources or _comes_from(parts.sources, request),
            _all_hold(parts.when, request),
            kleene_not(_is_excepted(parts, request)),
        )
    )


def _is_call(parts: InvariantParts, request: Request) -> bool:
    arn = ExecuteApiArn.parse(request.resource)
    method, path = arn.method, arn.path
    if parts.stages and arn.stage not in parts.stages:
        return False
    if method is None or path is None:
        # A route of a WebSocket API, or a connection.
        return any(call.is_anything or (call.is_connect and arn.route_key == CONNECT) for call in parts.calls)
    return any(call.matches(method, path) for call in parts.calls)


def _is_excepted(parts: InvariantParts, request: Request) -> Truth:
    tests = bool(parts.unless_when) and _all_hold(parts.unless_when, request)
    return kleene_any((_comes_from(parts.unless_sources, request), tests))


# Callers


def _is_caller(callers: CallerSet, request: Request) -> Truth:
    found = kleene_any(_is_named(pattern, request) for pattern in callers.members)
    return kleene_not(found) if callers.all_except else found


def _is_named(pattern: CallerPattern, request: Request) -> Truth:
    """Whether the caller of a request is one of those of a pattern."""
    principal = request.caller.principal
    if pattern.kind is CallerPatternKind.ORGANIZATION:
        values = request.values("aws:principalorgid")
        return None if values is None else pattern.name in values
    if pattern.kind in (CallerPatternKind.ANONYMOUS, CallerPatternKind.SERVICE):
        return principal.kind == pattern.kind.value and principal.name == pattern.name
    if not principal.is_iam or principal.account != (pattern.account or request.account):
        return False
    if pattern.kind is CallerPatternKind.ACCOUNT:
        return True
    if principal.kind not in _KINDS[pattern.kind] or pattern.partition not in (None, principal.partition):
        return False
    return pattern.kind is CallerPatternKind.ROOT or _has_name(pattern, principal)


def _has_name(pattern: CallerPattern, principal: Principal) -> Truth:
    """Whether a caller of the kind has the name, the session and the path of a pattern."""
    if principal.name != pattern.name or (pattern.session and principal.session_name != pattern.session):
        return False
    if pattern.path is None:
        return True
    return None if principal.path is None else principal.path == pattern.path


# Sources and keys


def _comes_from(sources: Iterable[CallSource], request: Request) -> Truth:
    return kleene_any(
        _has_value(key, source.text, request, as_range=source.kind is SourceKind.ADDRESSES)
        for source in sources
        for key in source.keys
    )


def _all_hold(tests: Iterable[KeyTest], request: Request) -> Truth:
    return kleene_all(_holds(test, request) for test in tests)


def _holds(test: KeyTest, request: Request) -> Truth:
    if test.relation in (KeyRelation.ABSENT, KeyRelation.PRESENT):
        values = request.values(test.key.lower())
        if values is None or values is FALSE_OR_ABSENT:
            return None
        return bool(values) is (test.relation is KeyRelation.PRESENT)
    found = kleene_any(_has_value(test.key, value, request, as_range=test.type is KeyType.IP) for value in test.values)
    return found if test.relation is KeyRelation.IN else kleene_not(found)


def _has_value(key: str, expected: str, request: Request, *, as_range: bool) -> Truth:
    """Whether the key is present and has a value, or an address in a range."""
    values = request.values(key.lower())
    if values is None:
        return None
    if values is FALSE_OR_ABSENT:
        return None if expected == "false" else False
    return any(_is_in_range(value, expected) if as_range else value == expected for value in values)


def _is_in_range(value: str, expected: str) -> bool:
    address, network = read_address(value), read_network(expected)
    return address is not None and network is not None and in_network(address, network)
