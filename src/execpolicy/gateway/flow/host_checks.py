"""Gates about the host that a call comes by (GW-30)."""

from __future__ import annotations

from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import Refusal, refuse_http
from execpolicy.gateway.flow.vpc_endpoint import forbidden
from execpolicy.gateway.model.names import ApiType


def check_default_endpoint(state: CallState) -> Refusal | None:
    """1. An API can disable its own host, so that only its custom domains lead to it (GW-30)."""
    api = state.api
    if not api.disable_execute_api_endpoint or state.domain is not None:
        return None
    domains = ", ".join(domain.name for domain in api.domains)
    way = f"; call it by {domains}" if domains else ", and it has no custom domain"
    detail = f"the API's own host is disabled (disable_execute_api_endpoint){way}"
    refusal = refuse_http(404) if api.type is ApiType.HTTP else forbidden(api)
    return state.refused("1", "default endpoint", refusal, detail, "GW-30")
