"""Calls that invalidate the cache of a stage, and the permission that they may need (GW-24)."""

from __future__ import annotations

from execpolicy.document.action_name import INVALIDATE_CACHE
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    refuse,
)
from execpolicy.gateway.model.method_settings import CacheSettings
from execpolicy.gateway.model.names import ApiType, AuthType, CacheRefusal, ResponseType

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_AWS_IAM = AuthType.AWS_IAM

_NOT_SIGNED = (
    "the method does not require AWS_IAM, so that no caller has the permission to invalidate the cache, whatever the "
    "policies allow; that a signature counts for nothing here is assumed"
)


def check_cache_invalidation(state: CallState) -> Refusal | None:
    """6. A call that invalidates the cache may need a permission, which unsigned and foreign callers never have."""
    api, call, route = state.api, state.call, state.found_route
    if not call.headers or api.type is not _REST or not invalidates_cache(call):
        return None
    settings = _settings(state)
    if not settings.needs_permission:
        detail = f"the stage {state.stage.name} requires no permission to invalidate its cache: anybody may"
        state.passed("6", "cache invalidation", detail, "GW-24")
        return None
    if not settings.cached and state.assumes("GW-24", "a method that is not cached"):
        state.notes.append(f"Cache-Control requests nothing of {call.method} {route.path}, which is not cached (GW-24)")
        return None
    checks = state.policy_checks
    signed = api.auth_of(route) is _AWS_IAM
    decision = checks.iam(INVALIDATE_CACHE) if signed else None
    foreign = signed and checks.caller is not None and checks.caller.principal.account not in ("", api.account)
    if decision is not None and decision.allowed and not foreign:
        state.passed("6", "cache invalidation", "allowed", "GW-24", decision=decision)
        return None
    if settings.refusal is not CacheRefusal.FAIL_WITH_403:
        header = "with" if settings.refusal is CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER else "without"
        state.passed("6", "cache invalidation", f"not allowed; the call continues {header} a warning header", "GW-24")
        return None
    if decision is None:
        refusal = refuse(api.type, ResponseType.ACCESS_DENIED)
        assumed = ("GW-24",) if checks.caller is not None else ()
        return state.refused("6", "cache invalidation", refusal, _NOT_SIGNED, "GW-24", assumed=assumed)
    detail = "across accounts the cache cannot be invalidated" if foreign else "not allowed"
    refused = state.decided("6", "cache invalidation", decision, denied, detail, "GW-24")
    if refused is not None or not foreign:
        return refused
    refusal = denied(api.type, decision) if not decision.allowed else refuse(api.type, ResponseType.ACCESS_DENIED)
    return state.refused("6", "cache invalidation", refusal, detail, "GW-24")


def _settings(state: CallState) -> CacheSettings:
    """What applies to the method; of a method declared as ANY, the settings of the method that is called come first."""
    stage, route, method = state.stage, state.found_route, state.call.method
    settings = stage.cache_of(route, method)
    by_any = stage.cache_of(route, method, any_first=True)
    return settings if settings == by_any or state.assumes("GW-24", "the settings of ANY") else by_any


def invalidates_cache(call: IncomingCall) -> bool:
    """Whether a call asks to invalidate the cache."""
    sent = call.header("cache-control")
    if not sent:
        return False
    directives = ",".join(sent).replace(" ", "").lower().split(",")
    return "max-age=0" in directives
