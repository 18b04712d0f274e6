"""Writes an API as an OpenAPI or Swagger definition, in the ways in which people and tools write the same thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.gateway_responses import OWN_TEXT
from execpolicy.gateway.model.names import ApiType, AuthorizerType, AuthType
from execpolicy.gateway.model.route import Route

_EXTENSION = "x-amazon-apigateway-"
_SIGNATURE, _KEY = "the signature", "the key"
#: Says whether to write something in the second of two ways.
Choose = Callable[[], bool]


def definition(api: ApiDefinition, choose: Choose) -> dict[str, Any]:
    """The definition of a REST or HTTP API: Swagger 2, if ``choose`` says so of a REST API, else OpenAPI 3."""
    rest = api.type is ApiType.REST
    swagger = rest and choose()
    schemes: dict[str, Any] = {each.name: _scheme(api, each, choose) for each in api.authorizers}
    schemes[_SIGNATURE] = {"type": "apiKey", "name": "A", "in": "header", f"{_EXTENSION}authtype": "awsSigv4"}
    schemes[_KEY] = {"type": "apiKey", "name": "x-api-key" if choose() else "X-API-Key", "in": "header"}
    document: dict[str, Any] = {"swagger": "2.0"} if swagger else {"openapi": "3.0.1" if choose() else "3.1.0"}
    endpoint = _endpoint(api)
    if not swagger and choose():
        document["servers"] = [{"url": "https://api.example.com", **endpoint}]
    else:
        document |= endpoint
    document |= _root(api)
    document["paths"] = _paths(api, choose)
    components: dict[str, Any] = {} if swagger else {"securitySchemes": schemes}
    if not swagger and choose():
        components["pathItems"] = {f"{number}/x": item for number, item in enumerate(document["paths"].values())}
        document["paths"] = {
            path: {"$ref": f"#/components/pathItems/{number}~1x"} for number, path in enumerate(document["paths"])
        }
    document |= {"securityDefinitions": schemes} if swagger else {"components": components}
    return document


def _root(api: ApiDefinition) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if api.type is ApiType.HTTP:
        return {f"{_EXTENSION}cors": {"allowOrigins": ["*"]}} if api.cors else {}
    if api.resource_policy is not None:
        members["policy"] = api.resource_policy.to_document()
    if api.endpoint_access_mode is not None:
        members["endpoint-access-mode"] = api.endpoint_access_mode
    if api.gateway_responses:
        members["gateway-responses"] = {
            each.response_type: {
                "statusCode": each.status,
                "responseTemplates": {"application/json": _template(each.message)},
            }
            for each in api.gateway_responses
        }
    members["api-key-source"] = api.api_key_source.value
    return {_EXTENSION + name: value for name, value in members.items()}


def _template(message: str | None) -> str:
    if message is None:
        return '{"error": "hidden"}'
    return '{"message":$context.error.messageString}' if message == OWN_TEXT else json.dumps({"message": message})


def _endpoint(api: ApiDefinition) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if api.disable_execute_api_endpoint:
        members["disableExecuteApiEndpoint"] = True
    if api.is_private:
        members["vpcEndpointIds"] = ["vpce-0a1b2c3d"]
    return {f"{_EXTENSION}endpoint-configuration": members} if members else {}


def _paths(api: ApiDefinition, choose: Choose) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in api.routes:
        default = route.key == "$default"
        path = ("/$default" if choose() else "$default") if default else route.path
        any_method = default or route.method == "ANY"
        method = f"{_EXTENSION}any-method" if any_method else route.method.lower()
        operation = _operation(api, route, choose)
        paths.setdefault(path, {})[method] = operation | ({"isDefaultRoute": True} if default else {})
    return paths


def _operation(api: ApiDefinition, route: Route, choose: Choose) -> dict[str, Any]:
    auth = api.auth_of(route)
    required: list[dict[str, list[str]]] = []
    operation: dict[str, Any] = {}
    if auth is AuthType.AWS_IAM and choose():
        operation[f"{_EXTENSION}auth"] = {"type": "aws_iam"}
    elif auth is AuthType.AWS_IAM:
        required.append({_SIGNATURE: []})
    elif auth is AuthType.NONE and choose():
        operation[f"{_EXTENSION}auth"] = {"type": "NONE"}
    elif route.authorizer is not None:
        required.append({route.authorizer: list(route.scopes)})
    if route.api_key_required:
        required.append({_KEY: []})
    if len(required) == 2 and choose():
        required = [required[1] | required[0]]
    if not required and auth is AuthType.NONE and choose():
        required = [{"NONE": []}]
    if required or choose():
        operation["security"] = required
    return operation


def invocation_uri(function: str) -> str:
    """The URI by which API Gateway invokes a function."""
    return f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function}/invocations"


def _scheme(api: ApiDefinition, authorizer: Authorizer, choose: Choose) -> dict[str, Any]:
    members: dict[str, Any] = {"type": authorizer.type.value.lower()}
    sources = authorizer.identity_sources
    scheme: dict[str, Any] = {"type": "apiKey", "name": "Unused", "in": "header"}
    if authorizer.type in (AuthorizerType.TOKEN, AuthorizerType.COGNITO_USER_POOLS):
        scheme["name"] = (sources or ("method.request.header.Authorization",))[0].rpartition(".")[2]
    else:
        members["identitySource"] = (", " if choose() else ",").join(sources)
    if authorizer.ttl is not None:
        members["authorizerResultTtlInSeconds"] = str(authorizer.ttl) if choose() else authorizer.ttl
    if authorizer.function_arn is not None:
        members["authorizerUri"] = invocation_uri(authorizer.function_arn) if choose() else authorizer.function_arn
    if authorizer.validation_expression is not None:
        members["identityValidationExpression"] = authorizer.validation_expression
    if authorizer.user_pools:
        members["providerARNs"] = list(authorizer.user_pools)
    if authorizer.type is AuthorizerType.REQUEST and api.type is ApiType.HTTP:
        members["authorizerPayloadFormatVersion"] = authorizer.payload_format
        members["enableSimpleResponses"] = authorizer.simple_responses
    if authorizer.type is AuthorizerType.JWT:
        members["jwtConfiguration"] = _jwt(api, authorizer)
        scheme = {"type": "oauth2"}
    return scheme | {f"{_EXTENSION}authorizer": members}


def _jwt(api: ApiDefinition, authorizer: Authorizer) -> dict[str, Any]:
    if api.type is ApiType.HTTP:
        (issuer,) = authorizer.issuers
        return {"issuer": issuer.url, "audience": list(issuer.audiences)}
    return {
        "defaultAlgorithms": ["RS256"],
        "issuers": [
            {
                "issuer": issuer.url,
                "audiences": list(issuer.audiences),
                "additionalClaims": [
                    {
                        "claimName": claim.name,
                        "format": "SINGLE_STRING",
                        "expectedValues": list(claim.expected),
                        "required": claim.required,
                    }
                    for claim in issuer.claims
                ],
            }
            for issuer in authorizer.issuers
        ],
    }
