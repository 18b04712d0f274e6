"""The endpoint access mode STRICT: a call names the host that it connects to (GW-33)."""

from __future__ import annotations

from execpolicy.gateway.arn.execute_api_arn import dns_suffix
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import Refusal
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.gateway.flow.vpc_endpoint import forbidden, is_endpoint_host
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import STRICT


def check_access_mode(state: CallState) -> Refusal | None:
    """1. With STRICT the header Host names the host that the call connects to, which is not that of an endpoint."""
    api, domain = state.api, state.domain
    if api.endpoint_access_mode == STRICT and (domain is None or _counts(state, domain)):
        strict = api.id
        if domain is not None and not domain.is_private:
            state.notes.append(f"that {domain.name} is of the type {api.endpoint}, as {api.id} is, is assumed (GW-33)")
    elif domain is not None and domain.endpoint_access_mode == STRICT:
        strict = domain.name
    else:
        return None
    problem = _problem(state)
    if problem:
        detail = f"{strict} has the endpoint access mode STRICT, and {problem}"
        return state.refused("1", "endpoint access mode", forbidden(api), detail, "GW-33")
    detail = f"{strict} has the endpoint access mode STRICT, and the call names the host that it connects to"
    by_public_domain = api.endpoint_access_mode == STRICT and domain is not None and not domain.is_private
    state.passed("1", "endpoint access mode", detail, "GW-33", assumed=("GW-33",) if by_public_domain else ())
    return None


def _counts(state: CallState, domain: Domain) -> bool:
    """Whether the mode of the API counts for a call by a domain: of both the stricter one does."""
    return domain.endpoint_access_mode == STRICT or state.assumes("GW-33", "the stricter mode")


def _problem(state: CallState) -> str:
    """Why STRICT refuses a call; empty if it does not."""
    api, name = state.api, state.arguments.domain_name
    named = _named_hosts(state)
    endpoint = next((host for host in (name, *named) if host is not None and is_endpoint_host(host.lower())), None)
    if endpoint is not None:
        return f"{endpoint} is the host of a VPC endpoint, which names no API"
    if name is None:
        other = next((host for host in named if not _is_own_host(api, host)), None)
        connected = "its own host"
    else:
        other = next((host for host in named if host != name.lower()), None)
        connected = name
    return "" if other is None else f"the header Host names {other!r}, while the call connects to {connected}"


def _named_hosts(state: CallState) -> list[str]:
    """The hosts that the header Host names; case and port do not matter."""
    sent, hosts = list(state.call.header("host")), [host.lower() for host in state.call.hosts()]
    return hosts if sent == hosts or state.assumes("GW-33", "case and port") else sent


def _is_own_host(api: ApiDefinition, host: str) -> bool:
    own = parse_own_host(host)
    if own is None or not host.endswith(f".{api.region}.{dns_suffix(api.partition)}"):
        return False
    return own["api"] == api.id.lower() and (api.is_private or own["endpoint"] is None)
