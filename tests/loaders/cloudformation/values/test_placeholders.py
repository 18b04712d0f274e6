"""What stands for the values that AWS assigns at deployment (SRC-7)."""

from __future__ import annotations

import re

import pytest

from execpolicy.document.syntax.nodes import Text
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.values.placeholders import RESOURCE_VALUES
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.cloudformation.stacks import plain, stacks, values
from tests.refused import refused

ACCOUNT = "123456789012"

#: Type, properties, what is written, and a pattern of the value.
TABLE = [
    ("AWS::ApiGateway::RestApi", "", "!Ref X", "x"),
    ("AWS::ApiGateway::RestApi", "", "!GetAtt X.RestApiId", "x"),
    ("AWS::ApiGateway::RestApi", "", "!GetAtt X.RootResourceId", "[a-z0-9]{10}"),
    ("AWS::ApiGateway::Resource", "", "!Ref X", "[a-z0-9]{10}"),
    ("AWS::ApiGateway::Authorizer", "", "!GetAtt X.AuthorizerId", "[a-z0-9]{10}"),
    ("AWS::ApiGateway::Stage", "StageName: prod", "!Ref X", "prod"),
    ("AWS::ApiGateway::Stage", "A: b", "!Ref X", "<the reference X>"),
    ("AWS::ApiGateway::DomainName", "DomainName: a.example", "!Ref X", "a.example"),
    (
        "AWS::ApiGateway::DomainName",
        "DomainName: a.example",
        "!GetAtt X.DomainNameArn",
        "arn:aws:apigateway:us-east-1::/domainnames/a.example",
    ),
    ("AWS::ApiGateway::DomainName", "DomainName: a.example", "!GetAtt X.RegionalDomainName", "<the attribute X.*>"),
    (
        "AWS::ApiGateway::DomainNameV2",
        "DomainName: a.example",
        "!Ref X",
        f"arn:aws:apigateway:us-east-1:{ACCOUNT}:/domainnames/a.example\\+[a-z0-9]{{10}}",
    ),
    (
        "AWS::ApiGatewayV2::Api",
        "ProtocolType: HTTP",
        "!GetAtt X.ApiEndpoint",
        "https://x.execute-api.us-east-1.amazonaws.com",
    ),
    ("AWS::ApiGatewayV2::Api", "ProtocolType: WEBSOCKET", "!GetAtt X.ApiEndpoint", "wss://x.execute-api.*"),
    ("AWS::ApiGatewayV2::Api", "A: b", "!GetAtt X.ExecuteApiArn", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:x"),
    ("AWS::ApiGatewayV2::Authorizer", "A: b", "!Ref X", "[a-z0-9]{10}"),
    ("AWS::IAM::Role", "A: b", "!Ref X", "X"),
    ("AWS::IAM::Role", "RoleName: Clerk", "!Ref X", "Clerk"),
    ("AWS::IAM::Role", "A: b", "!GetAtt X.Arn", f"arn:aws:iam::{ACCOUNT}:role/X"),
    (
        "AWS::IAM::Role",
        "{RoleName: !Sub '${P}-r', Path: /a/}",
        "!GetAtt X.Arn",
        f"arn:aws:iam::{ACCOUNT}:role/a/<the parameter P>-r",
    ),
    ("AWS::IAM::Role", "A: b", "!GetAtt X.RoleId", "AROA[0-9A-F]{17}"),
    ("AWS::IAM::User", "UserName: Ann", "!GetAtt X.Arn", f"arn:aws:iam::{ACCOUNT}:user/Ann"),
    ("AWS::IAM::Group", "A: b", "!GetAtt X.Arn", f"arn:aws:iam::{ACCOUNT}:group/X"),
    ("AWS::IAM::ManagedPolicy", "A: b", "!Ref X", f"arn:aws:iam::{ACCOUNT}:policy/X"),
    ("AWS::IAM::Policy", "PolicyName: p", "!Ref X", "p"),
    ("AWS::Lambda::Function", "FunctionName: f", "!Ref X", "f"),
    ("AWS::Lambda::Function", "A: b", "!GetAtt X.Arn", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:X"),
    (
        "AWS::Lambda::Alias",
        "{FunctionName: f, Name: live}",
        "!Ref X",
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:live",
    ),
    (
        "AWS::Lambda::Version",
        "FunctionName: !GetAtt F.Arn",
        "!Ref X",
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:F:[1-9]{{6}}",
    ),
    ("AWS::Lambda::Version", "A: b", "!Ref X", "<the reference X>"),
    ("AWS::Cognito::UserPool", "A: b", "!Ref X", "us-east-1_[A-Za-z0-9]{9}"),
    (
        "AWS::Cognito::UserPool",
        "A: b",
        "!GetAtt X.Arn",
        f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/us-east-1_.{{9}}",
    ),
    (
        "AWS::Cognito::UserPool",
        "A: b",
        "!GetAtt X.ProviderURL",
        "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_.{9}",
    ),
    ("AWS::Cognito::UserPoolClient", "A: b", "!Ref X", "[a-z0-9]{26}"),
    ("AWS::EC2::VPCEndpoint", "A: b", "!Ref X", "vpce-[0-9a-f]{17}"),
    ("AWS::EC2::VPC", "A: b", "!GetAtt X.VpcId", "vpc-[0-9a-f]{17}"),
    ("AWS::SQS::Queue", "A: b", "!Ref X", "<the reference X>"),
    ("AWS::SQS::Queue", "A: b", "!GetAtt X.Arn", "<the attribute X.Arn>"),
    ("AWS::CloudFormation::Stack", "A: b", "!GetAtt X.Outputs.VpcId", "<the attribute X.Outputs.VpcId>"),
]


def template(type_name: str, properties: str, written: str) -> str:
    properties = properties if properties.startswith("{") or not properties else f"{{{properties}}}"
    return (
        f"Parameters: {{P: {{Type: String}}}}\nResources:\n  Api: {{Type: T, Properties: {{V: {written}}}}}\n"
        f"  F: {{Type: AWS::Lambda::Function}}\n  X: {{Type: {type_name}, Properties: {properties or '{}'}}}\n"
    )


@pytest.mark.parametrize(("type_name", "properties", "written", "expected"), TABLE)
@pytest.mark.rule("SRC-7")
def test_the_values_of_resources(type_name: str, properties: str, written: str, expected: str) -> None:
    (found,) = values(template(type_name, properties, written))
    assert isinstance(found, dict)
    pattern = expected if "[" in expected or "*" in expected or "{" in expected else re.escape(expected)
    assert re.fullmatch(pattern, found["V"]), found


@pytest.mark.rule("SRC-7")
def test_every_type_has_a_value_of_its_own() -> None:
    """Two resources of one type that AWS assigns an id to have different ones."""
    for type_name in RESOURCE_VALUES:
        two = f"  X: {{Type: {type_name}}}\n  Y: {{Type: {type_name}}}\n"
        text = f"Resources:\n  Api: {{Type: T, Properties: {{A: !Ref X, B: !Ref Y}}}}\n{two}"
        (found,) = values(text)
        assert isinstance(found, dict)
        assert found["A"] != found["B"], type_name


@pytest.mark.rule("SRC-7")
def test_the_resource_that_a_value_stands_for() -> None:
    (stack,) = stacks(
        """
        Resources:
          Api: {Type: AWS::ApiGateway::RestApi}
          Orders:
            Type: AWS::ApiGateway::Resource
            Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: !Sub "${Api}-x"}
          Off: {Type: AWS::ApiGateway::Resource, Condition: Never}
        Conditions: {Never: !Equals [a, b]}
        """
    )
    (orders,) = stack.of_type("AWS::ApiGateway::Resource")
    members = {name: value for name, (_, _, value) in orders.properties.members.items()}
    referred = {name: stack.referred(node) for name, node in members.items()}
    assert {name: each and each.logical_id for name, each in referred.items()} == {
        "RestApiId": "Api",
        "ParentId": "Api",
        "PathPart": None,
    }
    assert stack.referred(Text("nothing")) is None
    assert [*stack.resources] == ["Api", "Orders"]
    assert "Off" not in stack.resources


@pytest.mark.rule("SRC-7")
def test_the_id_that_is_given() -> None:
    text = template("AWS::ApiGateway::RestApi", "", "!Ref X")
    assert values(text, ReadOptions(api_id="a1b2c3")) == [{"V": "a1b2c3"}]
    two = text + "  Y: {Type: AWS::ApiGatewayV2::Api}\n"
    assert values(two, ReadOptions(api_id="a1b2c3", name="X")) == [{"V": "a1b2c3"}]
    assert values(two, ReadOptions(api_id="a1b2c3", name="Y")) == [{"V": "x"}]
    said = refused(UsageError, lambda: values(two, ReadOptions(api_id="a1b2c3")))
    assert said.message == "found api_id= for a template with 2 APIs: X and Y"
    assert said.advice == "give name= with the one that has this id"


@pytest.mark.rule("SRC-7")
def test_a_reference_to_what_does_not_exist() -> None:
    text = template("AWS::IAM::Role", "A: b", "!Ref X").replace(
        "{Type: AWS::IAM::Role", "{Condition: C, Type: AWS::IAM::Role"
    )
    with pytest.raises(Exception, match="found a reference to X, which does not exist: its condition C is false"):
        values(text + "Conditions: {C: !Equals [a, b]}\n")
    found = values(text + "Conditions: {C: !Equals [!Ref P, b]}\n")
    assert found == [{"V": "X"}, {"V": "<the reference X>"}]


@pytest.mark.rule("SRC-2")
def test_a_value_has_the_place_where_it_is_written() -> None:
    text = """
    Parameters: {P: {Type: String, Default: p}}
    Resources:
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          A: !Sub "${P}-x"
          B: [!If [C, {D: e}, f], {"Ref": P}]
    Conditions: {C: !Equals [!Ref P, p]}
    """
    (stack,) = stacks(text)
    source = stack.problems.source.text
    members = stack.resources["Api"].properties.members
    a, b = members["A"][2], members["B"][2]
    assert source[a.start : a.end] == '!Sub "${P}-x"'
    assert plain(b) == [{"D": "e"}, "p"]
    assert [source[each.start : each.end] for each in getattr(b, "items", [])] == ["{D: e}", '{"Ref": P}']
    name = stack.resources["Api"].name
    assert source[name.start : name.end] == "Api"
