"""Cognito and JWT authorizers: the token, then the resource policy (GW-15, AUT-7, AUT-8, AUT-9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from execpolicy.gateway.authorizers.claims import TokenCheck, check_cognito, check_http_jwt, check_rest_jwt
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import (
    Refusal,
    refuse,
    refuse_http,
)
from execpolicy.gateway.flow.resource_policy import check_resource_policy
from execpolicy.gateway.flow.token_source import find_token
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthType, ResponseType

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_HTTP = ApiType.HTTP


def check_cognito_authorizer(state: CallState) -> Refusal | None:
    """5d. COGNITO_USER_POOLS: the token, then the resource policy if one is attached (GW-15, AUT-7)."""
    refusal = _check_token(state, "5d", check_cognito, "AUT-7")
    return refusal if refusal is not None else check_policy_after_token(state)


def check_jwt_authorizer(state: CallState) -> Refusal | None:
    """5e. JWT: the token, then for REST APIs the resource policy as for Cognito (AUT-8, AUT-9)."""
    if state.api.type is not _REST:
        return _check_token(state, "5e", check_http_jwt, "AUT-8")
    refusal = _check_token(state, "5e", check_rest_jwt, "AUT-9")
    return refusal if refusal is not None else check_policy_after_token(state)


def check_policy_after_token(state: CallState) -> Refusal | None:
    """The resource policy of a method whose token is valid, for REST APIs (GW-15, AUT-9)."""
    if state.api.type is not _REST:
        return None
    if state.api.auth_of(state.found_route) is AuthType.COGNITO_USER_POOLS:
        return _check_resource_policy(state, "5d", "GW-15", _TOKEN_AND_POLICY)
    detail = f"{_TOKEN_AND_POLICY}, as with Cognito; no page says so of JWT authorizers (assumed)"
    return _check_resource_policy(state, "5e", "AUT-9", detail, ("AUT-9",))


#: The key with the time of the call.
_TIME = ("aws:CurrentTime",)

_TOKEN_AND_POLICY = "with a valid token the resource policy must still allow"

_NO_CLAIMS = "the call has no valid token: no claims were given; to send a valid token, give its claims"


TokenChecker = Callable[[Authorizer, tuple[str, ...], Mapping[str, object], float | None], TokenCheck]


def _check_token(state: CallState, number: str, check: TokenChecker, rule: str) -> Refusal | None:
    """The token in its identity source, then its verified claims; without claims there is no valid token."""
    authorizer, route = state.authorizer, state.found_route
    source = find_token(state, authorizer)
    assumed = ("AUT-4",) if source.assumed else ()
    if source.fault:
        refusal = refuse(state.api.type, ResponseType.UNAUTHORIZED)
        return state.refused(number, "token", refusal, source.fault, rule, "AUT-4", assumed=assumed)
    if state.arguments.claims is None:
        refusal = refuse(state.api.type, ResponseType.UNAUTHORIZED)
        return state.refused(number, "token", refusal, _NO_CLAIMS, rule)
    found = check(authorizer, route.scopes, state.arguments.claims, state.arguments.now)
    state.notes.extend(f"assumed ({each}): AWS's pages do not say so in full" for each in found.assumed)
    if found.passed:
        if rule == "AUT-9" and not route.scopes:
            assumed = (*assumed, rule)  # that a method without scopes accepts any token
        state.passed(number, "token", found.reason or "the token is valid", rule, assumed=assumed)
        return None
    assert found.status is not None
    body = refuse_http(found.status) if state.api.type is _HTTP else None
    refusal = body or Refusal(found.status, found.response_type, found.message)
    if found.unknown:
        state.unknown(number, "token", refusal, found.reason, rule, keys=_TIME)
        return None
    if found.untimely:
        expired = refuse(state.api.type, ResponseType.UNAUTHORIZED)
        state.unknown(
            number, "token", expired, "the time of the call is not known, and is checked first", rule, keys=_TIME
        )
    assumed = (rule,) if found.refusal_is_assumed else ()
    return state.refused(number, "token", refusal, found.reason, rule, assumed=assumed)


def _check_resource_policy(
    state: CallState, number: str, rule: str, detail: str, assumed: tuple[str, ...] = ()
) -> Refusal | None:
    """The resource policy of a method with a valid token must allow too, as in Table B."""
    if state.api.resource_policy is None:
        state.passed(number, "resource policy", "none is attached: the token decides", rule)
        return None
    return check_resource_policy(state, number, detail, rule, assumed=assumed)
