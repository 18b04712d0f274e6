"""Stages, caches, gateway responses, API keys and usage plans of templates (SRC-2)."""

from __future__ import annotations

import json

import pytest

from execpolicy import Api
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.gateway.model.gateway_responses import CustomGatewayResponse
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.stage import ApiKey
from tests.loaders.cloudformation.apis.reading import HTTP, OPTIONS, REST, api_of, ignored_in, problems_of, unknown_in

NO_STAGE = REST.rpartition("  Prod:")[0]
PROD = OPTIONS._replace(stage="prod")


@pytest.mark.rule("SRC-2")
def test_a_deployment_with_a_name_makes_a_stage() -> None:
    beside = """
    Unnamed: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, Description: d}}
    Named:
      Type: AWS::ApiGateway::Deployment
      Properties:
        RestApiId: !Ref Api
        StageName: test
        StageDescription: {Variables: {table: orders}, LoggingLevel: INFO}
    """
    found = {stage.name: dict(stage.variables) for stage in api_of(REST, PROD, beside=beside).stages}
    assert found == {"prod": {}, "test": {"table": "orders"}}


@pytest.mark.rule("SRC-2")
def test_an_api_without_a_stage_has_the_stage_that_is_given() -> None:
    assert [stage.name for stage in api_of(NO_STAGE, PROD).stages] == ["prod"]
    assert unknown_in(NO_STAGE, PROD) == {
        "the stage of Api": ("the template has no stage of this API: give it with --stage or stage=", 2)
    }


@pytest.mark.rule("GW-24")
@pytest.mark.rule("SRC-2")
def test_the_cache_of_a_stage() -> None:
    beside = """
    Cached:
      Type: AWS::ApiGateway::Stage
      Properties:
        RestApiId: !Ref Api
        StageName: cached
        CacheClusterEnabled: true
        MethodSettings:
          - {ResourcePath: "/*", HttpMethod: "*", CachingEnabled: false, LoggingLevel: INFO}
          - {ResourcePath: "/", HttpMethod: GET, CachingEnabled: true}
          - {ResourcePath: "/~1a", HttpMethod: PUT, ThrottlingBurstLimit: 5}
    """
    _, stage = api_of(REST, PROD, beside=beside).stages
    assert stage.method_settings == (MethodSetting("*", "*", cached=False), MethodSetting("/", "GET", cached=True))
    assert unknown_in(REST, PROD, beside=beside) == {
        "requireAuthorizationForCacheControl of the stage cached": (
            "CloudFormation cannot set it: see the settings of the stage that is deployed (GW-24)",
            16,
        )
    }


@pytest.mark.rule("SRC-2")
def test_a_stage_without_a_cache_refuses_nothing() -> None:
    beside = """
    Test:
      Type: AWS::ApiGateway::Stage
      Properties:
        RestApiId: !Ref Api
        StageName: test
        MethodSettings: [{ResourcePath: "/*", HttpMethod: "*", CachingEnabled: true}]
    """
    _, stage = api_of(REST, PROD, beside=beside).stages
    assert (stage.cache_needs_permission, stage.method_settings) == (False, ())


@pytest.mark.rule("SRC-2")
def test_gateway_responses() -> None:
    beside = """
    Key:
      Type: AWS::ApiGateway::GatewayResponse
      Properties: {RestApiId: !Ref Api, ResponseType: INVALID_API_KEY, StatusCode: "402"}
    Denied:
      Type: AWS::ApiGateway::GatewayResponse
      Properties:
        RestApiId: !Ref Api
        ResponseType: ACCESS_DENIED
        StatusCode: 404
        ResponseParameters: {gatewayresponse.header.X: "'x'"}
        ResponseTemplates: {application/json: '{"message": "No such thing"}'}
    """
    assert api_of(REST, beside=beside).gateway_responses == (
        CustomGatewayResponse("INVALID_API_KEY", 402),
        CustomGatewayResponse("ACCESS_DENIED", 404, "No such thing"),
    )


KEYS = """
Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
Plan:
  Type: AWS::ApiGateway::UsagePlan
  Properties: {ApiStages: [{ApiId: !Ref Api, Stage: !Ref Prod}], Quota: {Limit: 5}}
KeyInPlan:
  Type: AWS::ApiGateway::UsagePlanKey
  Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}
"""


@pytest.mark.rule("SRC-2")
def test_a_generated_key_has_a_placeholder() -> None:
    assert api_of(REST, beside=KEYS).api_keys == (ApiKey("generated-value-of-Key", ["prod"]),)
    assert unknown_in(REST, beside=KEYS) == {
        "the value of the API key Key": ("API Gateway generates it: generated-value-of-Key stands for it", 11)
    }


@pytest.mark.rule("SRC-2")
def test_a_key_that_is_not_enabled_is_disabled() -> None:
    beside = KEYS.replace("{Enabled: true}", "{Value: k, StageKeys: [{RestApiId: !Ref Api, StageName: prod}]}")
    assert api_of(REST, beside=beside).api_keys == (ApiKey("k", ["prod"], enabled=False),)
    what = "StageKeys of the AWS::ApiGateway::ApiKey Key: a key is for the stages of its usage plans"
    assert ignored_in(REST, beside=beside)[what] == 11


@pytest.mark.rule("SRC-2")
def test_a_key_without_a_usage_plan_opens_nothing() -> None:
    beside = KEYS.partition("KeyInPlan")[0]
    assert api_of(REST, beside=beside).api_keys == ()


@pytest.mark.rule("SRC-2")
def test_a_plan_and_a_key_of_other_stacks_are_listed() -> None:
    beside = KEYS.replace("!Ref Plan", "!ImportValue Plan").replace("!Ref Api", "!ImportValue Api")
    assert api_of(REST, beside=beside).api_keys == ()
    assert {"UsagePlanId of KeyInPlan", "the API of Plan"} <= {*unknown_in(REST, beside=beside)}


@pytest.mark.rule("SRC-5")
@pytest.mark.parametrize(
    ("what", "written"),
    [
        ("Key", '{"value": "<the key in KeyInPlan>", "stages": ["prod"]}'),
        ("Plan", '{"value": "known", "stages": ["<the stages of the plan in KeyInPlan>"]}'),
    ],
)
def test_a_key_or_a_plan_of_another_stack_may_open_a_stage(what: str, written: str) -> None:
    beside = KEYS.replace(f"!Ref {what}", "!ImportValue Other").replace(
        "{Enabled: true}", "{Value: known, Enabled: true}"
    )
    rest = REST.replace("AuthorizationType: NONE", "AuthorizationType: NONE\n      ApiKeyRequired: true")
    definition = api_of(rest, beside=beside)
    (part,) = definition.unknown_parts
    assert with_unknown_in_words(json.dumps(json.loads(part.written), ensure_ascii=False)) == written
    api = Api.from_definition(definition)
    assert api.invoke("GET", "/", headers={"X-API-Key": "k" * 30}).statuses == (200, 403)
    assert api.invoke("GET", "/", headers={}).outcome == "denied"


WRONG = [
    (
        "Again: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod}}",
        ("prod", 'found the stage "prod" twice'),
    ),
    (
        "D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: prod}}",
        ("prod", 'found the stage "prod" twice'),
    ),
    (
        "D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageDescription: {}}}",
        (
            "StageDescription",
            'found "StageDescription" in the AWS::ApiGateway::Deployment D: it makes no stage',
        ),
    ),
    (
        "S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: a b}}",
        ("a b", "a stage's name has up to 128 letters, digits, _ and -, or is $default; found 'a b'"),
    ),
    (
        "S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: s, CacheClusterEnabled: true, "
        "MethodSettings: [{ResourcePath: /~1nothing, HttpMethod: GET, CachingEnabled: true}]}}",
        ("/~1nothing", 'found the settings of "/nothing/GET", which is not a method of the API'),
    ),
    (KEYS.replace("!Ref Prod", "pro"), ("pro", 'found the stage "pro", which Api does not have')),
    (KEYS.replace("API_KEY", "KEY"), ("KEY", 'found "KEY" as KeyType, expected API_KEY')),
    (KEYS.replace("!Ref Key", "Key"), ("Key", 'found "Key" as KeyId, which is a text, expected a reference to')),
    (
        "R: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api, ResponseType: DENIED, "
        "StatusCode: 404}}",
        ("DENIED", 'found "DENIED" as a gateway response'),
    ),
]


@pytest.mark.rule("SRC-2")
@pytest.mark.parametrize(("beside", "expected"), WRONG)
def test_what_is_wrong(beside: str, expected: tuple[str, str]) -> None:
    ((place, message),) = problems_of(REST, beside=beside)
    assert (place, message[: len(expected[1])]) == expected


@pytest.mark.rule("SRC-2")
def test_variables_that_a_canary_overrides_are_not_known() -> None:
    beside = """
    Test:
      Type: AWS::ApiGateway::Stage
      Properties:
        RestApiId: !Ref Api
        StageName: test
        Variables: {table: orders, color: red}
        CanarySetting: {PercentTraffic: 10, StageVariableOverrides: {table: baskets}}
    """
    assert unknown_in(REST, PROD, beside=beside) == {
        "the stage variable table of test": ("a part of the calls gets the canary, which has another value for it", 17)
    }


@pytest.mark.rule("SRC-2")
def test_a_deployment_of_another_api() -> None:
    beside = """
    Other: {Type: AWS::ApiGateway::RestApi, Properties: {}}
    D: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Other, StageName: live}}
    S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: s, DeploymentId: !Ref D}}
    """
    assert problems_of(REST, beside=beside) == [
        ("!Ref D", "found a deployment of Other as DeploymentId of a stage of Api")
    ]


@pytest.mark.rule("SRC-2")
def test_stage_variables_of_an_http_api() -> None:
    template = HTTP.replace("StageName: $default", "StageName: $default, StageVariables: {a: 1}, AutoDeploy: true")
    assert dict(api_of(template).stage.variables) == {"a": "1"}
