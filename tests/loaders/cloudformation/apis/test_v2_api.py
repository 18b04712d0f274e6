"""HTTP and WebSocket APIs of templates: properties, routes, quick create (SRC-2)."""

from __future__ import annotations

import pytest

from execpolicy.gateway.model.names import KeySource
from tests.loaders.cloudformation.apis.reading import HTTP, api_of, ignored_in, problems_of, unknown_in

QUICK = """
Resources:
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {ProtocolType: HTTP, Target: "https://backend.example"}
"""
OVERRIDES = """
Login:
  Type: AWS::ApiGatewayV2::Authorizer
  Properties:
    ApiId: !Ref Api
    AuthorizerType: JWT
    IdentitySource: [$request.header.A]
    JwtConfiguration: {Issuer: "https://login.example", Audience: [a]}
Overrides:
  Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides
  Properties:
    ApiId: !Ref Api
    Route: {AuthorizationType: JWT, AuthorizerId: !Ref Login, AuthorizationScopes: [x]}
    Stage: {StageVariables: {a: b}, AutoDeploy: true}
    Integration: {TimeoutInMillis: 50}
"""


@pytest.mark.rule("SRC-2")
def test_what_the_properties_of_an_http_api_say() -> None:
    given = 'CorsConfiguration: {AllowOrigins: ["*"]}, DisableExecuteApiEndpoint: "true", IpAddressType: dualstack'
    api = api_of(HTTP.replace("ProtocolType: HTTP", f"ProtocolType: HTTP, {given}"))
    assert (api.cors, api.disable_execute_api_endpoint, api.ip_address_type) == (True, True, "dualstack")


@pytest.mark.rule("SRC-2")
def test_a_route_without_a_type_needs_no_authorization() -> None:
    assert [(route.key, route.auth) for route in api_of(HTTP).routes] == [("GET /", "NONE")]


@pytest.mark.rule("SRC-2")
def test_a_websocket_api() -> None:
    template = HTTP.replace("ProtocolType: HTTP", "ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.a")
    template = template.replace("GET /", "$connect, AuthorizationType: AWS_IAM, ApiKeyRequired: true")
    template = template.replace("$default", "live")
    api = api_of(template)
    ((route),) = api.routes
    assert (api.type, route.key, route.auth, route.api_key_required) == ("WEBSOCKET", "$connect", "AWS_IAM", True)
    assert api.api_key_source is KeySource.HEADER
    assert "RouteSelectionExpression of the AWS::ApiGatewayV2::Api Api" in ignored_in(template)


@pytest.mark.rule("SRC-2")
def test_quick_create() -> None:
    api = api_of(QUICK)
    assert [(route.key, route.auth) for route in api.routes] == [("$default", "NONE")]
    assert [stage.name for stage in api.stages] == ["$default"]
    (route,) = api_of(QUICK.replace("Target:", "RouteKey: GET /a, Target:")).routes
    assert route.key == "GET /a"


@pytest.mark.rule("SRC-2")
def test_overrides_of_quick_create() -> None:
    api = api_of(QUICK, beside=OVERRIDES)
    (route,) = api.routes
    assert (route.auth, route.authorizer, route.scopes) == ("JWT", "Login", ("x",))
    assert dict(api.stage.variables) == {"a": "b"}


@pytest.mark.rule("SRC-2")
def test_a_route_of_another_stack_is_listed() -> None:
    beside = "Other: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !ImportValue Api, RouteKey: GET /b}}"
    assert [route.key for route in api_of(HTTP, beside=beside).routes] == ["GET /"]
    reason = "ApiId is <the import Api>, which is no resource of this template: read the template that has it"
    assert unknown_in(HTTP, beside=beside)["the API of Other"] == (reason, 5)


def route(key: str, rest: str = "") -> str:
    """One more route."""
    return f"More: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: {key}{rest}}}}}"


WRONG = [
    (HTTP, route("GET /"), ("GET /", 'found the route "GET /" twice')),
    (HTTP, route("GET orders"), ("GET orders", 'found the route "GET orders", expected a method and a path')),
    (HTTP, route("GET /a", ", ApiKeyRequired: true"), ("true", 'found "ApiKeyRequired" in a route of an HTTP API')),
    (
        HTTP,
        route("GET /a", ", AuthorizationType: JWT"),
        ("GET /a", "GET /a requires JWT and needs an authorizer of that"),
    ),
    (HTTP, route("GET /a", ", AuthorizationScopes: [x]"), ("GET /a", "GET /a has scopes and requires NONE")),
    (HTTP, route("GET /a", ", AuthorizerID: x"), ("AuthorizerID", 'found "AuthorizerID", which is not a property of')),
    (HTTP.replace("ProtocolType: HTTP", ""), "", ("{}", 'found the AWS::ApiGatewayV2::Api Api without "ProtocolType"')),
    (HTTP.replace("HTTP}", "HTTP, CorsConfiguration: {}}"), "", ("{}", "found an empty object as CorsConfiguration")),
    (HTTP.replace("HTTP}", "TCP}"), "", ("TCP", 'found "TCP" as ProtocolType, expected HTTP or WEBSOCKET')),
    (HTTP.replace("HTTP}", "HTTP, RouteKey: a}"), "", ("RouteKey", 'found "RouteKey" without "Target"')),
    (
        HTTP.replace("HTTP}", "WEBSOCKET, ApiKeySelectionExpression: $request.header.k}"),
        "",
        ("$request.header.k", 'found "$request.header.k" as ApiKeySelectionExpression'),
    ),
    (
        HTTP,
        "O: {Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, Properties: {ApiId: !Ref Api, Route: {}}}",
        ("ApiId", 'found "ApiId" in the AWS::ApiGatewayV2::ApiGatewayManagedOverrides O: its API has no Target'),
    ),
    (
        QUICK,
        OVERRIDES + "Again: {Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, Properties: {ApiId: !Ref Api}}",
        ("!Ref Api", "found a second AWS::ApiGatewayV2::ApiGatewayManagedOverrides of Api"),
    ),
    (
        QUICK,
        "S: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}",
        ("$default", 'found the stage "$default" twice'),
    ),
    (
        HTTP.replace("HTTP}", "HTTP, BodyS3Location: {}}"),
        "",
        ("BodyS3Location", 'found "BodyS3Location" in the AWS::ApiGatewayV2::Api Api: files in S3 are not read'),
    ),
]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(("template", "beside", "expected"), WRONG)
def test_what_is_wrong(template: str, beside: str, expected: tuple[str, str]) -> None:
    found = problems_of(template, beside=beside)
    assert any(place == expected[0] and message.startswith(expected[1]) for place, message in found), found
