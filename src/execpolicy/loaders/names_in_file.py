"""The names that templates and OpenAPI files have for the fields of an API file, for messages about a file.

The reader of API files checks what a loader makes of a file (``docs/adr/020``). Its messages name fields of API files,
and the author of the file wrote other names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from execpolicy.errors import Diagnostic

#: For each field of API files: its names in an OpenAPI document.
OPENAPI_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "api_key_source": ("x-amazon-apigateway-api-key-source",),
    "disable_execute_api_endpoint": ("disableExecuteApiEndpoint",),
    "endpoint_access_mode": ("x-amazon-apigateway-endpoint-access-mode",),
    "function_arn": ("authorizerUri",),
    "gateway_responses": ("x-amazon-apigateway-gateway-responses",),
    "identity_sources": ("identitySource",),
    "ip_address_type": ("ipAddressType",),
    "issuers": ("jwtConfiguration",),
    "payload_format": ("authorizerPayloadFormatVersion",),
    "resource_policy": ("x-amazon-apigateway-policy",),
    "simple_responses": ("enableSimpleResponses",),
    "ttl": ("authorizerResultTtlInSeconds",),
    "user_pools": ("providerARNs",),
    "validation_expression": ("identityValidationExpression",),
}
_OF_RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "api_key_required": ("ApiKeyRequired",),
    "api_key_source": ("ApiKeySourceType",),
    "disable_execute_api_endpoint": ("DisableExecuteApiEndpoint",),
    "endpoint_access_mode": ("EndpointAccessMode",),
    "function_arn": ("AuthorizerUri", "FunctionArn", "AuthArn"),
    "gateway_responses": ("AWS::ApiGateway::GatewayResponse", "GatewayResponses"),
    "identity_sources": ("IdentitySource", "Identity"),
    "ip_address_type": ("IpAddressType",),
    "issuers": ("JwtConfiguration",),
    "mutual_tls": ("MutualTlsAuthentication",),
    "payload_format": ("AuthorizerPayloadFormatVersion",),
    "resource_policy": ("Policy", "ResourcePolicy"),
    "routing_mode": ("RoutingMode",),
    "simple_responses": ("EnableSimpleResponses",),
    "ttl": ("AuthorizerResultTtlInSeconds", "ReauthorizeEvery"),
    "user_pools": ("ProviderARNs", "UserPoolArn"),
    "validation_expression": ("IdentityValidationExpression", "ValidationExpression"),
}
#: The same in a template: of resources, of SAM, and of an OpenAPI document in ``Body``.
TEMPLATE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    name: (*names, *OPENAPI_NAMES.get(name, ())) for name, names in _OF_RESOURCES.items()
}
#: How many characters before and after a place are searched for the name that is written there.
_NEAR: Final = 2000


def with_names_of(names: Mapping[str, tuple[str, ...]]) -> Callable[[Diagnostic], Diagnostic]:
    """A function that replaces the names of fields in a diagnostic by those that are written near its place.

    Args:
        names: for each field of API files the names that it can have. If none is near, it is the first.
    """
    words = re.compile(rf"\b(?:{'|'.join(names)})\b")

    def renamed(diagnostic: Diagnostic) -> Diagnostic:
        def written(match: re.Match[str]) -> str:
            return _nearest(diagnostic, names[match.group()])

        message, advice = words.sub(written, diagnostic.message), words.sub(written, diagnostic.advice)
        return diagnostic._replace(message=message, advice=advice)

    return renamed


def _nearest(diagnostic: Diagnostic, names: tuple[str, ...]) -> str:
    """The name of these that is written nearest to the place of a diagnostic."""
    source, span = diagnostic.source, diagnostic.span
    if source is None or span is None or len(names) == 1:
        return names[0]
    at = source.offset(span.line, span.column)
    start = max(at - _NEAR, 0)
    near = source.text[start : at + _NEAR]
    found = [(abs(start + match.start() - at), name) for name in names for match in re.finditer(rf"\b{name}\b", near)]
    return min(found)[1] if found else names[0]
