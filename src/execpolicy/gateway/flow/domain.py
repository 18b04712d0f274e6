"""The gate of the host: it and a base path or a routing rule select a stage (GW-19, GW-28, GW-32)."""

from __future__ import annotations

from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.host_checks import CONNECTED_HOST, connect_to_named_host
from execpolicy.gateway.flow.refusals import Refusal, refuse_http
from execpolicy.gateway.flow.routing import CallDestination, NoDestination, destination_of
from execpolicy.gateway.flow.vpc_endpoint import check_endpoint_context, check_host_header, forbidden, target_host
from execpolicy.gateway.model.names import ApiType

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_HTTP = ApiType.HTTP


def check_domain(state: CallState) -> Refusal | None:
    """1. The host and the base path select a stage (GW-28)."""
    if state.otherwise == CONNECTED_HOST:
        connect_to_named_host(state)
    name = state.arguments.domain_name
    if name is None:
        return check_host_header(state) if state.call.headers else None
    if state.api.is_private:
        check_endpoint_context(state.arguments.context, name)
    host = target_host(state.api, state.call, name)
    if isinstance(host, NoDestination):
        return state.refused("1", "domain", forbidden(state.api), host.reason, "GW-19")
    place = _destination(state, host)
    if isinstance(place, NoDestination):
        refusal = refuse_http(place.status) if state.api.type is _HTTP else Refusal(place.status, None, "Forbidden")
        return state.refused("1", "domain", refusal, place.reason, place.rule)
    if state.api.is_private and place.domain is not None and not place.domain.is_private:
        detail = f"{name} is a public domain name, which does not reach private APIs"
        return state.refused("1", "domain", forbidden(state.api), detail, "GW-19", assumed=("GW-19",))
    _follow(state, name, place)
    return None


def _destination(state: CallState, host: str) -> CallDestination | NoDestination:
    """Where the host leads; of a header that was sent several times one value is enough for a routing rule (GW-32)."""
    api, call = state.api, state.call
    place = destination_of(api, call.path, host, call)
    matched = place.matched if isinstance(place, CallDestination) else None
    if matched is None or not matched.ambiguous:
        return place
    state.notes.append(
        f"{matched.ambiguous} is sent several times; that one value that matches is enough is assumed (GW-32)"
    )
    if state.assumes("GW-32", "one value of a header"):
        return place
    return destination_of(api, call.path, host, call, every_value=True)


def _follow(state: CallState, name: str, place: CallDestination) -> None:
    """The call continues at its stage, with the rest of its path, which is the one in its ARN (GW-28)."""
    if place.domain is not None and state.api.type is _REST and place.path in ("/ping", "/sping"):
        state.notes.append(
            f"{place.path} is reserved for API Gateway's health check: by a custom domain the call may not reach the "
            "API (GW-28)"
        )
    state.stage, state.domain = place.stage, place.domain
    shortened = place.domain is not None and place.path != state.call.path
    if shortened and not state.assumes("GW-28", "the rest of the path"):
        state.path_in_arn = state.call.path
    state.call = state.call._replace(path=place.path)
    leads, matched = f"to the stage {place.stage.name} and the path {place.path}", place.matched
    if matched is None:
        state.passed("1", "domain", f"{name} leads {leads}", "GW-28")
    else:
        state.passed("1", "domain", f"{name} leads by its routing rule {matched.rule.priority} {leads}", "GW-32")
