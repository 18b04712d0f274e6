"""The authorizers of ``AWS::Serverless::Api`` as security definitions (SRC-3)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.node_members import member, members, text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.sam.sam_resource import Value
from execpolicy.loaders.cloudformation.sam.template_nodes import is_text, name_node, put
from execpolicy.loaders.cloudformation.stack import Stack

AUTHORIZER: Final = "x-amazon-apigateway-authorizer"
AUTHTYPE: Final = "x-amazon-apigateway-authtype"
_FIELDS: Final = (
    *("UserPoolArn", "FunctionArn", "Identity", "FunctionPayloadType", "FunctionInvokeRole", "AuthorizationScopes"),
    "DisableFunctionDefaultPermissions",
)
_SOURCES: Final = {
    "Headers": "method.request.header.",
    "QueryStrings": "method.request.querystring.",
    "StageVariables": "stageVariables.",
    "Context": "context.",
}
_IDENTITY_OF_HEADER: Final = ("Header", "ValidationExpression", "ReauthorizeEvery")
_IDENTITY_OF_REQUEST: Final = (*_SOURCES, "ReauthorizeEvery")


def aws_iam_scheme(at: Node) -> JsonObject:
    """The security definition of AWS_IAM."""
    return _scheme(text_at("Authorization", at), "awsSigv4", None, at)


def api_key_scheme(at: Node) -> JsonObject:
    """The security definition of API keys."""
    name = text_at("x-api-key", at)
    return object_at({"type": text_at("apiKey", at), "name": name, "in": text_at("header", at)}, at)


def authorizer_schemes(stack: Stack, authorizers: Value) -> JsonObject:
    """The security definition of each authorizer; what is wrong in one is reported."""
    found = authorizers.value
    assert isinstance(found, JsonObject), "the authorizers are an object"
    schemes = JsonObject({}, found.start, found.end)
    for name, node in members(found):
        fields = entry(stack.problems, node, "an authorizer of SAM", _FIELDS)
        scheme = _scheme_of(stack, fields, name) if fields is not None else None
        if scheme is not None:
            put(schemes, name, scheme, name_node(found, name))
    return schemes


def _scheme_of(stack: Stack, fields: Fields, name: str) -> JsonObject | None:
    pools, function = fields.value("UserPoolArn"), fields.value("FunctionArn")
    if pools is not None and function is not None:
        fields.refuse(["FunctionArn"], "an authorizer with UserPoolArn", "remove one of them")
        return None
    if pools is None and function is None:
        message = f"found the authorizer {quoted(name)} without FunctionArn or UserPoolArn"
        stack.problems.report(fields.node, message, "add one of them")
        return None
    kind = fields.choice("FunctionPayloadType", ("TOKEN", "REQUEST")) if pools is None else None
    identity = _identity(fields, is_request=kind == "REQUEST")
    if pools is not None:
        return _cognito(fields, identity, pools)
    assert function is not None, "an authorizer has a function or user pools"
    return (
        _request(stack, fields, identity, function) if kind == "REQUEST" else _token(stack, fields, identity, function)
    )


def _identity(fields: Fields, *, is_request: bool) -> Fields | None:
    node = fields.value("Identity")
    if node is None:
        return None
    known = _IDENTITY_OF_REQUEST if is_request else _IDENTITY_OF_HEADER
    what = "Identity of a REQUEST authorizer" if is_request else "Identity of an authorizer that reads one header"
    return entry(fields.problems, node, what, known)


def _cognito(fields: Fields, identity: Fields | None, pools: Node) -> JsonObject:
    arns = pools if isinstance(pools, JsonArray) else list_at([pools], pools)
    settings = object_at({"type": text_at("cognito_user_pools", fields.node), "providerARNs": arns}, fields.node)
    _add_validation(settings, identity)
    return _scheme(_header(identity, fields.node), "cognito_user_pools", settings, fields.node)


def _token(stack: Stack, fields: Fields, identity: Fields | None, function: Node) -> JsonObject:
    settings = _lambda(stack, fields, identity, "token", function)
    _add_validation(settings, identity)
    return _scheme(_header(identity, fields.node), "custom", settings, fields.node)


def _request(stack: Stack, fields: Fields, identity: Fields | None, function: Node) -> JsonObject:
    settings = _lambda(stack, fields, identity, "request", function)
    sources = [
        prefix + text.value
        for name, prefix in _SOURCES.items()
        for text in (_texts(identity, name) if identity is not None else ())
    ]
    at = identity.node if identity is not None else fields.node
    if sources:
        put(settings, "identitySource", text_at(", ".join(sources), at), at)
    elif not _is_zero(identity):
        message = "found a REQUEST authorizer without identity sources"
        advice = "add Headers, QueryStrings, StageVariables or Context to Identity, or ReauthorizeEvery: 0"
        fields.problems.report(at, message, advice)
    return _scheme(text_at("Unused", fields.node), "custom", settings, fields.node)


def _texts(identity: Fields, name: str) -> list[Text]:
    """A list of texts; a text alone is reported."""
    value = identity.value(name)
    if value is not None and not isinstance(value, JsonArray):
        identity.wrong(value, name, "a list of strings")
        return []
    return identity.texts(name) or []


def _lambda(stack: Stack, fields: Fields, identity: Fields | None, kind: str, function: Node) -> JsonObject:
    settings = object_at({"type": text_at(kind, fields.node)}, fields.node)
    put(settings, "authorizerUri", invocation_uri(stack, function), function)
    ttl = identity.value("ReauthorizeEvery") if identity is not None else None
    if ttl is not None:
        put(settings, "authorizerResultTtlInSeconds", ttl)
    role = fields.value("FunctionInvokeRole")
    if role is not None and not is_text(role, "NONE") and not is_text(role, ""):
        put(settings, "authorizerCredentials", role)
    return settings


def invocation_uri(stack: Stack, function: Node) -> Text:
    """The URI with which API Gateway invokes a function, at the place of its ARN."""
    arn = text_of(function) or ""
    uri = f"arn:{stack.partition}:apigateway:{stack.region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    return text_at(uri, function)


def _add_validation(settings: JsonObject, identity: Fields | None) -> None:
    expression = identity.value("ValidationExpression") if identity is not None else None
    if expression is not None and not is_text(expression, ""):
        put(settings, "identityValidationExpression", expression)


def _header(identity: Fields | None, at: Node) -> Node:
    header = identity.value("Header") if identity is not None else None
    return header if header is not None and not is_text(header, "") else text_at("Authorization", at)


def _is_zero(identity: Fields | None) -> bool:
    """Whether the answers of an authorizer are not cached."""
    ttl = member(identity.node, "ReauthorizeEvery") if identity is not None else None
    return isinstance(ttl, (JsonNumber, Text)) and (ttl.text if isinstance(ttl, JsonNumber) else ttl.value) == "0"


def _scheme(header: Node, authtype: str, settings: JsonObject | None, at: Node) -> JsonObject:
    return object_at(
        {
            "type": text_at("apiKey", at),
            "name": header,
            "in": text_at("header", at),
            AUTHTYPE: text_at(authtype, at),
            AUTHORIZER: settings,
        },
        at,
    )
