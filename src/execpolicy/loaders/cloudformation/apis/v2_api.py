"""The properties of an HTTP or WebSocket API, as members of an API file."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.model.names import ApiType, KeySource
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.loaders.built_nodes import flag_at, text_at
from execpolicy.loaders.cloudformation.apis.definitions import ApiMembers, read_definition
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_READ: Final = (
    *("ApiKeySelectionExpression", "BasePath", "Body", "BodyS3Location", "CorsConfiguration"),
    *("DisableExecuteApiEndpoint", "IpAddressType", "ProtocolType", "RouteKey", "Target"),
)
_IGNORED: Final = (
    *("CredentialsArn", "Description", "DisableSchemaValidation", "FailOnWarnings", "Name"),
    *("RouteSelectionExpression", "Tags", "Version"),
)
_CORS: Final = ("AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge")
_PROTOCOLS: Final = ("HTTP", "WEBSOCKET")
_BASE_PATHS: Final = ("ignore", "prepend", "split")
_KEY_SOURCES: Final = {
    "$request.header.x-api-key": KeySource.HEADER,
    "$context.authorizer.usageIdentifierKey": KeySource.AUTHORIZER,
}
#: The route of quick create without a route key.
DEFAULT_ROUTE: Final = "$default"


class QuickCreate:
    """The route and the stage that AWS makes of an API with a target."""

    def __init__(self, key: Text) -> None:
        self.key = key
        self.stage = text_at(DEFAULT_STAGE, key)


def protocol_of(stack: Stack, resource: Resource) -> ApiType:
    """The type of an API; one with a definition is an HTTP API."""
    member = resource.properties.members.get("ProtocolType")
    is_websocket = member is not None and isinstance(member[2], Text) and member[2].value == ApiType.WEBSOCKET
    return ApiType.WEBSOCKET if is_websocket else ApiType.HTTP


def v2_api_members(stack: Stack, resource: Resource) -> ApiMembers:
    """The members of the API file of an HTTP or WebSocket API that follow from its properties and its definition."""
    properties = properties_of(stack, resource, _READ, _IGNORED)
    advice = "write the definition into Body, or read the definition itself"
    properties.refuse("BodyS3Location", "files in S3 are not read", advice)
    body = properties.value("Body")
    if body is None and not properties.has("BodyS3Location"):
        properties.must("ProtocolType")
    properties.choice("ProtocolType", _PROTOCOLS)
    api_type = protocol_of(stack, resource)
    members: dict[str, Node | None] = {
        "type": text_at(api_type, properties.at("ProtocolType") if properties.has("ProtocolType") else resource.name),
        "cors": _cors(properties),
        "disable_execute_api_endpoint": properties.flag("DisableExecuteApiEndpoint"),
        "ip_address_type": properties.text("IpAddressType"),
        "api_key_source": _key_source(properties, api_type),
    }
    base_path = properties.choice("BasePath", _BASE_PATHS)
    if body is None:
        properties.refuse("BasePath", "it has no Body", "remove it")
        return ApiMembers(members, None)
    for name, extension in (
        ("CorsConfiguration", "x-amazon-apigateway-cors"),
        ("DisableExecuteApiEndpoint", "x-amazon-apigateway-endpoint-configuration"),
    ):
        properties.refuse(name, "it has a Body, in which an API says it", f"write {extension} into Body")
    properties.refuse("Target", "it has a Body, and quick create makes an API without", "remove it")
    written = properties.text("BasePath") if base_path is not None else None
    definition = read_definition(stack, body, ApiType.HTTP, written)
    if not definition.is_known:
        return definition._replace(members={**members, **definition.members})
    merged = {**definition.members, **{name: node for name, node in members.items() if node is not None}}
    return ApiMembers(merged, definition.body)


def quick_create_of(stack: Stack, resource: Resource) -> QuickCreate | None:
    """The route and the stage of quick create; None if the API has no target."""
    members = resource.properties.members
    target, key = members.get("Target"), members.get("RouteKey")
    if target is None:
        if key is not None:
            stack.problems.report_name(key, 'found "RouteKey" without "Target"', "add Target, or declare a Route")
        return None
    node = key[2] if key is not None else target[2]
    if key is not None and not isinstance(node, Text):
        stack.problems.report(node, "found no text as RouteKey", 'write it as "GET /orders"')
        return None
    return QuickCreate(node if key is not None and isinstance(node, Text) else text_at(DEFAULT_ROUTE, node))


def _cors(properties: Properties) -> Node | None:
    """Whether the API answers preflight requests itself."""
    unknown = properties.unknown("CorsConfiguration")
    if unknown is not None:
        return unknown
    inner = properties.inner("CorsConfiguration", (), _CORS)
    if inner is None:
        return None
    if not inner.node.members:
        properties.report("CorsConfiguration", "found an empty object as CorsConfiguration", "fill it in, or remove it")
    return flag_at(True, inner.node)


def _key_source(properties: Properties, api_type: ApiType) -> Node | None:
    """Where an API takes keys from; HTTP APIs have none."""
    name = "ApiKeySelectionExpression"
    if api_type is ApiType.HTTP:
        properties.ignore(name, "HTTP APIs have no API keys")
        return None
    expression = properties.known_text(name)
    if expression is None:
        return None
    if expression not in _KEY_SOURCES:
        message = f"found {quoted(expression)} as {name}"
        properties.report(name, message, f"use {' or '.join(_KEY_SOURCES)}")
        return None
    return text_at(_KEY_SOURCES[expression], properties.at(name))
