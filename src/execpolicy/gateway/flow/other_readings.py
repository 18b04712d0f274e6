"""Where AWS's pages can be read in two ways, and the other way would give another answer (GW-4, GW-14, GW-15)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.errors import RequestError
from execpolicy.gateway.arn.call_path import normalised_path
from execpolicy.gateway.flow.gates import Flow
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.flow.response import GatewayResponse, statuses_of
from execpolicy.gateway.model.names import ApiType, AuthType

_REST, _WEBSOCKET = ApiType.REST, ApiType.WEBSOCKET
_CUSTOM, _COGNITO, _JWT = AuthType.CUSTOM, AuthType.COGNITO_USER_POOLS, AuthType.JWT


def other_readings(flow: Flow, response: GatewayResponse, run: Callable[[Flow], Refusal | None]) -> list[str]:
    """A note for each reading by which the status would be another."""
    notes = []
    for name, other in _alternatives(flow):
        api = flow.api.with_readings(flow.api.readings._replace(**{name: other}))
        again = Flow(api, flow.arrived, flow.given.with_output(flow.output))
        try:
            found = again.response(run(again))
        except RequestError as error:
            notes.append(f"by the reading {name}={other} the answer cannot be told: {error.message}")
            continue
        if found.statuses != response.statuses:
            now, would_be = getattr(flow.api.readings, name), statuses_of(found)
            notes.append(f"by the reading {name}={other} the answer would be {would_be}; this is {name}={now}")
    return notes


def _alternatives(flow: Flow) -> list[tuple[str, str]]:
    """The readings that could matter to this call."""
    if flow.route is None:
        return []
    auth, attached = flow.api.auth_of(flow.route), flow.api.resource_policy is not None
    found: list[tuple[str, str]] = []
    if attached and (auth is _COGNITO or (auth is _JWT and flow.api.type is _REST)):
        found.append(("cognito", "table_a" if flow.api.readings.cognito == "policy_alone" else "policy_alone"))
    if attached and auth is _CUSTOM:
        found.append(
            ("lambda_authorizer", "table_b" if flow.api.readings.lambda_authorizer == "table_a" else "table_a")
        )
    if flow.api.readings.path == "as_sent" and _may_be_normalised(flow):
        found.append(("path", "normalised"))
    return found


def _may_be_normalised(flow: Flow) -> bool:
    path = flow.call.path
    # A path without these is normal as it is.
    if flow.api.type is _WEBSOCKET or not ("%" in path or "//" in path or path.endswith("/")):
        return False
    return normalised_path(path) != path
