"""The event of a call that arguments describe: the input for tests of a Lambda authorizer's handler."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execpolicy.arguments import as_builtin, mapping_or_none, text
from execpolicy.arguments import described as type_of
from execpolicy.errors import RequestError, UsageError
from execpolicy.gateway.arn.call_path import normalised_path
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.authorizers.event import event_of
from execpolicy.gateway.authorizers.identity_sources import read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, SentValues, read_sent_values, with_api_context
from execpolicy.gateway.flow.routing import find_route, why_no_route
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.language.key_names import is_known, suggested_key, unknown_key


def event_for(
    api: ApiDefinition,
    method: str,
    path: str = "",
    *,
    headers: Mapping[str, SentValues] | None = None,
    query: Mapping[str, SentValues] | None = None,
    stage: str | None = None,
    context: Mapping[str, Any] | None = None,
    version: str | None = None,
) -> dict[str, Any]:
    """Build the event that the Lambda authorizer of a call receives, as the input for a test of its handler.

    The event has the headers and parameters that are given, and none that API Gateway or a client would add. Values
    that only a real call has, such as its request id, are fixed unless ``context`` gives them. Resource policies are
    not evaluated.

    Args:
        api: the API that is called.
        method: the method, ``$connect`` for a WebSocket API.
        path: the path after the stage, without the query string; empty for a WebSocket API.
        headers: by name, a text, or a list of texts if one name is sent several times.
        query: the same for the query parameters.
        stage: the name of the stage that is called; by default ``api.stage``.
        context: context variables by their dotted names, such as ``identity.sourceIp``, or condition keys with the
            same meaning, such as ``aws:SourceIp``; ``requestTimeEpoch`` is in milliseconds.
        version: the payload format of an HTTP API, ``1.0`` or ``2.0``; by default that of the authorizer.

    Returns:
        The event, a new dict of plain values.

    Raises:
        RequestError: ``context`` has a condition key that AWS does not document, no route matches the call, the route
            has no Lambda authorizer, or an identity source is missing, so that the function is not called.
        UsageError: an argument is of the wrong type.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html

    >>> from execpolicy import Api, Authorizer, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders/{id}", authorizer="tokens")], authorizers=[
    ...     Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])])
    >>> event_for(api, "GET", "/orders/7", headers={"Authorization": "letmein"})["methodArn"]
    'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7'
    """
    if not isinstance(api, ApiDefinition):
        raise UsageError(f"api is an Api, found {type_of(api)}", advice="write Api(…)")
    method = text(method, "method")
    path = text(path, "path") or ("" if api.type is ApiType.WEBSOCKET else "/")
    call = IncomingCall(
        method,
        path,
        read_sent_values(headers, "headers"),
        read_sent_values(query, "query"),
        context=_context_variables(context),
    )
    where = _stage(api, stage)
    match = find_route(api, method, path)
    if match is None:
        raise RequestError(why_no_route(api, method, path), rule="GW-26")
    _check_authorizer(api, match.route, call, where)
    return event_of(api, where, match.route, match.parameters, call, arn=_arn(api, where, call), version=version)


def _context_variables(context: Mapping[str, Any] | None) -> dict[str, Any]:
    variables = {
        text(key, "a name in context"): value for key, value in (mapping_or_none(context, "context") or {}).items()
    }
    for name in variables:
        # A name without a colon is that of a context variable.
        if ":" in name and not is_known(name):
            meant = suggested_key(name)
            raise RequestError(
                unknown_key(name)[0],
                advice=f"did you mean {meant}?" if meant else "leave it out: the event does not show it",
                rule="KEY-1",
            )
    return variables


def _stage(api: ApiDefinition, name: str | None) -> Stage:
    if name is None:
        return api.stage
    name = as_builtin(name)
    for each in api.stages:
        if each.name == name:
            return each
    known = ", ".join(api.stage_names())
    raise UsageError(f"found no stage {name!r}, the API has {known}", rule="GW-6")


def _check_authorizer(api: ApiDefinition, route: Route, call: IncomingCall, stage: Stage) -> None:
    auth = api.auth_of(route)
    if api.type is ApiType.WEBSOCKET and route.key != "$connect":
        raise RequestError(
            f"{route.key} has no authorizer: a WebSocket API authorizes $connect only",
            advice="use $connect",
            rule="GW-21",
        )
    if auth is not AuthType.CUSTOM:
        raise RequestError(f"{route.key} requires {auth}: no function is called", rule="GW-13")
    assert route.authorizer is not None
    refusal = read_identity_sources(
        api.authorizer(route.authorizer), api.type, with_api_context(call, api, stage, route)
    ).refusal
    if refusal is not None:
        raise RequestError(f"{refusal}: the call is a 401, and the function is not called", rule="AUT-4")


def _arn(api: ApiDefinition, stage: Stage, call: IncomingCall) -> str:
    parts: dict[str, str] = {"region": api.region, "account": api.account, "api_id": api.id, "stage": stage.name}
    if api.type is ApiType.WEBSOCKET:
        return str(ExecuteApiArn.build(**parts, route_key=call.method))
    path = call.path if api.readings.path == "as_sent" else normalised_path(call.path)
    return str(ExecuteApiArn.build(**parts, method=call.method, path=path))
