"""Calls that invalidate the cache of a stage, and the permission that they may need (GW-24)."""

from __future__ import annotations

from execpolicy.engine.layers import Layer
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.outcomes import alone
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
    refuse,
)
from execpolicy.gateway.model.names import INVALIDATE_CACHE, ApiType, AuthType, CacheRefusal, ResponseType

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_AWS_IAM = AuthType.AWS_IAM


def check_cache_invalidation(state: CallState) -> Refusal | None:
    """6. A call that invalidates the cache may need a permission; a foreign caller never has it (GW-24)."""
    api, call, stage = state.api, state.call, state.stage
    if not call.headers or api.type is not _REST or call.method != "GET" or not _invalidates_cache(call):
        return None
    if not stage.cache_needs_permission:
        state.passed(
            "6", "cache invalidation", f"the stage {stage.name} requires no permission to invalidate its cache", "GW-24"
        )
        return None
    checks = state.policy_checks
    if api.auth_of(state.found_route) is _AWS_IAM:
        decision = checks.iam(INVALIDATE_CACHE)
    else:
        decision = checks.anonymous(checks.resource_policies(), alone(Layer.RESOURCE), action=INVALIDATE_CACHE)
    foreign = checks.caller is not None and checks.caller.principal.account not in ("", api.account)
    if decision.allowed and not foreign:
        state.passed("6", "cache invalidation", "allowed", "GW-24", decision=decision)
        return None
    if stage.cache_refusal is CacheRefusal.FAIL_WITH_403:
        detail = "across accounts the cache cannot be invalidated" if foreign else "not allowed"
        refused = state.decided("6", "cache invalidation", decision, denied, detail, "GW-24")
        if refused is not None or not foreign:
            return refused
        refusal = denied(api.type, decision) if not decision.allowed else refuse(api.type, ResponseType.ACCESS_DENIED)
        return state.refused("6", "cache invalidation", refusal, detail, "GW-24")
    header = "with" if stage.cache_refusal is CacheRefusal.SUCCEED_WITH_RESPONSE_HEADER else "without"
    state.passed("6", "cache invalidation", f"not allowed; the call continues {header} a warning header", "GW-24")
    return None


def _invalidates_cache(call: IncomingCall) -> bool:
    directives = ",".join(call.header("cache-control")).replace(" ", "").lower().split(",")
    return "max-age=0" in directives
