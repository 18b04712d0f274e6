"""The ARN of a call, and of a private custom domain (GW-1, GW-2); the longest that is accepted (POL-10)."""

from __future__ import annotations

from functools import partial

from execpolicy.gateway.arn.call_path import decoded, normalised_path
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.refusals import (
    Refusal,
)
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.stage import Stage

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_REST = ApiType.REST
_WEBSOCKET = ApiType.WEBSOCKET
_NONE = AuthType.NONE


CONNECTIONS = "@connections"


def connection_of(state: CallState) -> str | None:
    """The connection that a call to a WebSocket API names, as sent; empty for all of them, None for any other call.

    A second ``@connections`` is no connection: clients append it to an endpoint that ends in one already (GW-1).
    """
    first, _, connection = state.call.path.removeprefix("/").partition("/")
    if decoded(first) != CONNECTIONS or CONNECTIONS in map(decoded, connection.split("/")):
        return None
    return connection


def arn_of_route(state: CallState) -> str:
    """The ARN of a call that found a route (GW-1, GW-2, GW-4)."""
    api, call = state.api, state.call
    if api.type is not _WEBSOCKET:
        path = call.path if api.readings.path == "as_sent" else normalised_path(call.path)
        return arn_of_call(api, state.stage, call.method, path)
    build = partial(ExecuteApiArn.build, region=api.region, account=api.account, api_id=api.id, stage=state.stage.name)
    connection = connection_of(state)
    if connection is None:
        return str(build(route_key=call.method))
    whole = {"connection_id": connection} if connection else {"path": f"/{CONNECTIONS}"}
    return str(build(method=call.method, **whole))


#: The most bytes of a method's ARN where anything authorizes the call, and a length that no more can have.
LONGEST_METHOD_ARN = 1600
_SURELY_SHORT = LONGEST_METHOD_ARN // 4


def check_arn_length(state: CallState) -> Refusal | None:
    """2. A path can make the ARN longer than anything that authorizes calls of a REST API takes (POL-10)."""
    api = state.api
    if len(state.arn) <= _SURELY_SHORT or api.type is not _REST:
        return None
    size = len(state.arn.encode())
    authorizes = api.auth_of(state.found_route) is not _NONE or api.resource_policy is not None or api.is_private
    if size <= LONGEST_METHOD_ARN or not authorizes:
        return None
    refusal = Refusal(414, None, "Request URI too long")
    told = f"the ARN of the method has {size} bytes, more than {LONGEST_METHOD_ARN}"
    return state.refused("2", "method ARN", refusal, told, "POL-10")


def arn_of_call(api: ApiDefinition, stage: Stage, method: str, path: str) -> str:
    """The ARN of a call whose method and path found a route, so that they can stand in one (GW-2)."""
    if path.startswith("/@connections"):  # which names connections, in the ARN of whatever API
        return str(_built(api, stage, method, path))
    return f"{api.tables.arn_prefixes[stage.name]}{method}{path}"


def _built(api: ApiDefinition, stage: Stage, method: str, path: str) -> ExecuteApiArn:
    return ExecuteApiArn.build(
        region=api.region, account=api.account, api_id=api.id, stage=stage.name, method=method, path=path
    )


def domain_arn(api: ApiDefinition, domain: Domain) -> str:
    """The ARN of a private custom domain, which the policies of domain and endpoint are asked about (GW-1)."""
    return str(
        ExecuteApiArn.build(region=api.region, account=api.account, domain_name=domain.name, domain_id=domain.id)
    )
