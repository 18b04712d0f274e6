"""APIs whose definition is in the property Body (SRC-1, SRC-2)."""

from __future__ import annotations

import json

import pytest

from execpolicy.gateway.model.names import EndpointType
from tests.loaders.cloudformation.apis.reading import HTTP, REST, api_of, ignored_in, problems_of

DEFINITION = """
      Body:
        openapi: 3.0.1
        info: {title: orders, version: "1"}
        paths:
          /orders:
            get:
              security: [{iam: []}]
              responses: {"200": {description: ok}}
        components:
          securitySchemes:
            iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
"""


def with_body(properties: str = "", extensions: str = "") -> str:
    """A REST API with a definition."""
    lines = "".join(f"      {line}\n" for line in properties.split("; ") if line)
    body = DEFINITION.replace("        paths:", f"        {extensions}\n        paths:") if extensions else DEFINITION
    return (
        "Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n"
        f"{lines}{body.lstrip(chr(10))}"
        "  Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod}}\n"
    )


POLICY = 'Policy: {Version: "2012-10-17", Statement: {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}}'
EXTENSION = POLICY.replace("Policy:", "x-amazon-apigateway-policy:")


@pytest.mark.rule("SRC-2")
def test_the_routes_are_those_of_the_definition() -> None:
    api = api_of(with_body("EndpointConfiguration: {Types: [REGIONAL]}"))
    assert [(route.key, route.auth) for route in api.routes] == [("GET /orders", "AWS_IAM")]
    assert (api.endpoint, api.id, api.stage.name) == (EndpointType.REGIONAL, "api", "prod")


@pytest.mark.rule("SRC-2")
def test_the_definition_may_be_a_text() -> None:
    body = json.dumps(
        {"openapi": "3.0.1", "info": {}, "paths": {"/a": {"get": {"x-amazon-apigateway-auth": {"type": "NONE"}}}}}
    )
    template = (
        REST.partition("  GetRoot")[0].replace("EndpointConfiguration: {Types: [REGIONAL]}", f"Body: '{body}'")
        + REST[REST.index("  Prod") :]
    )
    assert [route.key for route in api_of(template).routes] == ["GET /a"]


@pytest.mark.rule("SRC-2")
def test_the_import_can_say_the_type_of_the_endpoint() -> None:
    api = api_of(with_body("Parameters: {endpointConfigurationTypes: PRIVATE, ignore: documentation}"))
    assert api.endpoint is EndpointType.PRIVATE
    assert "ignore of Parameters of the AWS::ApiGateway::RestApi Api" in ignored_in(
        with_body("Parameters: {endpointConfigurationTypes: PRIVATE, ignore: documentation}")
    )


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize("template", [with_body(POLICY), with_body("", EXTENSION)])
def test_the_policy_of_a_property_or_of_the_definition(template: str) -> None:
    policy = api_of(template).resource_policy
    assert policy is not None
    assert policy.source is not None
    (statement,) = policy.statements
    assert policy.source.text[statement.start : statement.end] == (
        '{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}'
    )


METHOD = """
GetRoot:
  Type: AWS::ApiGateway::Method
  Properties:
    RestApiId: !Ref Api
    ResourceId: !GetAtt Api.RootResourceId
    HttpMethod: GET
    AuthorizationType: NONE
"""
WRONG = [
    (
        with_body(),
        METHOD,
        ("GetRoot", "found the AWS::ApiGateway::Method GetRoot of Api, which has a Body"),
    ),
    (
        with_body(),
        "A: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, "
        "PathPart: a}}",
        ("A", "found the AWS::ApiGateway::Resource A of Api, which has a Body"),
    ),
    (
        with_body(POLICY, EXTENSION),
        "",
        ("Policy", 'found "Policy" in the AWS::ApiGateway::RestApi Api: its Body says it too'),
    ),
    (
        with_body(f"{POLICY}; Mode: overwrite"),
        "",
        ("Policy", 'found "Policy" in the AWS::ApiGateway::RestApi Api: a Body that overwrites the API removes it'),
    ),
    (with_body("Mode: replace"), "", ("replace", 'found "replace" as Mode, expected overwrite or merge')),
    (
        with_body("Parameters: {endpointConfigurationTyp: PRIVATE}"),
        "",
        ("endpointConfigurationTyp", 'found "endpointConfigurationTyp", which is not a property of Parameters'),
    ),
    (
        with_body("Parameters: {endpointConfigurationTypes: EDGE}; EndpointConfiguration: {Types: [PRIVATE]}"),
        "",
        (
            "{endpointConfigurationTypes: EDGE}",
            'found "EDGE" as endpointConfigurationTypes beside Types "PRIVATE"',
        ),
    ),
    (with_body("", "x-amazon-apigateway-polcy: {}"), "", ("x-amazon-apigateway-polcy", "found")),
    (
        with_body("", "x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-1]}"),
        "",
        ("openapi: 3.0.1", "found a Body of an API that is PRIVATE, and the API is EDGE"),
    ),
    (
        HTTP.replace("{ProtocolType: HTTP}", "{Body: [1]}"),
        "",
        ("[1]", "found a list as Body, expected an OpenAPI document"),
    ),
    (
        HTTP.replace("{ProtocolType: HTTP}", "{Body: {openapi: 3.0.1, info: {}, paths: {}}, CorsConfiguration: {}}"),
        "",
        (
            "CorsConfiguration",
            'found "CorsConfiguration" in the AWS::ApiGatewayV2::Api Api: it has a Body, in which an API says it',
        ),
    ),
    (
        HTTP.replace("{ProtocolType: HTTP}", "{Body: {openapi: 3.0.1, info: {}, paths: {}}}"),
        "",
        ("GetRoot", "found the AWS::ApiGatewayV2::Route GetRoot of Api, which has a Body"),
    ),
]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(("template", "beside", "expected"), WRONG)
def test_what_is_wrong_beside_a_body(template: str, beside: str, expected: tuple[str, str]) -> None:
    found = problems_of(template, beside=beside)
    assert any(place == expected[0] and message.startswith(expected[1]) for place, message in found), found
