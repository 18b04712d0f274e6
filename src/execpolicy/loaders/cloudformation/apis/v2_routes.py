"""The routes of HTTP and WebSocket APIs, declared and made by quick create."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.gateway.model.names import AuthType
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import V2_API, V2_AUTHORIZER, V2_OVERRIDES, V2_ROUTE
from execpolicy.loaders.cloudformation.apis.routes import Routes, authorizer_named, route_of
from execpolicy.loaders.cloudformation.apis.stages import Stages
from execpolicy.loaders.cloudformation.apis.v2_api import quick_create_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_AUTHORIZATION: Final = ("AuthorizationType", "AuthorizerId", "AuthorizationScopes")
_IGNORED: Final = (
    *("ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters"),
    *("RouteResponseSelectionExpression", "Target"),
)
_STAGE_IGNORED: Final = ("AccessLogSettings", "AutoDeploy", "DefaultRouteSettings", "Description", "RouteSettings")


def add_v2_routes(
    stack: Stack, routes: Mapping[str, Routes], authorizers: Mapping[str, str]
) -> dict[str, list[Resource]]:
    """Add the routes of the template to those of their APIs, and return them by API.

    Args:
        stack: the template.
        routes: the routes of each API, by logical id.
        authorizers: the API of each authorizer, by logical id.
    """
    found: dict[str, list[Resource]] = {}
    for resource in stack.of_type(V2_ROUTE):
        read = ("ApiId", "RouteKey", "ApiKeyRequired", *_AUTHORIZATION)
        properties = properties_of(stack, resource, read, _IGNORED)
        api = api_of(stack, resource, properties, "ApiId", (V2_API,))
        key = properties.text("RouteKey") if properties.must("RouteKey") else None
        if api is None or key is None:
            continue
        found.setdefault(api.logical_id, []).append(resource)
        route = _route(stack, properties, api, authorizers, key)
        if route is not None:
            routes[api.logical_id].add(key.value, key, route)
    return found


class Managed(NamedTuple):
    """What quick create makes for an API is added here, with what overrides it."""

    routes: Routes
    stages: Stages
    overrides: Properties | None


def add_quick_create(stack: Stack, api: Resource, managed: Managed, authorizers: Mapping[str, str]) -> None:
    """Add the route and the stage that quick create makes of an API."""
    made, overrides = quick_create_of(stack, api), managed.overrides
    if made is None:
        if overrides is not None:
            message = "its API has no Target, so API Gateway manages no route of it"
            overrides.refuse("ApiId", message, "add Target to the API, or declare a Route")
        return
    route: JsonObject | None = object_at({"auth": text_at(AuthType.NONE, made.key)}, made.key)
    stage = object_at({}, made.stage)
    inner = overrides.inner("Route", _AUTHORIZATION, ("OperationName", "Target")) if overrides is not None else None
    if inner is not None:
        route = _route(stack, inner, api, authorizers, made.key)
    settings = overrides.inner("Stage", ("StageVariables",), _STAGE_IGNORED) if overrides is not None else None
    if settings is not None:
        stage = object_at({"variables": settings.named_texts("StageVariables")}, made.stage)
    if route is not None:
        managed.routes.add(made.key.value, made.key, route)
    managed.stages.add(made.stage, stage)


def overrides_of(stack: Stack) -> dict[str, Properties]:
    """What overrides the managed parts of each API; a second resource that does is reported."""
    found: dict[str, Properties] = {}
    for resource in stack.of_type(V2_OVERRIDES):
        properties = properties_of(stack, resource, ("ApiId", "Route", "Stage"), ("Integration",))
        api = api_of(stack, resource, properties, "ApiId", (V2_API,))
        if api is not None and api.logical_id in found:
            properties.report("ApiId", f"found a second {V2_OVERRIDES} of {api.logical_id}", "keep one of them")
        elif api is not None:
            found[api.logical_id] = properties
    return found


def _route(
    stack: Stack, properties: Properties, api: Resource, authorizers: Mapping[str, str], at: Text
) -> JsonObject | None:
    """A route in the format of an API file; None after an error. Without a type it needs no authorization."""
    auth = properties.text("AuthorizationType")
    scopes = properties.texts("AuthorizationScopes")
    authorizer, is_right = authorizer_named(stack, properties, api.logical_id, authorizers, V2_AUTHORIZER)
    if not is_right or (auth is None and properties.has("AuthorizationType")):
        return None
    return route_of(properties, auth or text_at(AuthType.NONE, at), authorizer, scopes, at)
