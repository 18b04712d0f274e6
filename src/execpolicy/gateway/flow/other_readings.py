"""Notes on other readings of AWS's pages that would change the response (GW-4, GW-18)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.errors import RequestError
from execpolicy.gateway.arn.call_path import normalised_path
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.private_api import endpoint_may_see_two
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.flow.response import GatewayResponse, statuses_of
from execpolicy.gateway.model.names import ApiType

_WEBSOCKET = ApiType.WEBSOCKET


def other_readings(
    state: CallState, response: GatewayResponse, run: Callable[[CallState], Refusal | None]
) -> list[str]:
    """A note for each reading that would change the outcome or the status."""
    notes = []
    for name, other in _alternatives(state):
        api = state.api.with_readings(state.api.readings._replace(**{name: other}))
        again = CallState(api, state.received, state.arguments.with_output(state.output))
        try:
            found = again.response(run(again))
        except RequestError as error:
            notes.append(f"by the reading {name}={other} the response is not known: {error.message}")
            continue
        if (found.outcome, found.statuses) != (response.outcome, response.statuses):
            now, would_be = getattr(state.api.readings, name), statuses_of(found)
            if found.statuses == response.statuses:
                would_be = f"{would_be} ({found.outcome.value})"
            notes.append(f"by the reading {name}={other} the response would be {would_be}; this is {name}={now}")
    return notes


def _alternatives(state: CallState) -> list[tuple[str, str]]:
    """The readings that can affect this call."""
    if state.route is None:
        return []
    found: list[tuple[str, str]] = []
    if state.api.readings.path == "as_sent" and _may_be_normalised(state):
        found.append(("path", "normalised"))
    if endpoint_may_see_two(state):
        now = state.api.readings.endpoint_identity
        found.append(("endpoint_identity", "authorization_header" if now == "both" else "both"))
    return found


def _may_be_normalised(state: CallState) -> bool:
    path = state.call.path
    # A path without these is normalised already.
    if state.api.type is _WEBSOCKET or not ("%" in path or "//" in path or path.endswith("/")):
        return False
    return normalised_path(path) != path
