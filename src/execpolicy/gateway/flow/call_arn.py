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
    """The connection id in a call to a WebSocket API; empty for all connections, None for any other call.

    A path with a second ``@connections`` names no connection: clients append it to an endpoint that ends in one (GW-1).
    """
    first, _, connection = state.call.path.removeprefix("/").partition("/")
    if decoded(first) != CONNECTIONS or CONNECTIONS in map(decoded, connection.split("/")):
        return None
    return connection


def arn_of_route(state: CallState) -> str:
    """The ARN of a call that found a route (GW-1, GW-2, GW-4)."""
    api, call = state.api, state.call
    if api.type is not _WEBSOCKET:
        sent = state.path_in_arn or call.path
        path = sent if api.readings.path == "as_sent" else normalised_path(sent)
        return arn_of_call(api, state.stage, state.method_in_arn or call.method, path)
    build = partial(ExecuteApiArn.build, region=api.region, account=api.account, api_id=api.id, stage=state.stage.name)
    connection = connection_of(state)
    if connection is None:
        return str(build(route_key=call.method))
    whole = {"connection_id": connection} if connection else {"path": f"/{CONNECTIONS}"}
    return str(build(method=call.method, **whole))


#: The maximum length in bytes of the ARN of a method that is authorized, and a number of characters below it.
LONGEST_METHOD_ARN = 1600
_SURELY_SHORT = LONGEST_METHOD_ARN // 4


def check_arn_length(state: CallState) -> Refusal | None:
    """2. The ARN of a method of a REST API that is authorized has at most 1,600 bytes (POL-10)."""
    api = state.api
    if len(state.arn) <= _SURELY_SHORT or api.type is not _REST:
        return None
    size = len(state.arn.encode())
    authorizes = api.auth_of(state.found_route) is not _NONE or api.resource_policy is not None or api.is_private
    if size <= LONGEST_METHOD_ARN or not authorizes:
        return None
    refusal = Refusal(414, None, "Request URI too long")
    detail = f"the ARN of the method has {size} bytes, more than {LONGEST_METHOD_ARN}"
    return state.refused("2", "method ARN", refusal, detail, "POL-10")


def arn_of_call(api: ApiDefinition, stage: Stage, method: str, path: str) -> str:
    """The ARN of a call whose method and path match a route, so that they are valid in an ARN (GW-2)."""
    if path.startswith("/@connections"):  # in the ARN of any API this names connections
        return str(_built(api, stage, method, path))
    return f"{api.tables.arn_prefixes[stage.name]}{method}{path}"


def _built(api: ApiDefinition, stage: Stage, method: str, path: str) -> ExecuteApiArn:
    return ExecuteApiArn.build(
        region=api.region, account=api.account, api_id=api.id, stage=stage.name, method=method, path=path
    )


def domain_arn(api: ApiDefinition, domain: Domain) -> str:
    """The ARN of a private custom domain, the resource for the policies of the domain and the endpoint (GW-1)."""
    return str(
        ExecuteApiArn.build(region=api.region, account=api.account, domain_name=domain.name, domain_id=domain.id)
    )
