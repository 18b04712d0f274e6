"""Preflight requests: which of them API Gateway answers itself, and what to add where one is refused (GW-27)."""

from __future__ import annotations

from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route_table import RouteMatch

#: Gates at which a policy refuses: an open OPTIONS route alone does not help there.
_OF_POLICIES = frozenset(
    {"resource policy", "resource policy, first look", "VPC endpoint", "private API", "private domain"}
)


def is_preflight(call: IncomingCall) -> bool:
    """Whether a browser sends this call by itself, to ask whether a page may make the real one."""
    return (
        call.method == "OPTIONS" and bool(call.header("origin")) and bool(call.header("access-control-request-method"))
    )


def answered_by_cors(state: CallState, match: RouteMatch | None) -> bool:
    """Whether the CORS configuration of an HTTP API answers the call.

    It does unless the call finds a ``$default`` or ANY route that asks for authorization. That it answers beside an
    OPTIONS route that asks for authorization is assumed.
    """
    api = state.api
    if api.type is not ApiType.HTTP or not api.cors or not is_preflight(state.call):
        return False
    if match is None or api.auth_of(match.route) is AuthType.NONE:
        return True
    if match.route.method != "OPTIONS":
        return False
    state.notes.append(
        f"assumed (GW-27): CORS answers for {match.route.key}, although the route asks for authorization"
    )
    return True


def note_on_refusal(state: CallState) -> None:
    """Note that the call that was just refused is a preflight, what browsers do not send with it, and what to add."""
    number, gate = state.step_data[-1][:2]
    # What refuses before the route, and a long path, refuses every method alike.
    if number == "1" or gate == "method ARN" or state.api.type is ApiType.WEBSOCKET or not is_preflight(state.call):
        return
    state.notes.append(
        "this is a preflight: browsers send no token, signature or API key with it (GW-27); " + _cure(state, gate)
    )


def _cure(state: CallState, gate: str) -> str:
    """What lets the preflight through."""
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
