"""The permissions to invoke authorizer functions that SAM generates (SRC-3)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.node_members import members, text_of
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.invoke_permissions import PERMISSION, InvokedFunction
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource, Value
from execpolicy.loaders.cloudformation.stack import Stack


def authorizer_permissions(stack: Stack, api: SamResource) -> list[Resource]:
    """The permissions of API Gateway to invoke the authorizer functions of an API."""
    if api.kind == "WebSocketApi":
        auth = api.property("Auth")
        function = auth.member("AuthArn").value
        is_custom = text_of(auth.member("AuthType").value) == "CUSTOM"
        if function is None or not is_custom or auth.member("InvokeRole").is_true:
            return []
        return [_permission(stack, api, "", function)]
    authorizers = api.property("Auth", "Authorizers")
    return [
        _permission(stack, api, name, function)
        for name, _ in members(authorizers.value)
        if (function := authorizers.member(name, "FunctionArn").value) is not None
        and _is_permitted(api, authorizers.member(name))
    ]


def invoked_functions(api: SamResource) -> Iterator[InvokedFunction]:
    """The functions of the authorizers of an API that API Gateway invokes without a role."""
    if api.kind not in ("Api", "HttpApi"):
        return  # the authorizer of a WebSocket API is a resource of its own
    authorizers = api.property("Auth", "Authorizers")
    written = authorizers.value.members.items() if isinstance(authorizers.value, JsonObject) else ()
    for name, (start, end, _) in written:
        function, role = authorizers.member(name, "FunctionArn"), authorizers.member(name, "FunctionInvokeRole")
        if function.value is not None and not role.is_true:
            yield InvokedFunction(Text(name, start, end), api.logical_id, function.value)


def _is_permitted(api: SamResource, authorizer: Value) -> bool:
    """A REST API gets the permission unless it is switched off, an HTTP API if it is switched on."""
    if api.kind == "HttpApi":
        return authorizer.member("EnableFunctionDefaultPermissions").is_true
    has_user_pool = authorizer.member("UserPoolArn").value is not None
    return not has_user_pool and not authorizer.member("DisableFunctionDefaultPermissions").is_true


def _permission(stack: Stack, api: SamResource, name: str, function: Node) -> Resource:
    arn = f"arn:{stack.partition}:execute-api:{stack.region}:{stack.account}:{stack.api_id(api.logical_id)}"
    properties = object_at(
        {
            "Action": text_at("lambda:InvokeFunction", function),
            "FunctionName": function,
            "Principal": text_at("apigateway.amazonaws.com", function),
            "SourceArn": text_at(f"{arn}/authorizers/*", function),
        },
        function,
    )
    return api.generated(PERMISSION, properties, f"{api.logical_id}{name}AuthorizerPermission")
