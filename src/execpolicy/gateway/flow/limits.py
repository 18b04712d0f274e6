"""Throttling and quotas, which a call gives as facts (GW-35)."""

from __future__ import annotations

from execpolicy.errors import UsageError
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import Refusal, refuse
from execpolicy.gateway.model.names import ResponseType


def check_limits(state: CallState) -> Refusal | None:
    """8. A call above a rate, or above the quota of its API key, is refused.

    Raises:
        UsageError: the call is above a quota, and its route requires no API key.
    """
    limits = state.arguments.limits
    if limits == "within":
        return None
    route = state.found_route
    if limits == "throttled":
        refusal = refuse(state.api.type, ResponseType.THROTTLED)
        detail = "the call is above the rate of its API key, its method, its stage or its account"
        return state.refused("8", "limits", refusal, detail, "GW-35")
    if not route.api_key_required:
        raise UsageError(
            f"{route.key} requires no API key, and a quota is that of a key",
            advice="give throttled, or leave limits out",
            rule="GW-35",
        )
    refusal = refuse(state.api.type, ResponseType.QUOTA_EXCEEDED)
    return state.refused("8", "limits", refusal, "the call is above the quota of its API key", "GW-35")
