"""Where a template has the definitions of its APIs, in which macros may make values (SRC-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text

TRANSFORM: Final = "Fn::Transform"
_DEFINITIONS: Final = {
    **dict.fromkeys(("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"), "Body"),
    **dict.fromkeys(("AWS::Serverless::Api", "AWS::Serverless::HttpApi"), "DefinitionBody"),
}


def macros_in_definitions(resources: Mapping[str, JsonObject]) -> frozenset[int]:
    """The calls of macros in definitions of APIs, by the identity of their nodes.

    Args:
        resources: the resources as they are written, by logical id.
    """
    waiting: list[Node] = []
    for resource in resources.values():
        type_, properties = (resource.members.get(name, (0, 0, None))[2] for name in ("Type", "Properties"))
        name = _DEFINITIONS.get(type_.value) if isinstance(type_, Text) else None
        if name is not None and isinstance(properties, JsonObject) and name in properties.members:
            waiting.append(properties.members[name][2])
    found = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, JsonArray):
            waiting.extend(node.items)
        elif isinstance(node, JsonObject):
            waiting.extend(value for _, _, value in node.members.values())
            if TRANSFORM in node.members:
                found.add(id(node))
    return frozenset(found)
