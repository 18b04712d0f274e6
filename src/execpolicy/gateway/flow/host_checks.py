"""Gates about the host that a call comes by (GW-28, GW-30, GW-31, GW-34)."""

from __future__ import annotations

from execpolicy.errors import RequestError
from execpolicy.gateway.flow.call_state import AssumedReading, CallState
from execpolicy.gateway.flow.refusals import Refusal, refuse_http
from execpolicy.gateway.flow.routing import domain_of, parse_own_host
from execpolicy.gateway.flow.vpc_endpoint import forbidden, is_endpoint_host
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import ApiType

#: That the host that a call connects to decides, and not another one that its header Host names.
CONNECTED_HOST = AssumedReading("GW-28", "the host that the call connects to")


def check_host(state: CallState) -> Refusal | None:
    """1. The header Host names the API (GW-28); a domain may need a certificate (GW-31), a host be disabled (GW-30)."""
    domain, api = state.domain, state.api
    if state.call.headers and (refusal := _check_header(state)) is not None:
        return refusal
    address = state.arguments.context.given("aws:sourceip")
    if address and ":" in address[0]:
        _check_address(state, address[0])
    if domain is not None:
        return _client_certificate(state, domain) if domain.mutual_tls else None
    if api.disable_execute_api_endpoint:
        return _default_endpoint(state)
    if api.domains:
        _note_own_host(state)
    return None


def _check_header(state: CallState) -> Refusal | None:
    """The header Host names a host of this API (GW-28); at the host of a VPC endpoint GW-19 checks it."""
    api, connected = state.api, state.arguments.domain_name
    hosts = state.call.hosts()
    if not hosts:
        return None
    for host in hosts:
        if not _leads_to(api, host.lower()):
            detail = f"the header Host names {host!r}, which is neither a domain name nor the own host of {api.id}"
            return state.refused("1", "domain", forbidden(api), detail, "GW-28")
    other = _other_host(state)
    if other is not None:
        state.assumes(*CONNECTED_HOST)
        state.notes.append(
            f"the header Host names {other}, and the call connects to {connected or 'its own host'}; that the latter "
            "decides is assumed (GW-28)"
        )
    return None


def _other_host(state: CallState) -> str | None:
    """The host that the header Host names, if the call connects to another one; a VPC endpoint's host names none."""
    connected = state.arguments.domain_name
    others = [host for host in state.call.hosts() if not is_endpoint_host(host.lower())]
    if connected is None:
        return next((host for host in others if parse_own_host(host.lower()) is None), None)
    if is_endpoint_host(connected.lower()):
        return None
    return next((host for host in others if host.lower() != connected.lower()), None)


def connect_to_named_host(state: CallState) -> None:
    """By the other reading of GW-28, the call reaches the host that its header names."""
    other = _other_host(state)
    if state.arguments.domain_name is None:  # the path begins after the stage, which the host would not remove
        state.call = state.call._replace(path=f"/{state.stage.name}{state.call.path}")
    state.arguments = state.arguments._replace(domain_name=other)


def _leads_to(api: ApiDefinition, host: str) -> bool:
    """Whether a host, in lower case, leads to this API; to a private one that of an endpoint may."""
    own = parse_own_host(host)
    if own is None:
        domain = domain_of(api, host)
        return domain is not None and domain.is_private is api.is_private
    if own["api"] is None:
        return api.is_private
    return own["api"] == api.id.lower() and own["region"] == api.region and (api.is_private or not own["endpoint"])


def _check_address(state: CallState, address: str) -> None:
    """Check that a call from an IPv6 address is possible (GW-34).

    Raises:
        RequestError: the host takes IPv4 addresses only.
    """
    called = state.api if state.domain is None else state.domain
    name = state.api.id if state.domain is None else state.domain.name
    if called.ip_address_type == "ipv4":
        raise RequestError(
            f"{name} takes IPv4 addresses only (ip_address_type ipv4), and aws:SourceIp is {address}",
            advice="give an IPv4 address, or describe it as dualstack",
            rule="GW-34",
        )
    if called.ip_address_type is None and not called.is_private:
        state.notes.append(
            "aws:SourceIp is an IPv6 address, and no ip_address_type is given: AWS's default takes IPv4 only (GW-34)"
        )


def _client_certificate(state: CallState, domain: Domain) -> Refusal | None:
    found = state.arguments.client_certificate
    if found == "valid":
        state.passed("1", "mutual TLS", f"{domain.name} trusts the client certificate", "GW-31")
        return None
    refusal = forbidden(state.api)
    if found is None and not state.arguments.context.complete:
        detail = f"{domain.name} requires a client certificate, and it is not known whether the call has one"
        state.unknown("1", "mutual TLS", refusal, f"{detail}: give client_certificate", "GW-31", keys=())
        return None
    lacks = "the call does not say that it has one (client_certificate)" if found is None else "the call has none"
    detail = f"{domain.name} requires a client certificate that it trusts, and {lacks}; the connection may fail instead"
    return state.refused("1", "mutual TLS", refusal, detail, "GW-31")


def _default_endpoint(state: CallState) -> Refusal:
    domains = ", ".join(domain.name for domain in state.api.domains)
    way = f"; call it by {domains}" if domains else ", and it has no custom domain"
    detail = f"the API's own host is disabled (disable_execute_api_endpoint){way}"
    refusal = refuse_http(404) if state.api.type is ApiType.HTTP else forbidden(state.api)
    hosts = [(state.arguments.domain_name or "").partition(":")[0], *state.call.hosts()]
    by_endpoint = any(is_endpoint_host(host.lower()) for host in hosts)
    assumed = ("GW-30",) if by_endpoint else ()
    return state.refused("1", "default endpoint", refusal, detail, "GW-30", assumed=assumed)


def _note_own_host(state: CallState) -> None:
    """Add a note if the API's own host leads around the certificate that a custom domain requires."""
    names = ", ".join(domain.name for domain in state.api.domains if domain.mutual_tls)
    if names:
        state.notes.append(f"the API's own host requires no client certificate; {names} does (GW-31)")
