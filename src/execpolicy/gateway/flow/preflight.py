"""Preflight requests: which ones API Gateway answers itself, and advice for refused ones (GW-27)."""

from __future__ import annotations

from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_table import RouteMatch

#: Gates at which a policy refuses; an OPTIONS route without authorization does not help there.
_OF_POLICIES = frozenset(
    {"resource policy", "resource policy, first look", "VPC endpoint", "private API", "private domain"}
)


def is_preflight(call: IncomingCall) -> bool:
    """Whether a browser sends this call before the actual one, to check whether a page may send it."""
    return (
        call.method == "OPTIONS" and bool(call.header("origin")) and bool(call.header("access-control-request-method"))
    )


def answered_by_cors(state: CallState, match: RouteMatch | None) -> bool:
    """Whether the CORS configuration of an HTTP API answers the call.

    It does unless the call matches a ``$default`` or ANY route with authorization. That it answers for an OPTIONS route
    with authorization is assumed.
    """
    api = state.api
    if api.type is not ApiType.HTTP or not api.cors or not is_preflight(state.call):
        return False
    if match is None or api.auth_of(match.route) is AuthType.NONE:
        return True
    if not is_answered(api, match.route):
        return False
    state.notes.append(
        f"assumed (GW-27): CORS answers for {match.route.key}, although the route requires authorization"
    )
    return True


def is_answered(api: ApiDefinition, route: Route | None) -> bool:
    """Whether the CORS configuration of an HTTP API answers a preflight request that matches a route, or none."""
    return route is None or api.auth_of(route) is AuthType.NONE or route.method == "OPTIONS"


def note_on_refusal(state: CallState) -> None:
    """Add a note to a refused preflight: what browsers do not send with it, and what to change."""
    number, gate = state.step_data[-1][:2]
    # Gates before the route and the length of the ARN refuse every method.
    if number == "1" or gate == "method ARN" or state.api.type is ApiType.WEBSOCKET or not is_preflight(state.call):
        return
    state.notes.append(
        "this is a preflight: browsers send no token, signature or API key with it (GW-27); " + _cure(state, gate)
    )


def _cure(state: CallState, gate: str) -> str:
    """The change that admits the preflight."""
    api, route = state.api, state.route
    what = "the route" if api.type is ApiType.HTTP else "the method"
    if route is None:
        cors = "configure CORS for the API, or " if api.type is ApiType.HTTP else ""
        return f"{cors}add {what} `OPTIONS {state.call.path}` without authorization"
    if gate in _OF_POLICIES:
        return "let the policy also allow OPTIONS to anonymous callers"
    if gate == "API key":
        return f"answer it by {what} `OPTIONS {route.path}` that requires no API key"
    if route.method == "OPTIONS":
        return f"set the authorization of `{route.key}` to NONE"
    path = route.path if route.path.startswith("/") else "/" if state.call.path == "/" else "/{proxy+}"
    return f"add {what} `OPTIONS {path}` without authorization"
