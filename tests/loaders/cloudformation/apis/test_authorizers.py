"""Authorizers of templates (SRC-2)."""

from __future__ import annotations

import pytest

from execpolicy.gateway.model.authorizer import Claim, Issuer
from tests.loaders.cloudformation.apis.reading import HTTP, REST, api_of, ignored_in, problems_of

SOCKET = HTTP.replace("HTTP", "WEBSOCKET").replace("GET /", "$connect").replace("$default", "live")


def rest(properties: str) -> str:
    """An authorizer of a REST API."""
    return f"Auth: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: !Ref Api, Name: a, {properties}}}}}"


def v2(properties: str) -> str:
    """An authorizer of an HTTP or WebSocket API."""
    return f"Auth: {{Type: AWS::ApiGatewayV2::Authorizer, Properties: {{ApiId: !Ref Api, Name: a, {properties}}}}}"


@pytest.mark.rule("SRC-2")
def test_a_lambda_authorizer_of_a_rest_api() -> None:
    properties = (
        'Type: REQUEST, IdentitySource: "method.request.header.A, context.path", AuthorizerResultTtlInSeconds: "60", '
        "IdentityValidationExpression: x, AuthorizerUri: u, AuthType: custom, AuthorizerCredentials: c"
    )
    (found,) = api_of(REST, beside=rest(properties)).authorizers
    assert (found.name, found.type, found.ttl, found.function_arn) == ("Auth", "REQUEST", 60, "u")
    assert found.identity_sources == ("method.request.header.A", "context.path")
    assert found.validation_expression is None
    listed = ignored_in(REST, beside=rest(properties))
    name = "of the AWS::ApiGateway::Authorizer Auth"
    assert {*listed} == {
        *(f"{each} {name}" for each in ("Name", "AuthType", "AuthorizerCredentials")),
        f"IdentityValidationExpression {name}: it has no effect on an authorizer of this type",
    }


@pytest.mark.rule("SRC-2")
def test_a_jwt_authorizer_of_a_rest_api() -> None:
    beside = """
    Auth:
      Type: AWS::ApiGateway::Authorizer
      Properties:
        RestApiId: !Ref Api
        Name: partners
        Type: JWT
        IdentitySource: method.request.header.Authorization
        JwtConfiguration:
          DefaultAlgorithms: [RS256]
          Issuers:
            - Issuer: https://login.example/
              Audiences: [orders]
              AdditionalClaims:
                - {ClaimName: tenant, ExpectedValues: [north], Format: SINGLE_STRING, Required: true}
            - {Issuer: "https://other.example", Audiences: [a, b]}
    """
    (found,) = api_of(REST, beside=beside).authorizers
    assert found.issuers == (
        Issuer("https://login.example/", ["orders"], [Claim("tenant", ["north"], True)]),
        Issuer("https://other.example", ["a", "b"]),
    )


@pytest.mark.rule("SRC-2")
def test_the_user_pool_of_the_template() -> None:
    properties = "Type: COGNITO_USER_POOLS, ProviderARNs: [!GetAtt Pool.Arn], IdentitySource: method.request.header.A"
    beside = f"{rest(properties)}\nPool: {{Type: AWS::Cognito::UserPool, Properties: {{}}}}"
    (found,) = api_of(REST, beside=beside).authorizers
    (pool,) = found.user_pools
    assert pool.startswith("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_")


@pytest.mark.rule("SRC-2")
def test_authorizers_of_an_http_api() -> None:
    properties = (
        "AuthorizerType: REQUEST, IdentitySource: [$request.header.A], AuthorizerPayloadFormatVersion: 2.0, "
        "EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 5"
    )
    (found,) = api_of(HTTP, beside=v2(properties)).authorizers
    assert (found.payload_format, found.simple_responses, found.ttl) == ("2.0", True, 5)
    jwt = (
        "AuthorizerType: JWT, IdentitySource: [$request.header.A], AuthorizerResultTtlInSeconds: 5, "
        'JwtConfiguration: {Issuer: "https://login.example", Audience: [a]}'
    )
    (found,) = api_of(HTTP, beside=v2(jwt)).authorizers
    assert found.issuers == (Issuer("https://login.example", ["a"]),)
    what = "AuthorizerResultTtlInSeconds of the AWS::ApiGatewayV2::Authorizer Auth"
    assert ignored_in(HTTP, beside=v2(jwt))[f"{what}: only Lambda authorizers of HTTP APIs have a cache"] == 5


@pytest.mark.rule("SRC-2")
def test_an_authorizer_of_a_websocket_api() -> None:
    properties = "AuthorizerType: REQUEST, IdentitySource: [route.request.querystring.t]"
    (found,) = api_of(SOCKET, beside=v2(properties)).authorizers
    assert (found.type, found.ttl, found.payload_format) == ("REQUEST", None, "1.0")


WRONG = [
    (REST, rest("Type: TOKN"), ("TOKN", 'found "TOKN" as Type, expected TOKEN, REQUEST, COGNITO_USER_POOLS or JWT')),
    (
        REST,
        rest("Type: TOKEN"),
        ("Auth", "Auth is a TOKEN authorizer: it has one identity source, a header"),
    ),
    (
        REST,
        rest("Type: !ImportValue Kind"),
        ("!ImportValue Kind", "found <the import Kind> as Type, which has to be known"),
    ),
    (
        REST,
        rest("Type: TOKEN, IdentitySource: method.request.header.A, AuthorizerResultTtlInSeconds: 1h"),
        ("1h", "found a string as AuthorizerResultTtlInSeconds, expected a whole number"),
    ),
    (
        REST,
        rest("Type: TOKEN, IdentitySource: method.request.header.A, ProviderARNs: [a]"),
        ("[a]", 'found "ProviderARNs" in an authorizer of type TOKEN, which does not have it'),
    ),
    (
        REST,
        rest("Type: COGNITO_USER_POOLS, ProviderARNs: !ImportValue Pools"),
        (
            "!ImportValue Pools",
            "found <the import Pools> as ProviderARNs, which has to be known: a list of strings",
        ),
    ),
    (
        HTTP,
        v2("AuthorizerType: REQUEST, IdentitySource: [$request.header.A], AuthorizerPayloadFormatVersion: 3"),
        ("3", 'found "3" as AuthorizerPayloadFormatVersion, expected 1.0 or 2.0'),
    ),
    (
        HTTP,
        v2("AuthorizerType: REQUEST, IdentitySource: $request.header.A, AuthorizerPayloadFormatVersion: '2.0'"),
        ("$request.header.A", "found a string as IdentitySource, expected a list of strings"),
    ),
    (
        HTTP,
        v2("AuthorizerType: JWT, IdentitySource: [$request.header.A], JwtConfiguration: {Audience: [a], Isuer: b}"),
        (
            "Isuer",
            'found "Isuer", which is not a property of JwtConfiguration of the AWS::ApiGatewayV2::Authorizer Auth',
        ),
    ),
]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(("template", "beside", "expected"), WRONG)
def test_what_is_wrong_in_an_authorizer(template: str, beside: str, expected: tuple[str, str]) -> None:
    assert expected in problems_of(template, beside=beside)


@pytest.mark.rule("SRC-2")
def test_a_claim_of_another_format() -> None:
    claim = "{ClaimName: tenant, Format: LIST}"
    issuers = f'[{{Issuer: "https://a.example", Audiences: [a], AdditionalClaims: [{claim}]}}]'
    configuration = f"JwtConfiguration: {{DefaultAlgorithms: [RS256], Issuers: {issuers}}}"
    beside = rest(f"Type: JWT, IdentitySource: method.request.header.A, {configuration}")
    assert problems_of(REST, beside=beside) == [("LIST", 'found "LIST" as Format, expected SINGLE_STRING')]


@pytest.mark.rule("SRC-2")
def test_an_authorizer_of_another_api_is_refused_for_a_route() -> None:
    beside = """
    Other: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
    Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Other, StageName: live}}
    Auth:
      Type: AWS::ApiGatewayV2::Authorizer
      Properties:
        ApiId: !Ref Other
        AuthorizerType: JWT
        IdentitySource: [$request.header.A]
        JwtConfiguration: {Issuer: "https://login.example", Audience: [a]}
    Post:
      Type: AWS::ApiGatewayV2::Route
      Properties: {ApiId: !Ref Api, RouteKey: POST /, AuthorizationType: JWT, AuthorizerId: !Ref Auth}
    """
    assert problems_of(HTTP, beside=beside) == [
        ("!Ref Auth", "found the authorizer Auth of another API as AuthorizerId")
    ]


@pytest.mark.rule("SRC-2")
def test_an_authorizer_of_an_open_route_is_refused() -> None:
    configuration = 'JwtConfiguration: {Issuer: "https://a.b", Audience: [a]}'
    jwt = v2(f"AuthorizerType: JWT, IdentitySource: [$request.header.A], {configuration}")
    properties = "{ApiId: !Ref Api, RouteKey: POST /, AuthorizerId: !Ref Auth}"
    beside = f"{jwt}\nPost: {{Type: AWS::ApiGatewayV2::Route, Properties: {properties}}}"
    assert problems_of(HTTP, beside=beside) == [("POST /", "POST / has an authorizer and requires NONE")]
