"""``AWS::Serverless::HttpApi``: its definition and stage (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execpolicy.document.syntax.fields import entry
from execpolicy.document.syntax.node_members import member, members, text_of
from execpolicy.document.syntax.nodes import JsonBoolean, JsonObject, Node, Text, describe
from execpolicy.loaders.built_nodes import flag_at, list_at, object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.body import ANY_METHOD, ApiBody
from execpolicy.loaders.cloudformation.sam.definition import definition_of
from execpolicy.loaders.cloudformation.sam.events import DEFAULT_PATH, ApiEvent
from execpolicy.loaders.cloudformation.sam.generated import stage_id
from execpolicy.loaders.cloudformation.sam.http_security import add_http_event_security, add_http_security
from execpolicy.loaders.cloudformation.sam.rest_api import disable_endpoint_of_servers
from execpolicy.loaders.cloudformation.sam.rest_authorizers import invocation_uri
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import copied, name_node, put
from execpolicy.loaders.cloudformation.sam.unknown_definition import unknown_definition
from execpolicy.loaders.cloudformation.stack import Stack

_CORS: Final = ("AllowMethods", "AllowHeaders", "AllowOrigins", "MaxAge", "ExposeHeaders", "AllowCredentials")
_CORS_EXTENSION: Final = "x-amazon-apigateway-cors"
_OF_STAGE: Final = ("StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings")


def http_api_resources(stack: Stack, api: SamResource, events: Iterable[ApiEvent]) -> list[Resource]:
    """The Api and the Stage of an HTTP API; what is wrong is reported."""
    found = [*events]
    unknown = unknown_definition(api, found)
    if unknown is not None:
        return _resources(stack, api, unknown)
    body = definition_of(stack, api)
    if body is None:
        return []
    for event in found:
        if body.operation(event.path.value, event.method) is None:
            _add_operation(stack, body, event)
        elif body.is_managed:
            message = f"found {event.method} {event.path.value} twice in {api.logical_id}"
            stack.problems.report(event.path, message, "remove one of the events")
            continue
        add_http_event_security(stack, body, api, event)
    _add_cors(stack, body, api)
    add_http_security(stack, body, api)
    disabled = api.property("DisableExecuteApiEndpoint").value
    if disabled is not None:
        disable_endpoint_of_servers(body, disabled)
    _rename_default_path(body, api)
    return _resources(stack, api, body.document)


def _resources(stack: Stack, api: SamResource, document: Node) -> list[Resource]:
    properties = object_at({"Body": document}, api.resource.properties)
    warnings = api.property("FailOnWarnings").value
    if warnings is not None:
        put(properties, "FailOnWarnings", warnings)
    return [api.generated("AWS::ApiGatewayV2::Api", properties), v2_stage(stack, api, DEFAULT_PATH)]


def v2_stage(stack: Stack, api: SamResource, default: str) -> Resource:
    """The stage of an HTTP or WebSocket API."""
    found = api.properties
    stage = JsonObject(
        {name: found.members[name] for name in _OF_STAGE if name in found.members}, found.start, found.end
    )
    name = api.property("StageName").value
    named = name if name is not None and text_of(name) != "" else text_at(default, api.at)
    put(stage, "StageName", named)
    put(stage, "ApiId", stack.reference(api.logical_id, api.at) or text_at("", api.at), api.at)
    put(stage, "AutoDeploy", flag_at(True, api.at), api.at)
    written = member(api.all.written, "StageName")
    identifier = stage_id(api.logical_id, api.kind, object_at({"StageName": written}, api.at))
    return api.generated("AWS::ApiGatewayV2::Stage", stage, identifier)


def _add_operation(stack: Stack, body: ApiBody, event: ApiEvent) -> None:
    at = event.at
    function = stack.attribute(event.owner.logical_id, "Arn", event.owner.at)
    integration = object_at(
        {
            "type": text_at("aws_proxy", at),
            "httpMethod": text_at("POST", at),
            "payloadFormatVersion": event.properties.member("PayloadFormatVersion").value or text_at("2.0", at),
            "uri": invocation_uri(stack, text_at(text_of(function) or "", at)),
        },
        at,
    )
    operation = body.add_operation(event.path, event.method, integration, at)
    if event.path.value == DEFAULT_PATH and event.method == ANY_METHOD:
        put(operation, "isDefaultRoute", flag_at(True, at), at)


def _add_cors(stack: Stack, body: ApiBody, api: SamResource) -> None:
    cors = api.property("CorsConfiguration")
    value = cors.value
    if not cors.is_true or value is None:
        return
    at = name_node(api.properties, "CorsConfiguration")
    found = member(body.document, _CORS_EXTENSION)
    made = copied(found) if isinstance(found, JsonObject) else object_at({}, value)
    if isinstance(value, JsonBoolean):
        put(made, "allowOrigins", list_at([text_at("*", value)], value), at)
    elif isinstance(value, JsonObject):
        entry(stack.problems, value, "CorsConfiguration", _CORS)
        for name, setting in members(value):
            put(made, name[:1].lower() + name[1:], setting, name_node(value, name))
    else:
        message = f"found {describe(value)} as CorsConfiguration, expected true or an object"
        stack.problems.report(value, message, "write true, or an object")
    put(body.document, _CORS_EXTENSION, made, at)


def _rename_default_path(body: ApiBody, api: SamResource) -> None:
    """With FailOnWarnings, the path of the default route begins with a slash."""
    paths = member(body.document, "paths")
    if api.property("FailOnWarnings").is_true and isinstance(paths, JsonObject) and DEFAULT_PATH in paths.members:
        start, end, item = paths.members.pop(DEFAULT_PATH)
        put(paths, f"/{DEFAULT_PATH}", item, Text(DEFAULT_PATH, start, end))
