"""Resources of a template whose references have the same value: each is found where its type is expected (SRC-2)."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from execpolicy import Template
from tests.loaders.cloudformation.apis.reading import HTTP, REST, api_of, problems_of

pytestmark = pytest.mark.rule("SRC-2")

#: A reference to another resource, before all others, so that its value is known first.
FIRST = "  AFirst: {Type: AWS::IAM::Group, Properties: {GroupName: !Ref Other}}\n"
OTHERS = [
    "{Type: AWS::Lambda::Function, Properties: {FunctionName: api}}",
    "{Type: AWS::IAM::User, Properties: {UserName: api}}",
    "{Type: AWS::Cognito::UserPoolResourceServer, Properties: {Identifier: api}}",
]


def with_other(template: str, other: str) -> str:
    """The template with another resource whose Ref is the id of the API too, and that is referred to first."""
    return template.replace("Resources:\n", f"Resources:\n{FIRST}  Other: {other}\n")


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("template", [REST, HTTP], ids=["REST", "HTTP"])
def test_the_id_of_an_api_is_the_name_of_another_resource(template: str, other: str) -> None:
    assert [route.key for route in api_of(with_other(template, other)).routes] == ["GET /"]


def test_the_arn_of_a_managed_policy_is_the_name_of_another_resource() -> None:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": statement}
    arn = "arn:aws:iam::123456789012:policy/Reads"
    resources: dict[str, Any] = {
        "First": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": {"Ref": "Other"}}},
        "Other": {"Type": "AWS::Cognito::UserPoolResourceServer", "Properties": {"Identifier": arn}},
        "Reads": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}},
        "Ann": {"Type": "AWS::IAM::User", "Properties": {"ManagedPolicyArns": [{"Ref": "Reads"}]}},
    }
    caller = Template.parse({"Resources": resources}).callers["Ann"]
    assert len(caller.identity) == 1


def test_two_roles_with_one_name_that_exclude_each_other() -> None:
    text = """
    Parameters: {Stage: {Type: String}}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      IsTest: !Not [!Condition IsProd]
    Resources:
      Prod:
        Type: AWS::IAM::Role
        Condition: IsProd
        Properties: {RoleName: partner, AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
      Test:
        Type: AWS::IAM::Role
        Condition: IsTest
        Properties: {RoleName: partner, AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
      Reads:
        Type: AWS::IAM::RolePolicy
        Properties:
          RoleName: !If [IsProd, !Ref Prod, !Ref Test]
          PolicyName: reads
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: "execute-api:Invoke", Resource: "*"}
    """
    found = Template.parse(dedent(text)).callers
    assert [len(found.variants(name).values[0].identity) for name in ("Prod", "Test")] == [1, 1]


def test_a_reference_to_a_resource_of_another_type_is_reported() -> None:
    other = "{Type: AWS::Lambda::Function, Properties: {FunctionName: other}}"
    problems = problems_of(with_other(REST.replace("RestApiId: !Ref Api\n", "RestApiId: !Ref Other\n"), other))
    message = "found the AWS::Lambda::Function Other as RestApiId, expected an AWS::ApiGateway::RestApi"
    assert problems[0] == ("!Ref Other", message)
