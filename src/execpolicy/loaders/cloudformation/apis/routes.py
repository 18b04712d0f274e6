"""Routes as members of an API file, by their keys."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, with_unknown_in_words
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.apis.owners import referred_as
from execpolicy.loaders.cloudformation.apis.properties import Properties
from execpolicy.loaders.cloudformation.stack import Stack


class Routes:
    """The routes of an API so far. A key that is there already is reported."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._members: dict[str, Member] = {}

    def add(self, key: str, at: Node, route: JsonObject) -> None:
        """Add a route.

        Args:
            key: such as ``GET /orders``.
            at: the node that names it in the template.
            route: the route in the format of an API file.
        """
        if key in self._members:
            message = f"found the route {quoted(with_unknown_in_words(key))} twice"
            self._stack.problems.report(at, message, "remove one of them")
            return
        self._members[key] = (at.start, at.end, route)

    def node(self, at: Node) -> JsonObject:
        """The routes in the format of an API file."""
        return JsonObject(dict(self._members), at.start, at.end)


def route_of(
    properties: Properties,
    auth: Text,
    authorizer: Text | None,
    scopes: JsonArray | None,
    at: Node,
) -> JsonObject:
    """A route in the format of an API file.

    Args:
        properties: the properties of the route, of which ApiKeyRequired is read.
        auth: the authorization type.
        authorizer: the name of its authorizer.
        scopes: the scopes, of which a token has one.
        at: the node that names the route.
    """
    members: dict[str, Node | None] = {
        "auth": auth,
        "authorizer": authorizer,
        "scopes": scopes if scopes is not None and scopes.items else None,
        "api_key_required": properties.flag("ApiKeyRequired") if properties.is_true("ApiKeyRequired") else None,
    }
    return object_at(members, at)


def authorizer_named(
    stack: Stack, properties: Properties, api: str, authorizers: Mapping[str, str], kind: str
) -> tuple[Text | None, bool]:
    """The name of the authorizer of a route, and whether the property is right.

    Args:
        stack: the template.
        properties: the properties of the route, of which AuthorizerId is read.
        api: the logical id of the API.
        authorizers: the API of each authorizer, by logical id.
        kind: the type of resources that are authorizers.
    """
    node = properties.text("AuthorizerId")
    if node is None:
        return None, not properties.has("AuthorizerId")
    found = referred_as(stack, node, "AuthorizerId", (kind,))
    if found is None and has_unknown(node.value):
        return node, True
    if found is None:
        if stack.referred(node) is None and node.value not in stack.resources:
            message = f"found {quoted(node.value)} as AuthorizerId, which is no authorizer of this template"
            properties.report("AuthorizerId", message, f"refer to an {kind}")
        return None, False
    if authorizers.get(found.logical_id) != api:
        if found.logical_id in authorizers:
            message = f"found the authorizer {found.logical_id} of another API as AuthorizerId"
            properties.report("AuthorizerId", message, f"use an authorizer of {api}")
        return None, False
    return text_at(found.logical_id, node), True
