"""The logical ids and types of what SAM generates (SRC-3)."""

from __future__ import annotations

import pytest

from execpolicy import PolicySyntaxError, Template
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Text
from execpolicy.loaders.cloudformation.sam.generated import generated_nodes, generated_types


def resources_of(text: str) -> JsonObject:
    problems, document = read_any(text, "template.yaml")
    problems.check()
    assert isinstance(document, JsonObject)
    return document


RESOURCES = """
OrdersApi:
  Type: AWS::Serverless::Api
  Properties: {StageName: prod, Domain: {DomainName: api.example.com}}
DatedApi:
  Type: AWS::Serverless::Api
  Properties: {StageName: v-1}
ByParameter:
  Type: AWS::Serverless::Api
  Properties: {StageName: {Ref: Stage}}
WebApi:
  Type: AWS::Serverless::HttpApi
Chat:
  Type: AWS::Serverless::WebSocketApi
Orders:
  Type: AWS::Serverless::Function
  Properties:
    AutoPublishAlias: live
    FunctionUrlConfig: {AuthType: NONE}
    Events:
      Get: {Type: Api, Properties: {Path: /, Method: get}}
      Any: {Type: HttpApi}
      Nightly: {Type: Schedule}
      Jobs: {Type: SQS}
WithRole:
  Type: AWS::Serverless::Function
  Properties: {Role: arn:aws:iam::111122223333:role/R}
Flow:
  Type: AWS::Serverless::StateMachine
  Properties: {Events: {Start: {Type: Api, Properties: {RestApiId: {Ref: OrdersApi}}}}}
Queue:
  Type: AWS::SQS::Queue
"""


@pytest.mark.rule("SRC-3")
@pytest.mark.parametrize(
    ("name", "generated"),
    [
        ("OrdersApi", "AWS::ApiGateway::RestApi"),
        ("OrdersApi.Stage", "AWS::ApiGateway::Stage"),
        ("OrdersApi.Deployment", "AWS::ApiGateway::Deployment"),
        ("OrdersApiprodStage", "AWS::ApiGateway::Stage"),
        ("DatedApiStage065afdce56", "AWS::ApiGateway::Stage"),
        ("ByParameterStage", "AWS::ApiGateway::Stage"),
        ("OrdersApiApiKey", "AWS::ApiGateway::ApiKey"),
        ("ServerlessUsagePlan", "AWS::ApiGateway::UsagePlan"),
        ("ApiGatewayDomainName1bc412bb08", "AWS::ApiGateway::DomainName"),
        ("WebApi", "AWS::ApiGatewayV2::Api"),
        ("WebApiApiGatewayDefaultStage", "AWS::ApiGatewayV2::Stage"),
        ("ChatDefaultStage", "AWS::ApiGatewayV2::Stage"),
        ("Orders", "AWS::Lambda::Function"),
        ("OrdersRole", "AWS::IAM::Role"),
        ("OrdersAliaslive", "AWS::Lambda::Alias"),
        ("Orders.Version", "AWS::Lambda::Version"),
        ("OrdersUrl", "AWS::Lambda::Url"),
        ("OrdersNightly", "AWS::Events::Rule"),
        ("OrdersJobs", "AWS::Lambda::EventSourceMapping"),
        ("FlowRole", "AWS::IAM::Role"),
        ("FlowStartRole", "AWS::IAM::Role"),
        ("ServerlessRestApi", "AWS::ApiGateway::RestApi"),
        ("ServerlessRestApiProdStage", "AWS::ApiGateway::Stage"),
        ("ServerlessHttpApi", "AWS::ApiGatewayV2::Api"),
        ("ServerlessHttpApi.Stage", "AWS::ApiGatewayV2::Stage"),
    ],
)
def test_references_to_what_the_transform_generates_have_a_type(name: str, generated: str) -> None:
    assert generated_types(resources_of(RESOURCES))[name] == generated


def test_what_is_not_generated_has_none() -> None:
    assert not {"Queue", "WithRoleRole", "OrdersGet"} & {*generated_types(resources_of(RESOURCES))}
    no_events = "Orders:\n  Type: AWS::Serverless::Function\n"
    assert "ServerlessRestApi" not in generated_types(resources_of(no_events))


def test_the_name_of_a_stage_or_domain_is_found_under_each_of_its_ids() -> None:
    nodes = generated_nodes(resources_of(RESOURCES))
    stages = {name: member(node, "Properties", "StageName") for name, node in nodes.items()}
    domains = {name: member(node, "Properties", "DomainName") for name, node in nodes.items()}
    texts = {name: node.value for found in (stages, domains) for name, node in found.items() if isinstance(node, Text)}
    assert texts["OrdersApi.Stage"] == texts["OrdersApiprodStage"] == "prod"
    assert texts["WebApi.Stage"] == texts["ServerlessHttpApi.Stage"] == "$default"
    assert texts["ServerlessRestApi.Stage"] == texts["ServerlessRestApiProdStage"] == "Prod"
    assert texts["Chat.Stage"] == "default"
    assert texts["OrdersApi.DomainName"] == texts["ApiGatewayDomainName1bc412bb08"] == "api.example.com"
    assert isinstance(stages["ByParameter.Stage"], JsonObject)


@pytest.mark.rule("SRC-3")
@pytest.mark.parametrize("named", ["{Ref: ServerlessRestApi}", "ServerlessRestApi"])
def test_an_event_that_names_the_implicit_api_makes_it(named: str) -> None:
    """As the translator does, also where no event leaves the API out."""
    event = f"{{Type: Api, Properties: {{Path: /orders, Method: get, RestApiId: {named}}}}}"
    function = f"{{Handler: a.b, Runtime: python3.12, CodeUri: s3://code/key, Events: {{Get: {event}}}}}"
    text = (
        "Transform: AWS::Serverless-2016-10-31\n"
        f"Resources:\n  Orders: {{Type: AWS::Serverless::Function, Properties: {function}}}\n"
        "Outputs: {Id: {Value: {Ref: ServerlessRestApi}}, Stage: {Value: {Ref: ServerlessRestApiProdStage}}}\n"
    )
    api = Template.parse(text, stage="Prod").apis["ServerlessRestApi"]
    assert [route.key for route in api.routes] == ["GET /orders"]
    other = text.replace("Ref: ServerlessRestApi}", "Ref: ServerlessHttpApi}")
    with pytest.raises(PolicySyntaxError, match="the template has no such parameter or resource"):
        Template.parse(other)
