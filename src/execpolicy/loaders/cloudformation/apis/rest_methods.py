"""The methods of REST APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import (
    REST_API,
    REST_AUTHORIZER,
    REST_METHOD,
    REST_RESOURCE,
)
from execpolicy.loaders.cloudformation.apis.rest_paths import RestPath, path_in
from execpolicy.loaders.cloudformation.apis.routes import Routes, authorizer_named, route_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_READ: Final = (
    *("RestApiId", "ResourceId", "HttpMethod", "AuthorizationType", "AuthorizerId", "AuthorizationScopes"),
    "ApiKeyRequired",
)
_IGNORED: Final = (
    *("Integration", "MethodResponses", "OperationName", "RequestModels", "RequestParameters", "RequestValidatorId"),
)


def add_methods(
    stack: Stack, routes: Mapping[str, Routes], paths: dict[str, RestPath | None], authorizers: Mapping[str, str]
) -> dict[str, list[Resource]]:
    """Add the methods of the template to the routes of their APIs.

    Args:
        stack: the template.
        routes: the routes of each API, by logical id.
        paths: the paths of resources.
        authorizers: the API of each authorizer, by logical id.

    Returns:
        The methods of each API.
    """
    found: dict[str, list[Resource]] = {}
    for resource in stack.of_type(REST_METHOD):
        properties = properties_of(stack, resource, _READ, _IGNORED)
        api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
        if not properties.must("ResourceId", "HttpMethod", "AuthorizationType") or api is None:
            _check_foreign(stack, properties, paths)
            continue
        found.setdefault(api.logical_id, []).append(resource)
        method, place = properties.text("HttpMethod"), properties.text("ResourceId")
        auth, scopes = properties.text("AuthorizationType"), properties.texts("AuthorizationScopes")
        authorizer, is_right = authorizer_named(stack, properties, api.logical_id, authorizers, REST_AUTHORIZER)
        path = path_in(stack, place, "ResourceId", paths) if place is not None else None
        if path is not None and path.api != api.logical_id:
            message = f"found a resource of {path.api} as ResourceId of a method of {api.logical_id}"
            properties.report("ResourceId", message, "refer to a resource of the same API")
        elif method is not None and auth is not None and path is not None and is_right:
            route = route_of(properties, auth, authorizer, scopes, method)
            routes[api.logical_id].add(f"{method.value} {path.path}", method, route)
    return found


def _check_foreign(stack: Stack, properties: Properties, paths: dict[str, RestPath | None]) -> None:
    """Report a method whose API is not known, and whose resource belongs to an API of the template."""
    node = properties.value("ResourceId")
    found = stack.referred(node, REST_API, REST_RESOURCE) if node is not None and properties.has("RestApiId") else None
    path = paths.get(found.logical_id) if found is not None else None
    owner = path.api if path is not None else found.logical_id if found is not None and found.type == REST_API else None
    if owner is not None:
        message = f"found a resource of {owner} as ResourceId of a method of another API"
        properties.report("ResourceId", message, f"write !Ref {owner} as RestApiId")
