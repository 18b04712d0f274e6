"""What a template describes as a whole: variants, what is not known, what is not read (SRC-5)."""

from __future__ import annotations

import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents

TEMPLATE = """
Parameters:
  Stage: {Type: String}
  Auth: {Type: String}
  Unused: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasAuth: !Equals [!Ref Auth, "on"]
  IsUnused: !Equals [!Ref Unused, x]
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: IsUnused, Properties: {QueueName: !Ref Unused}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders, Description: !If [IsProd, a, b]}
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: !If [HasAuth, AWS_IAM, NONE]
  Stage1:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, StageName: prod, DeploymentId: d1}
"""


@pytest.mark.rule("SRC-5")
def test_the_variants_of_an_api_and_what_they_depend_on() -> None:
    contents = parse_contents(TEMPLATE, name="t.yaml")
    (api,) = contents.apis.values()
    assert {str(each.routes[0].auth and each.routes[0].auth.value) for each in api.values} == {"AWS_IAM", "NONE"}
    assert api.depends_on == ("the parameter Auth",)
    unknown = {each.name: (each.span.line, each.reason) for each in contents.unknowns}
    reason = "it has no Default: give it with --parameter Auth=…"
    assert unknown["the parameter Auth"] == (8, reason)
    assert "the parameter Unused" not in unknown
    assert ("the AWS::SQS::Queue Queue", 11) in {(each.what, each.span.line) for each in contents.ignored}


@pytest.mark.rule("SRC-5")
def test_what_is_only_used_in_ignored_parts_is_not_listed() -> None:
    text = """\
Parameters: {Stage: {Type: String}, Name: {Type: String}, Both: {Type: String}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: !Ref Name, Description: !Sub "${Both}"}}
  S: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: !Ref Stage, DeploymentId: d,
    Variables: {both: !Ref Both}}}
"""
    contents = parse_contents(text, name="t.yaml")
    places = {each.name: each.place for each in contents.unknowns}
    assert places == {"the parameter Both": "t.yaml:5:23", "the parameter Stage": "t.yaml:4:82"}
    assert "t.yaml:3:60" in {each.place for each in contents.ignored}


@pytest.mark.rule("SRC-5")
def test_a_given_value_leaves_one_variant() -> None:
    contents = parse_contents(TEMPLATE, ReadOptions(parameters={"Auth": "on"}), name="t.yaml")
    (api,) = contents.apis.values()
    assert len(api.values) == 1
    assert api.depends_on == ()


@pytest.mark.rule("SRC-2")
def test_what_a_nested_stack_contains_is_not_known() -> None:
    text = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.com/a.yaml}}
  App: {Type: AWS::Serverless::Application, Properties: {Location: app.yaml}}
"""
    contents = parse_contents(text, name="t.yaml")
    assert {(each.name, each.place, each.reason) for each in contents.unknowns} == {
        ("the content of the stack Inner", "t.yaml:3:3", "it is in another template, which is not read"),
        ("the content of the stack App", "t.yaml:4:3", "it is in another template, which is not read"),
    }
    assert contents.ignored == ()


@pytest.mark.rule("SRC-2")
def test_a_module_stands_for_resources_that_the_template_does_not_have() -> None:
    text = "Resources:\n  Api: {Type: 'My::Own::Api::MODULE'}\n"
    with pytest.raises(PolicySyntaxError) as refused:
        parse_contents(text, name="t.yaml")
    (error,) = refused.value.errors
    assert error.message == 'found the module "My::Own::Api::MODULE", whose resources are not in the template'
    assert str(error).startswith("t.yaml:2:15: ")
