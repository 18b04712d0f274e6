"""The resource policy of an API where it decides alone (GW-12, GW-15)."""

from __future__ import annotations

from execpolicy.engine.layers import Layer
from execpolicy.gateway.flow.gates import Flow
from execpolicy.gateway.flow.outcomes import alone
from execpolicy.gateway.flow.refusals import (
    Refusal,
    denied,
)


def check_resource_policy(flow: Flow, number: str, detail: str, *rules: str) -> Refusal | None:
    """The resource policy has to allow by itself; the caller is anonymous to it."""
    situation = flow.found_situation
    decision = situation.anonymous(situation.resource_policies(), alone(Layer.RESOURCE))
    return flow.decided(number, "resource policy", decision, denied, detail, *rules)
