"""Calls by custom domains that nothing describes: they may lead to any stage, with any path (ANA-8).

No call by such a domain can be simulated, so none is a witness. Where one may contradict an answer, the answer is not
known.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.calls.call_witness import call_of, response_or_none
from execpolicy.analysis.comparison import Difference
from execpolicy.analysis.witness import Witness
from execpolicy.gateway.flow.step import CallOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.witness import RequestParts
    from execpolicy.engine.caller import Caller
    from execpolicy.gateway.model.api_definition import ApiDefinition


def confirmed_by_undescribed_domain(
    parts: RequestParts,
    box: Box,
    *,
    apis: tuple[ApiDefinition, ...],
    allowed: tuple[bool, ...],
    callers: Sequence[Caller] = (),
) -> Witness | None:
    """The call that reaches its stage, if the simulation of each version confirms whether it gets through from there.

    Args:
        parts: what the call is made of.
        box: the calls that it is one of.
        apis: the API, or its versions.
        allowed: whether it gets through, for each of them.
        callers: the callers whose policies are given.
    """
    call = call_of(parts, box, apis)
    if call is None:
        return None
    found = None
    for api, wanted in zip(apis, allowed, strict=True):
        if call.stage not in {stage.name for stage in api.stages}:
            if wanted:
                return None
            continue
        # How the call reaches the stage does not matter: it is simulated as if the API's own host were not disabled.
        found = response_or_none(call, api.with_checked_parts(disable_execute_api_endpoint=False), callers)
        if found is None or found.outcome is CallOutcome.INDETERMINATE or found.allowed is not wanted:
            return None
    return None if found is None else Witness(call, None, found, parts.preference)


def by_undescribed_domain(found: Difference) -> Difference:
    """What is not known because of calls that only a domain leads to the API that is not described."""
    calls = (
        f"a custom domain that is not described may lead to {each.call.method} {each.call.path} on {each.call.stage}"
        for each in found.witnesses
        if each.call is not None
    )
    return Difference(unknown=(*calls, *found.unknown))
