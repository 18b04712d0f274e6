"""Other readings of AWS's pages by which a call has another response: in notes, and among the assumed rules.

The readings ``path`` and ``endpoint_identity`` belong to an API (GW-4, GW-18), and so does the type of endpoint, if its
file does not say it (SRC-1). The others belong to single gates, which say that they use them (``CallState.assumes``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from execpolicy.errors import RequestError
from execpolicy.gateway.arn.call_path import normalised_path
from execpolicy.gateway.flow.call_state import AssumedReading, CallState
from execpolicy.gateway.flow.found_readings import FoundReadings, ReadingResults
from execpolicy.gateway.flow.private_api import endpoint_may_see_two
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.response_words import statuses_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.readings import Readings

if TYPE_CHECKING:
    from execpolicy.literals import EndpointIdentityReading

_WEBSOCKET = ApiType.WEBSOCKET

#: Runs the gates for a call.
Run = Callable[[CallState], Refusal | None]

#: The rule of each reading of an API.
_RULES = {"path": "GW-4", "endpoint_identity": "GW-18"}
#: The rule by which an API is public whose file does not say the type of its endpoint.
_UNSAID = "SRC-1"


def other_readings(state: CallState, response: GatewayResponse, run: Run) -> FoundReadings | None:
    """What other readings say of a call, to be found when it is read; None for nearly all calls: they have no other."""
    alternatives, may_be_private = _alternatives(state), _may_be_private(state.api)
    if not alternatives and not state.used and not may_be_private:
        return None
    return FoundReadings(partial(_results, state, response, run, alternatives))


def _results(
    state: CallState, response: GatewayResponse, run: Run, alternatives: Sequence[tuple[str, Readings]]
) -> ReadingResults:
    """A note for each reading of the API that would change the outcome or the status, and the rules that decide."""
    notes, assumed = [], []
    if _may_be_private(state.api):
        found = _response_of(state.api.as_private(), state, run)
        if _differs(found, response):
            assumed.append(_UNSAID)
        note = _note(found, response, "that of a public one: the file does not say the type of its endpoint")
        if note:
            notes.append(f"if the API is private, the response {note} ({_UNSAID})")
    for name, readings in alternatives:
        found = _response_of(state.api.with_readings(readings), state, run)
        if _differs(found, response):
            assumed.append(_RULES[name])
        note = _note(found, response, f"{name}={getattr(state.api.readings, name)}")
        if note:
            notes.append(f"by the reading {name}={getattr(readings, name)} the response {note}")
    assumed += [used.rule for used in state.used if _differs(_response_of(state.api, state, run, used), response)]
    return ReadingResults(notes, assumed)


def _differs(found: GatewayResponse | RequestError, response: GatewayResponse) -> bool:
    """Whether the call has another outcome, or is not possible."""
    return isinstance(found, RequestError) or found.outcome is not response.outcome


def _may_be_private(api: ApiDefinition) -> bool:
    """Whether an API that is read as public may be private; AWS deploys no private API without a resource policy."""
    return not api.endpoint_is_said and not api.is_private and api.resource_policy is not None


def _response_of(
    api: ApiDefinition, state: CallState, run: Run, otherwise: AssumedReading | None = None
) -> GatewayResponse | RequestError:
    """The response of another API, or by another reading of a gate, to the same call; or why it is not known."""
    again = CallState(api, state.received, state.arguments.with_output(state.output), otherwise)
    try:
        return again.response(run(again))
    except RequestError as error:
        return error


def _note(found: GatewayResponse | RequestError, response: GatewayResponse, now: str) -> str:
    """How the response by another reading differs; empty if it does not."""
    if isinstance(found, RequestError):
        return f"is not known: {found.message}"
    if (found.outcome, found.statuses) == (response.outcome, response.statuses):
        return ""
    would_be = statuses_of(found)
    if found.statuses == response.statuses:
        would_be = f"{would_be} ({found.outcome.value})"
    return f"would be {would_be}; this is {now}"


def _alternatives(state: CallState) -> list[tuple[str, Readings]]:
    """The other readings that can affect this call, each with the name of the one that differs."""
    if state.route is None:
        return []
    found, now = [], state.api.readings
    if now.path == "as_sent" and _may_be_normalised(state):
        found.append(("path", now._replace(path="normalised")))
    if endpoint_may_see_two(state):
        other: EndpointIdentityReading = "authorization_header" if now.endpoint_identity == "both" else "both"
        found.append(("endpoint_identity", now._replace(endpoint_identity=other)))
    return found


def _may_be_normalised(state: CallState) -> bool:
    path = state.call.path
    # A path without these is normalised already.
    if state.api.type is _WEBSOCKET or not ("%" in path or "//" in path or path.endswith("/")):
        return False
    return normalised_path(path) != path
