"""A definition in the Body of an API in a template is read as the same definition in a file (SRC-1)."""

from __future__ import annotations

import pytest

from execpolicy import Api, PolicySyntaxError
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents
from tests.refused import refused

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        info: {title: Orders, version: '1'}
        security: [{t: []}]
        paths:
          /orders:
            get:
              security: [{t: []}, {k: []}]
              responses: {200: {description: yes}}
            put: {x-amazon-apigateway-auth: {type: NONE}}
        components:
          securitySchemes:
            t: {type: apiKey, name: X-Token, in: header, x-amazon-apigateway-authorizer: {type: token}}
            k: {type: apiKey, name: x-api-key, in: header}
        x-amazon-apigateway-policy:
          Statement:
            Effect: Deny
            Principal: '*'
            Action: execute-api:Invoke
            Resource: arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/prod/PUT/*
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Orders, StageName: prod}}
"""


@pytest.mark.rule("SRC-1", "SRC-2")
def test_a_definition_in_a_template() -> None:
    contents = parse_contents(TEMPLATE, name="template.yaml")
    (api,) = contents.apis["Orders"].values
    assert [(route.key, route.authorizer, route.api_key_required) for route in api.routes] == [
        ("GET /orders", "t", True),
        ("PUT /orders", None, False),
    ]
    refusal = Api.from_definition(api).invoke("PUT", "/orders").refused_by
    assert refusal is not None
    assert refusal.gate == "resource policy"
    assert '"security" at the root, which the import of a REST API ignores' in {each.what for each in contents.ignored}


@pytest.mark.rule("SRC-1", "SRC-2")
def test_a_mistake_in_a_definition_has_its_place_in_the_template() -> None:
    text = TEMPLATE.replace("{t: []}, {k: []}", "{tt: []}")
    found = refused(PolicySyntaxError, lambda: parse_contents(text, ReadOptions(), name="template.yaml"))
    assert found.message == 'found the requirement "tt", and the document has no such security scheme'
    assert (found.at, found.underlined) == ("template.yaml:12:27", "tt")
