"""Calls through VPC endpoints: which APIs they reach, and by which host names (GW-19)."""

from __future__ import annotations

from execpolicy.engine.clause import spelled
from execpolicy.gateway.arn.parts import InvalidArnPart, error_at
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import Refusal, refuse_http
from execpolicy.gateway.flow.routing import NoDestination, check_host, domain_of, parse_own_host
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.language.context import Context
from execpolicy.language.context_keys import CALLED_VIA_KEYS, ENDPOINT_FLAG, ENDPOINT_KEYS, VIA_KEYS
from execpolicy.language.principal import SERVICE

_CURE = (
    "call it by a public custom domain name of the API, or turn private DNS off for the endpoint, so that its own host "
    "leads to the internet"
)


def forbidden(api: ApiDefinition) -> Refusal:
    """The refusal of a call that reaches no API."""
    return refuse_http(403) if api.type is ApiType.HTTP else Refusal(403, None, "Forbidden")


def check_public_api(state: CallState) -> Refusal | None:
    """Refuse a call through a VPC endpoint to an API that is not private.

    A call uses an endpoint if its context has one of the three endpoint keys. It is not known for a partial context
    that has none of them and no address.

    Raises:
        RequestError: the call uses an endpoint and a public custom domain, which endpoints do not reach.
    """
    api, context = state.api, state.arguments.context
    if (context.complete and not context.key_flags & ENDPOINT_FLAG) or api.is_private:
        return None
    keys = [spelled(key) for key in ENDPOINT_KEYS if context.given(key)]
    given_keys, by_domain = ", ".join(keys), state.domain is not None
    if given_keys and by_domain:
        name = str(state.arguments.domain_name)
        message = (
            f"{name} is a public domain name, and the context has {given_keys}, "
            "which only calls through a VPC endpoint have"
        )
        advice = "a public domain name does not lead through endpoints: leave one of them out"
        raise error_at(InvalidArnPart(message, advice, "GW-19"), text=name, name="domain_name")
    if given_keys:
        found = f"the call comes through a VPC endpoint ({given_keys}), and {api.id} is {api.endpoint}, not PRIVATE"
        assumed = ("GW-19",) if api.type is ApiType.WEBSOCKET else ()
        return state.refused("1", "VPC endpoint", forbidden(api), f"{found}; {_CURE}", "GW-19", assumed=assumed)
    if not context.complete and not by_domain and _may_come_through_endpoint(state):
        detail = "it is not known whether the call comes through a VPC endpoint; through one it gets 403"
        state.unknown("1", "VPC endpoint", forbidden(api), detail, "GW-19", keys=("aws:SourceIp",))
    return None


def _may_come_through_endpoint(state: CallState) -> bool:
    """Whether a call may use an endpoint: not with a public address, nor where an AWS service makes it."""
    caller, given = state.arguments.caller, state.arguments.context.given
    by_service = caller is not None and caller.principal.kind == SERVICE
    forwarded = any(map(given, CALLED_VIA_KEYS)) or any(given(key) == ("true",) for key in VIA_KEYS)
    return not by_service and not forwarded and given("aws:sourceip") is None


def target_host(api: ApiDefinition, call: IncomingCall, name: str) -> str | NoDestination:
    """The host that a call is for; at the host of an endpoint the header Host or x-apigw-api-id names it.

    Args:
        api: the API that is called.
        call: the call, with its headers.
        name: the host that is called.

    Raises:
        RequestError: the endpoint is in another region than the API, or the API is not private.
    """
    host = name.lower()
    if not is_endpoint_host(host):
        return name
    check_host(api, name, host)
    ids = [each.lower() for each in call.header("x-apigw-api-id")]
    hosts = [each for host in call.hosts() if not is_endpoint_host(each := host.lower())]
    wrong = [each for each in ids if each != api.id.lower()] + [
        each for each in hosts if not _is_host_of_api(api, each)
    ]
    if wrong:
        return NoDestination(
            f"{name} is the host of a VPC endpoint, and the headers name {wrong[0]!r}, not {api.id}", 403
        )
    if not ids and not hosts:
        reason = f"{name} is the host of a VPC endpoint: the header Host or x-apigw-api-id must name the API {api.id}"
        return NoDestination(reason, 403)
    return next((each for each in hosts if domain_of(api, each) is not None), name)


def endpoint_host_of(api: ApiDefinition, call: IncomingCall) -> str | None:
    """The endpoint host in the ``Host`` header of a call to a private API, without a port; None without one."""
    if not api.is_private:
        return None
    return next((each for each in call.hosts() if is_endpoint_host(each.lower())), None)


def is_endpoint_host(host: str) -> bool:
    """Whether a host is that of an endpoint, which names no API."""
    own = parse_own_host(host)
    return own is not None and own["api"] is None


def endpoint_in_host(name: str) -> str | None:
    """The id of the VPC endpoint that a default host names; None if it names none.

    >>> endpoint_in_host("a1b2c3-vpce-0aaa.execute-api.eu-west-1.amazonaws.com")
    'vpce-0aaa'
    >>> endpoint_in_host("vpce-0aaa-bbbb-eu-west-1a.execute-api.eu-west-1.vpce.amazonaws.com")
    'vpce-0aaa'
    """
    host = name.lower()
    own = parse_own_host(host)
    if own is None:
        return None
    if own["api"] is None:
        return "-".join(host.partition(".")[0].split("-")[:2])
    return own["endpoint"].removeprefix("-") if own["endpoint"] else None


def check_endpoint_context(context: Context, name: str) -> None:
    """Refuse a context that contradicts the VPC endpoint that a host names.

    Raises:
        RequestError: the context has another endpoint or none, or an address that calls through endpoints do not have.
    """
    endpoint = endpoint_in_host(name)
    if endpoint is None:
        return
    given_endpoint = context.given("aws:sourcevpce")
    if given_endpoint is not None and given_endpoint != (endpoint,):
        found = f"the context has {', '.join(given_endpoint) or 'no value'} for aws:SourceVpce"
        advice = "leave aws:SourceVpce out: it follows from the host"
    elif context.given("aws:sourceip"):
        found = "the context has aws:SourceIp, which calls through a VPC endpoint do not have"
        advice = "leave aws:SourceIp out, or call the API by another host"
    else:
        return
    message = f"{name} names the VPC endpoint {endpoint}, and {found}"
    raise error_at(InvalidArnPart(message, advice, "GW-19"), text=name, name="domain_name")


def _is_host_of_api(api: ApiDefinition, host: str) -> bool:
    """Whether a Host header names a private domain or a host of the API."""
    own = parse_own_host(host)
    if own is None:
        domain = domain_of(api, host)
        return domain is not None and domain.is_private
    return own["api"] == api.id.lower() and own["region"] == api.region


def check_host_header(state: CallState) -> Refusal | None:
    """1. The header Host may be the host of an endpoint; then another header names the API (GW-19)."""
    host = endpoint_host_of(state.api, state.call)
    meant = None if host is None else target_host(state.api, state.call, host)
    if isinstance(meant, NoDestination):
        return state.refused("1", "domain", forbidden(state.api), meant.reason, "GW-19")
    return None
