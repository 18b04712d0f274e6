"""The authorizers of APIs, each by its logical id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.gateway.model.names import AuthorizerType
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.apis.owners import api_of
from execpolicy.loaders.cloudformation.apis.properties import Properties, properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import REST_API, REST_AUTHORIZER, V2_API, V2_AUTHORIZER
from execpolicy.loaders.cloudformation.invoke_permissions import InvokedFunction, function_in
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

_REST_READ: Final = (
    *("RestApiId", "Type", "IdentitySource", "IdentityValidationExpression", "AuthorizerResultTtlInSeconds"),
    *("ProviderARNs", "JwtConfiguration", "AuthorizerUri"),
)
_REST_IGNORED: Final = ("Name", "AuthType", "AuthorizerCredentials")
_V2_READ: Final = (
    *("ApiId", "AuthorizerType", "IdentitySource", "AuthorizerPayloadFormatVersion", "EnableSimpleResponses"),
    *("AuthorizerResultTtlInSeconds", "JwtConfiguration", "AuthorizerUri"),
)
_V2_IGNORED: Final = ("Name", "AuthorizerCredentialsArn", "IdentityValidationExpression")
_CREDENTIALS: Final = ("AuthorizerCredentials", "AuthorizerCredentialsArn")
_ONLY_FORMAT: Final = "SINGLE_STRING"
_REST_TYPES: Final = tuple(AuthorizerType)
_V2_TYPES: Final = (AuthorizerType.REQUEST, AuthorizerType.JWT)
_NO_EFFECT: Final = "it has no effect on an authorizer of this type"


class DeclaredAuthorizer(NamedTuple):
    """An authorizer of an API, in the format of an API file; None if it has an error, which is reported."""

    api: str
    resource: Resource
    node: JsonObject | None

    @property
    def invoked(self) -> InvokedFunction | None:
        """The function that API Gateway invokes without a role; None if it is no such authorizer."""
        properties = self.resource.properties.members
        if any(name in properties for name in _CREDENTIALS):
            return None
        _, _, uri = properties.get("AuthorizerUri", (0, 0, None))
        function = function_in(uri)
        return None if function is None else InvokedFunction(self.resource.name, self.api, function)


def authorizers_of(stack: Stack, websocket_apis: frozenset[str]) -> list[DeclaredAuthorizer]:
    """The authorizers of all APIs of the template.

    Args:
        stack: the template.
        websocket_apis: the logical ids of WebSocket APIs.
    """
    return [*_rest_authorizers(stack), *_v2_authorizers(stack, websocket_apis)]


def _rest_authorizers(stack: Stack) -> Iterator[DeclaredAuthorizer]:
    for resource in stack.of_type(REST_AUTHORIZER):
        properties = properties_of(stack, resource, _REST_READ, _REST_IGNORED)
        api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
        if api is not None:
            yield DeclaredAuthorizer(api.logical_id, resource, _rest_authorizer(properties, resource))


def _rest_authorizer(properties: Properties, resource: Resource) -> JsonObject | None:
    kind = properties.choice("Type", _REST_TYPES) if properties.must("Type") else None
    if kind is None:
        return None
    members: dict[str, Node | None] = {
        "type": text_at(kind, properties.at("Type")),
        "identity_sources": _separated(properties.text("IdentitySource")),
        "user_pools": properties.texts("ProviderARNs"),
        "issuers": _rest_issuers(properties),
    }
    if kind in (AuthorizerType.REQUEST, AuthorizerType.COGNITO_USER_POOLS):
        # AWS accepts settings that have no effect on such an authorizer, and templates have them.
        if kind == AuthorizerType.REQUEST:
            properties.ignore("IdentityValidationExpression", _NO_EFFECT)
        else:
            properties.ignore("AuthorizerResultTtlInSeconds", _NO_EFFECT)
    if kind != AuthorizerType.REQUEST:
        members["validation_expression"] = properties.text("IdentityValidationExpression")
    if kind != AuthorizerType.COGNITO_USER_POOLS:
        members["ttl"] = properties.number("AuthorizerResultTtlInSeconds")
    if kind in (AuthorizerType.TOKEN, AuthorizerType.REQUEST):
        members["function_arn"] = properties.text("AuthorizerUri")
    else:
        properties.ignore("AuthorizerUri", "an authorizer of this type has no function")
    return object_at(members, resource.name)


def _separated(node: Text | None) -> JsonArray | None:
    """The identity sources of a REST API, which are one text with commas."""
    if node is None:
        return None
    return list_at([text_at(part.strip(), node) for part in node.value.split(",") if part.strip()], node)


def _rest_issuers(properties: Properties) -> JsonArray | None:
    configuration = properties.inner("JwtConfiguration", ("Issuers",), ("DefaultAlgorithms",))
    if configuration is None or not configuration.must("Issuers"):
        return None
    issuers = []
    for each in configuration.each("Issuers", ("Issuer", "Audiences", "AdditionalClaims")):
        each.must("Issuer", "Audiences")
        claims = [_claim(claim) for claim in _claims_of(each)]
        members: dict[str, Node | None] = {
            "url": each.text("Issuer"),
            "audiences": each.texts("Audiences"),
            "claims": list_at(claims, each.at("AdditionalClaims")) if claims else None,
        }
        issuers.append(object_at(members, each.node))
    return list_at(issuers, configuration.at("Issuers"))


def _claims_of(issuer: Properties) -> Iterator[Properties]:
    return issuer.each("AdditionalClaims", ("ClaimName", "ExpectedValues", "Format", "Required"))


def _claim(claim: Properties) -> JsonObject:
    if claim.must("ClaimName", "Format"):
        claim.choice("Format", (_ONLY_FORMAT,))
    members: dict[str, Node | None] = {
        "name": claim.text("ClaimName"),
        "expected": claim.texts("ExpectedValues"),
        "required": claim.flag("Required"),
    }
    return object_at(members, claim.node)


def _v2_authorizers(stack: Stack, websocket_apis: frozenset[str]) -> Iterator[DeclaredAuthorizer]:
    for resource in stack.of_type(V2_AUTHORIZER):
        properties = properties_of(stack, resource, _V2_READ, _V2_IGNORED)
        api = api_of(stack, resource, properties, "ApiId", (V2_API,))
        if api is not None:
            is_websocket = api.logical_id in websocket_apis
            yield DeclaredAuthorizer(api.logical_id, resource, _v2_authorizer(properties, resource, is_websocket))


def _v2_authorizer(properties: Properties, resource: Resource, is_websocket: bool) -> JsonObject | None:
    kind = properties.choice("AuthorizerType", _V2_TYPES) if properties.must("AuthorizerType") else None
    if kind is None:
        return None
    members: dict[str, Node | None] = {
        "type": text_at(kind, properties.at("AuthorizerType")),
        "identity_sources": properties.texts("IdentitySource"),
    }
    if kind == AuthorizerType.JWT or is_websocket:
        properties.ignore("AuthorizerResultTtlInSeconds", "only Lambda authorizers of HTTP APIs have a cache")
    else:
        members["ttl"] = properties.number("AuthorizerResultTtlInSeconds")
    if kind == AuthorizerType.JWT:
        members["issuers"] = _v2_issuers(properties)
        _refuse_function(properties)
    else:
        properties.refuse("JwtConfiguration", "its type is REQUEST, a Lambda function", "set AuthorizerType to JWT")
        members["function_arn"] = properties.text("AuthorizerUri")
        if not is_websocket and properties.must("AuthorizerPayloadFormatVersion"):
            members["payload_format"] = _payload_format(properties)
        elif is_websocket:
            properties.ignore("AuthorizerPayloadFormatVersion", "only HTTP APIs have payload formats")
        if properties.is_true("EnableSimpleResponses"):
            members["simple_responses"] = properties.flag("EnableSimpleResponses")
    return object_at(members, resource.name)


def _refuse_function(properties: Properties) -> None:
    for name in ("AuthorizerPayloadFormatVersion", "AuthorizerUri", "EnableSimpleResponses"):
        properties.ignore(name, "a JWT authorizer has no function")


def _payload_format(properties: Properties) -> Text | None:
    """The payload format; YAML may write it as a number."""
    found = properties.text("AuthorizerPayloadFormatVersion")
    if found is None or has_unknown(found.value) or found.value in ("1.0", "2.0"):
        return found
    message = f"found {quoted(found.value)} as AuthorizerPayloadFormatVersion, expected 1.0 or 2.0"
    properties.report("AuthorizerPayloadFormatVersion", message, 'write "2.0"')
    return None


def _v2_issuers(properties: Properties) -> JsonArray | None:
    configuration = properties.inner("JwtConfiguration", ("Issuer", "Audience"))
    if configuration is None:
        properties.must("JwtConfiguration")
        return None
    configuration.must("Issuer", "Audience")
    members: dict[str, Node | None] = {
        "url": configuration.text("Issuer"),
        "audiences": configuration.texts("Audience"),
    }
    return list_at([object_at(members, configuration.node)], configuration.node)
