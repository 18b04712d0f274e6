"""The authorizers of ``AWS::Serverless::HttpApi`` and the security of its methods (SRC-3)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.node_members import members
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.sam.body import (
    ApiBody,
    requirement,
    security_of,
    set_security,
)
from execpolicy.loaders.cloudformation.sam.events import ApiEvent
from execpolicy.loaders.cloudformation.sam.rest_authorizers import AUTHORIZER, aws_iam_scheme, invocation_uri
from execpolicy.loaders.cloudformation.sam.rest_security import AWS_IAM, NONE, report_missing_authorizer
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import is_text, name_node, put
from execpolicy.loaders.cloudformation.stack import Stack

_SCHEMES: Final = ("components", "securitySchemes")
_AUTH: Final = ("Authorizers", "DefaultAuthorizer", "EnableIamAuthorizer")
_EVENT_AUTH: Final = ("Authorizer", "AuthorizationScopes")
_OF_JWT: Final = ("AuthorizationScopes", "JwtConfiguration", "IdentitySource")
_OF_LAMBDA: Final = (
    *("FunctionArn", "FunctionInvokeRole", "Identity", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses"),
    "EnableFunctionDefaultPermissions",
)
_SOURCES: Final = {
    "Headers": "$request.header.",
    "QueryStrings": "$request.querystring.",
    "StageVariables": "$stageVariables.",
    "Context": "$context.",
}


def add_http_security(stack: Stack, body: ApiBody, api: SamResource) -> None:
    """Add what ``Auth`` of an API says: its authorizers, and the default one to each method without security."""
    auth = api.property("Auth").value
    fields = entry(stack.problems, auth, "Auth of AWS::Serverless::HttpApi", _AUTH) if auth is not None else None
    if fields is None:
        return
    body.add_schemes(_SCHEMES, _schemes(stack, api, fields))
    default = fields.value("DefaultAuthorizer")
    if default is None:
        return
    if not isinstance(default, Text) or default.value not in _names(api):
        node = default if isinstance(default, Text) else text_at("", default)
        report_missing_authorizer(stack.problems, node, api, _names(api))
        return
    scopes = api.property("Auth", "Authorizers", default.value, "AuthorizationScopes").value
    for path in body.paths:
        for method, operation in body.operations(path):
            if method != "options" and not security_of(operation):
                set_security(operation, [requirement(default, scopes)], default)


def _schemes(stack: Stack, api: SamResource, fields: Fields) -> JsonObject:
    """The security schemes of all authorizers of an API."""
    authorizers = fields.value("Authorizers")
    schemes = JsonObject({}, fields.node.start, fields.node.end)
    if _has_iam(api):
        put(schemes, AWS_IAM, aws_iam_scheme(name_node(fields.node, "EnableIamAuthorizer")))
    if isinstance(authorizers, JsonObject):
        for name, node in members(authorizers):
            scheme = _scheme(stack, name, node)
            if scheme is not None:
                put(schemes, name, scheme, name_node(authorizers, name))
    elif authorizers is not None:
        fields.wrong(authorizers, "Authorizers", "an object of authorizers")
    return schemes


def add_http_event_security(stack: Stack, body: ApiBody, api: SamResource, event: ApiEvent) -> None:
    """Add what ``Auth`` of an event says of its method."""
    auth = event.auth
    if auth.value is None or not auth.is_true:
        return
    fields = entry(stack.problems, auth.value, "Auth of an HttpApi event", _EVENT_AUTH)
    if fields is None:
        return
    node, default = fields.value("Authorizer"), api.property("Auth", "DefaultAuthorizer").value
    if node is None and default is None:
        message = f"found Auth of {event} without an authorizer, and {api.logical_id} has no DefaultAuthorizer"
        stack.problems.report(fields.node, message, 'add "Authorizer"')
        return
    found = node if node is not None else default
    authorizer = found if isinstance(found, Text) else text_at("", fields.node)
    if authorizer.value == NONE:
        if default is None:
            message = f"found the authorizer NONE in {event}, whose API has no DefaultAuthorizer"
            stack.problems.report(authorizer, message, "remove it: the method is open without it")
            return
    elif authorizer.value not in _names(api):
        report_missing_authorizer(stack.problems, authorizer, api, [*_names(api), NONE])
        return
    operation = body.operation(event.path.value, event.method)
    if operation is not None:
        at = authorizer if node is not None else text_at(authorizer.value, fields.node)
        wanted = requirement(at, _scopes(event, api, authorizer.value))
        set_security(operation, [*security_of(operation), wanted], at)


def _scopes(event: ApiEvent, api: SamResource, authorizer: str) -> Node | None:
    if authorizer in (NONE, AWS_IAM):
        return None
    own = event.auth.member("AuthorizationScopes")
    return own.value if own.is_true else api.property("Auth", "Authorizers", authorizer, "AuthorizationScopes").value


def _has_iam(api: SamResource) -> bool:
    """Whether the template enables AWS_IAM; a function does not."""
    written = api.property("Auth", "EnableIamAuthorizer").written
    return isinstance(written, JsonBoolean) and written.text == "true"


def _names(api: SamResource) -> list[str]:
    authorizers = api.property("Auth", "Authorizers").value
    own = [*authorizers.members] if isinstance(authorizers, JsonObject) else []
    return [*own, AWS_IAM] if _has_iam(api) else own


def _scheme(stack: Stack, name: str, node: Node) -> JsonObject | None:
    """The security scheme of an authorizer; what is wrong is reported."""
    fields = entry(stack.problems, node, "an authorizer of SAM", (*_OF_JWT, *_OF_LAMBDA))
    if fields is None:
        return None
    if fields.has("JwtConfiguration"):
        fields.refuse(_OF_LAMBDA, "an authorizer with JwtConfiguration", "remove it")
        return _jwt(fields) if fields.must("IdentitySource") else None
    if not fields.has("FunctionArn"):
        message = f"found the authorizer {quoted(name)} without JwtConfiguration or FunctionArn"
        stack.problems.report(fields.node, message, "add one of them")
        return None
    fields.refuse(_OF_JWT, "an authorizer with FunctionArn", "remove it")
    return _lambda(stack, fields) if fields.must("AuthorizerPayloadFormatVersion") else None


def _jwt(fields: Fields) -> JsonObject:
    configuration = fields.value("JwtConfiguration")
    settings = object_at({"type": text_at("jwt", fields.node)}, fields.node)
    if isinstance(configuration, JsonObject):
        lower = JsonObject({}, configuration.start, configuration.end)
        for name, value in members(configuration):
            put(lower, name.lower(), value, name_node(configuration, name))
        put(settings, "jwtConfiguration", lower, name_node(fields.node, "JwtConfiguration"))
    elif configuration is not None:
        fields.wrong(configuration, "JwtConfiguration", "an object with issuer and audience")
    source = fields.value("IdentitySource")
    if source is not None:
        put(settings, "identitySource", source, name_node(fields.node, "IdentitySource"))
    return object_at({"type": text_at("oauth2", fields.node), AUTHORIZER: settings}, fields.node)


def _lambda(stack: Stack, fields: Fields) -> JsonObject:
    at = fields.node
    function = fields.value("FunctionArn")
    settings = object_at({"type": text_at("request", at)}, at)
    if function is not None:
        put(settings, "authorizerUri", invocation_uri(stack, function), function)
    role = fields.value("FunctionInvokeRole")
    if role is not None and not is_text(role, NONE) and not is_text(role, ""):
        put(settings, "authorizerCredentials", role)
    _add_identity(settings, fields)
    for name, other in (
        ("AuthorizerPayloadFormatVersion", "authorizerPayloadFormatVersion"),
        ("EnableSimpleResponses", "enableSimpleResponses"),
    ):
        value = fields.value(name)
        if value is not None:
            put(settings, other, value, name_node(fields.node, name))
    scheme = object_at({"type": text_at("apiKey", at), "name": text_at("Unused", at), "in": text_at("header", at)}, at)
    put(scheme, AUTHORIZER, settings)
    return scheme


def _add_identity(settings: JsonObject, fields: Fields) -> None:
    node = fields.value("Identity")
    identity = entry(fields.problems, node, "Identity", (*_SOURCES, "ReauthorizeEvery")) if node is not None else None
    if identity is None:
        return
    ttl = identity.value("ReauthorizeEvery")
    if ttl is not None:
        put(settings, "authorizerResultTtlInSeconds", ttl)
    sources: list[Node] = []
    for name, prefix in _SOURCES.items():
        value = identity.value(name)
        if value is not None and not isinstance(value, JsonArray):
            identity.wrong(value, name, "a list of strings")
            continue
        sources += [text_at(prefix + text.value, text) for text in identity.texts(name) or ()]
    put(settings, "identitySource", list_at(sources, identity.node))
