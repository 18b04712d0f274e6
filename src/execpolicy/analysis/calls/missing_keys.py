"""Calls that need an API key of which none is described: they have one, but none that can be simulated (ANA-3)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.calls.credentials import api_key_of
from execpolicy.gateway.flow.routing import find_route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from execpolicy.analysis.witness import RequestParts
    from execpolicy.gateway.model.api_definition import ApiDefinition


def missing_key(parts: RequestParts, apis: Sequence[ApiDefinition]) -> str | None:
    """Why a call cannot be simulated; None if it needs no API key, or one is described that opens its stage.

    Args:
        parts: what the call is made of.
        apis: the API, or its versions.
    """
    called = parts.called
    if called is None:
        return None
    stage, method, path = called
    if not path or api_key_of(apis, stage) is not None:
        return None
    for api in apis:
        match = find_route(api, method, path)
        if match is not None and match.route.api_key_required:
            return f"{match.route.key} requires an API key, and none is described that opens the stage {stage}"
    return None
