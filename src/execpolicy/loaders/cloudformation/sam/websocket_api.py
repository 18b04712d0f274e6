"""``AWS::Serverless::WebSocketApi``: its routes, the authorizer of ``$connect``, and its stage (SRC-3)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.node_members import members, text_of
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.http_api import v2_stage
from execpolicy.loaders.cloudformation.sam.rest_authorizers import invocation_uri
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import name_node, put
from execpolicy.loaders.cloudformation.stack import Stack

CONNECT: Final = "$connect"
_SPECIAL: Final = (CONNECT, "$disconnect", "$default")
_AUTH: Final = ("AuthArn", "AuthType", "IdentitySource", "InvokeRole", "Name")
_AUTH_TYPES: Final = ("NONE", "AWS_IAM", "CUSTOM")
_ROUTE: Final = (
    *("ApiKeyRequired", "FunctionArn", "IntegrationTimeout", "ModelSelectionExpression", "OperationName"),
    *("RequestModels", "RequestParameters", "RouteResponseSelectionExpression"),
)
_OF_API: Final = (
    *("ApiKeySelectionExpression", "DisableExecuteApiEndpoint", "DisableSchemaValidation", "IpAddressType"),
    "RouteSelectionExpression",
)
_DEFAULT_STAGE: Final = "default"


def websocket_api_resources(stack: Stack, api: SamResource) -> list[Resource]:
    """The Api, its routes, its authorizer and its stage; what is wrong is reported."""
    found = api.properties
    properties = object_at({"ProtocolType": text_at("WEBSOCKET", api.at)}, found)
    properties.members.update({name: found.members[name] for name in _OF_API if name in found.members})
    made = [api.generated("AWS::ApiGatewayV2::Api", properties), v2_stage(stack, api, _DEFAULT_STAGE)]
    if api.property("RouteSelectionExpression").value is None:
        message = f"found the WebSocket API {api.logical_id} without RouteSelectionExpression"
        stack.problems.report(api.at, message, "add it")
    auth = _auth(stack, api)
    if auth is not None and text_of(auth.value("AuthType")) == "CUSTOM":
        made.append(_authorizer(stack, api, auth))
    routes = api.property("Routes").value
    if not isinstance(routes, JsonObject) or not routes.members:
        message = f"found the WebSocket API {api.logical_id} without routes"
        stack.problems.report(routes or api.at, message, 'add "Routes"')
        return made
    if auth is not None and CONNECT not in routes.members:
        message = f"found Auth of {api.logical_id}, which has no route {CONNECT}"
        stack.problems.report(auth.node, message, f"add {CONNECT} to Routes, or remove Auth")
    for key, node in members(routes):
        fields = entry(stack.problems, node, "a route of AWS::Serverless::WebSocketApi", _ROUTE)
        if fields is not None:
            made.append(_route(stack, api, name_node(routes, key), fields, auth if key == CONNECT else None))
    return made


def authorizer_id(api: SamResource) -> str:
    """The logical id of the authorizer of ``$connect``."""
    return f"{api.logical_id}ConnectAuthorizer"


def _auth(stack: Stack, api: SamResource) -> Fields | None:
    """``Auth`` of the API, if it is right."""
    node = api.property("Auth").value
    auth = entry(stack.problems, node, "Auth of AWS::Serverless::WebSocketApi", _AUTH) if node is not None else None
    if auth is None or not auth.must("AuthType"):
        return None
    kind = auth.choice("AuthType", _AUTH_TYPES)
    if kind is None:
        return None
    if kind == "CUSTOM":
        return auth if auth.must("AuthArn") else None
    others = [name for name in _AUTH if name != "AuthType"]
    auth.refuse(others, f"Auth with AuthType {kind}", "remove it, or write AuthType: CUSTOM")
    return auth


def _authorizer(stack: Stack, api: SamResource, auth: Fields) -> Resource:
    at = auth.node
    made = object_at(
        {
            "ApiId": stack.reference(api.logical_id, api.at),
            "AuthorizerType": text_at("REQUEST", at),
            "Name": auth.value("Name") or text_at(authorizer_id(api), at),
        },
        at,
    )
    function, role, source = auth.value("AuthArn"), auth.value("InvokeRole"), auth.value("IdentitySource")
    if function is not None:
        put(made, "AuthorizerUri", invocation_uri(stack, function), name_node(at, "AuthArn"))
    if role is not None:
        put(made, "AuthorizerCredentialsArn", role, name_node(at, "InvokeRole"))
    if source is not None:
        put(made, "IdentitySource", source, name_node(at, "IdentitySource"))
    return api.generated("AWS::ApiGatewayV2::Authorizer", made, authorizer_id(api))


def _route(stack: Stack, api: SamResource, at: Text, fields: Fields, auth: Fields | None) -> Resource:
    """The route with a key, and the authorization that ``Auth`` gives it."""
    key = at.value
    if key not in _SPECIAL and not key.isalnum():
        message = f"found the route key {quoted(key)}, which the transform refuses"
        stack.problems.report(at, message, "use letters and digits, $connect, $disconnect or $default")
    if key != CONNECT:
        fields.refuse(["RequestParameters"], f"the route {key}", f"only {CONNECT} can have it")
    fields.must("FunctionArn")
    route = object_at({"ApiId": stack.reference(api.logical_id, api.at), "RouteKey": at}, fields.node)
    keyed = fields.value("ApiKeyRequired")
    if keyed is not None:
        put(route, "ApiKeyRequired", keyed, name_node(fields.node, "ApiKeyRequired"))
    kind = auth.value("AuthType") if auth is not None else None
    if kind is not None and auth is not None:
        put(route, "AuthorizationType", kind, name_node(auth.node, "AuthType"))
        if text_of(kind) == "CUSTOM":
            identifier: Node = text_at(authorizer_id(api), kind)
            put(route, "AuthorizerId", stack.reference(authorizer_id(api), kind) or identifier, kind)
    name = key.replace("$", "") if key in _SPECIAL else key
    return api.generated("AWS::ApiGatewayV2::Route", route, f"{api.logical_id}{name.capitalize()}Route")
