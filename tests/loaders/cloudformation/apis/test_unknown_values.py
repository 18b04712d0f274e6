"""Values of an API that a template does not say: a call is answered where every value gives the same answer (SRC-9)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.kinds import only_api, parse_contents
from tests.loaders.cloudformation.apis.reading import OPTIONS

pytestmark = pytest.mark.rule("SRC-9")

TEMPLATE = """
Parameters:
  Auth: {Type: String}
  Endpoint: {Type: String, Default: REGIONAL}
  Keys: {Type: String, Default: "false"}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      EndpointConfiguration: {Types: [!Ref Endpoint]}
      Policy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}
          - Effect: Deny
            Principal: "*"
            Action: "execute-api:Invoke"
            Resource: "execute-api:/*"
            Condition: {IpAddress: {"aws:SourceIp": 192.0.2.0/24}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: !Ref Auth
      ApiKeyRequired: !Ref Keys
  Prod:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, StageName: prod, CacheClusterEnabled: true}
"""
OFFICE, BLOCKED = {"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "192.0.2.7"}
PERMISSION = "requireAuthorizationForCacheControl of the stage prod"


def api_of(text: str = TEMPLATE, **parameters: str) -> Api:
    options = OPTIONS._replace(parameters=parameters)
    return Api.from_variants(only_api(parse_contents(text, options, name="template.yaml"), options))


def answer(api: Api, context: Any, **more: Any) -> GatewayResponse:
    return api.invoke("GET", "/", context=context, **more)


def test_an_authorization_type_by_a_parameter() -> None:
    api = api_of()
    assert answer(api, BLOCKED).outcome == "denied"
    response = answer(api, OFFICE)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    place = response.unknown_values[0].place
    assert [value.name for value in response.unknown_values] == ["the parameter Auth"]
    assert place.startswith("template.yaml:")
    assert TEMPLATE.split("\n")[int(place.split(":")[1]) - 1].strip() == "AuthorizationType: !Ref Auth"
    assert answer(api_of(Auth="NONE"), OFFICE).outcome == "allowed"


def test_an_endpoint_by_a_parameter() -> None:
    text = TEMPLATE.replace(", Default: REGIONAL", "")
    api = api_of(text, Auth="NONE")
    response = answer(api, OFFICE)
    assert (response.outcome, response.unknown_values) == ("allowed", ())
    # Through a VPC endpoint a call reaches a private API only.
    response = answer(api, {"aws:SourceVpce": "vpce-0aaa"})
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    assert [value.name for value in response.unknown_values] == ["the parameter Endpoint"]


@pytest.mark.rule("GW-24")
@pytest.mark.rule("SRC-2")
def test_a_cache_whose_invalidation_may_need_a_permission() -> None:
    api = api_of(Auth="NONE")
    assert answer(api, OFFICE, headers={}).outcome == "allowed"
    response = answer(api, OFFICE, headers={"Cache-Control": "max-age=0"})
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    assert [value.name for value in response.unknown_values] == [PERMISSION]
    assert response.steps[-1].number == "6"
    assert answer(api, BLOCKED, headers={"Cache-Control": "max-age=0"}).outcome == "denied"
