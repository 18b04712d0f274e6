"""The resource policy of an API for methods on which no other policy decides (GW-12, GW-15)."""

from __future__ import annotations

from execpolicy.engine.layers import Layer, Outcome
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.outcomes import alone
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
)


def check_resource_policy(
    state: CallState, number: str, detail: str, *rules: str, assumed: tuple[str, ...] = ()
) -> Refusal | None:
    """The resource policy must allow by itself, for an anonymous caller; that it must is by the ``assumed`` rules."""
    checks = state.policy_checks
    decision = checks.anonymous(checks.resource_policies(), alone(Layer.RESOURCE))
    assumed = assumed if decision.outcome is Outcome.IMPLICIT_DENY else ()
    return state.decided(number, "resource policy", decision, denied, detail, *rules, assumed=assumed)
