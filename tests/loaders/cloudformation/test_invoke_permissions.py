"""Whether a template lets API Gateway invoke the functions of authorizers (SRC-2, AUT-10)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from benchmarks.counted import calls_of
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import parse_contents

pytestmark = pytest.mark.rule("SRC-2", "AUT-10")

REASON = "the template has no AWS::Lambda::Permission for it: it is read as permitted, and calls get 500 otherwise"
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Arn: {Type: String}
Resources:
  Check: {Type: AWS::Lambda::Function}
  Other: {Type: AWS::Lambda::Function}
  Orders: {Type: AWS::ApiGateway::RestApi}
  Live: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Orders, StageName: prod}}
  Tokens:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Orders
      Type: TOKEN
      IdentitySource: method.request.header.Authorization
      AuthorizerUri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%s/invocations"
%s
"""
PERMISSION = """\
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: %s, Action: lambda:InvokeFunction, Principal: %s, SourceArn: %s}
"""
OF_API = '!Sub "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Orders}%s"'
GATEWAY = "apigateway.amazonaws.com"


def read(rest: str = "", function: str = "${Check.Arn}") -> TemplateContents:
    return parse_contents(TEMPLATE % (function, rest), ReadOptions(), name="t.yaml", kind="cloudformation")


def missing(contents: TemplateContents) -> list[tuple[str, str, str]]:
    return [(each.name, each.reason, each.place) for each in contents.unknowns if "may invoke" in each.name]


MISSING = [("whether API Gateway may invoke Check for the authorizer Tokens", REASON, "t.yaml:9:3")]


@pytest.mark.parametrize(
    ("function", "principal", "source"),
    [
        ("!Ref Check", GATEWAY, OF_API % "/authorizers/${Tokens}"),
        ("!GetAtt Check.Arn", GATEWAY, OF_API % "/authorizers/*"),
        ("!Ref Check", GATEWAY, OF_API % "/*"),
        ("!Ref Check", GATEWAY, OF_API % "/*/*"),
        ("!Ref Check", GATEWAY, "'*'"),
        ("!Ref Check", GATEWAY, "!Ref Arn"),
        ("!Ref Check", "!Ref Arn", OF_API % "/*"),
        ("!Ref Arn", GATEWAY, OF_API % "/*"),
    ],
)
def test_a_permission_that_lets_api_gateway_invoke_the_function(function: str, principal: str, source: str) -> None:
    assert missing(read(PERMISSION % (function, principal, source))) == []


@pytest.mark.parametrize(
    ("function", "principal", "source"),
    [
        ("!Ref Other", GATEWAY, OF_API % "/*"),
        ("!Ref Check", "events.amazonaws.com", OF_API % "/*"),
        ("!Ref Check", GATEWAY, OF_API % "/*/GET/orders"),
        ("!Ref Check", GATEWAY, OF_API % "/*/*/*"),
        ("!Ref Check", GATEWAY, "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/*"),
    ],
)
def test_a_permission_of_something_else(function: str, principal: str, source: str) -> None:
    assert missing(read(PERMISSION % (function, principal, source))) == MISSING


def test_a_function_without_a_permission() -> None:
    assert missing(read()) == MISSING
    elsewhere = "arn:aws:lambda:us-east-1:123456789012:function:elsewhere"
    assert missing(read(function=elsewhere)) == []
    assert missing(read("      AuthorizerCredentials: arn:aws:iam::123456789012:role/invokes")) == []


def test_a_permission_is_read_in_part() -> None:
    ignored = read(PERMISSION % ("!Ref Check", GATEWAY, "!Ref Arn"))
    assert "the AWS::Lambda::Permission Permission, apart from its function and who may invoke it" in [
        each.what for each in ignored.ignored
    ]
    # What only the permission uses decides nothing.
    assert "the parameter Arn" not in [each.name for each in ignored.unknowns]


BODY = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Check: {Type: AWS::Lambda::Function}
  Orders:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        openapi: 3.0.1
        paths: {/a: {get: {security: [{tokens: []}]}}}
        components:
          securitySchemes:
            tokens:
              type: apiKey
              name: Authorization
              in: header
              x-amazon-apigateway-authorizer:
                type: token
                authorizerUri: !Sub
                  arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Check.Arn}/invocations
  Live: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Orders, StageName: prod}}
"""


def test_an_authorizer_of_a_definition() -> None:
    found = parse_contents(BODY, ReadOptions(), name="t.yaml")
    assert missing(found) == [
        ("whether API Gateway may invoke Check for the authorizer tokens", REASON, "t.yaml:12:13")
    ]
    with_role = BODY.replace(
        "type: token\n", "type: token\n                authorizerCredentials: arn:aws:iam::1:role/r\n"
    )
    assert missing(parse_contents(with_role, ReadOptions(), name="t.yaml")) == []


SAM = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::%s
    Properties:
      StageName: prod
      Auth:
        Authorizers:
          tokens: {FunctionArn: !GetAtt Check.Arn%s}
  Check:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: a.b, InlineCode: x}
  Read:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: x
      Events: {Get: {Type: %s, Properties: {%s: !Ref Orders, Method: GET, Path: /a, Auth: {Authorizer: tokens}}}}
"""
REST, HTTP = ("Api", "Api", "RestApiId"), ("HttpApi", "HttpApi", "ApiId")
FORMAT = ", AuthorizerPayloadFormatVersion: '2.0'"


@pytest.mark.parametrize(
    ("api", "more", "is_missing"),
    [
        (REST, "", False),
        (REST, ", DisableFunctionDefaultPermissions: true", True),
        (
            REST,
            ", DisableFunctionDefaultPermissions: true, FunctionInvokeRole: arn:aws:iam::123456789012:role/r",
            False,
        ),
        (HTTP, FORMAT, True),
        (HTTP, f"{FORMAT}, EnableFunctionDefaultPermissions: true", False),
        (HTTP, f"{FORMAT}, FunctionInvokeRole: arn:aws:iam::123456789012:role/r", False),
    ],
)
def test_sam_generates_the_permission_of_a_rest_api_alone(
    api: tuple[str, str, str], more: str, is_missing: bool
) -> None:
    kind, event, key = api
    found = parse_contents(SAM % (kind, more, event, key), ReadOptions(), name="t.yaml")
    listed = [("whether API Gateway may invoke Check for the authorizer tokens", REASON, "t.yaml:10:11")]
    assert missing(found) == (listed if is_missing else [])


def many(count: int) -> str:
    """A template with as many authorizers as permissions, none of them for another."""
    resources: dict[str, Any] = {
        "Orders": {"Type": "AWS::ApiGateway::RestApi"},
        "Live": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": {"Ref": "Orders"}, "StageName": "prod"},
        },
    }
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Check%d.Arn}/invocations"
    for number in range(count):
        resources[f"Check{number}"] = {"Type": "AWS::Lambda::Function"}
        resources[f"Tokens{number}"] = {
            "Type": "AWS::ApiGateway::Authorizer",
            "Properties": {
                "RestApiId": {"Ref": "Orders"},
                "Type": "TOKEN",
                "IdentitySource": "method.request.header.Authorization",
                "AuthorizerUri": {"Fn::Sub": uri % number},
            },
        }
        resources[f"Permission{number}"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": f"Check{number}"},
                "Principal": GATEWAY,
                "SourceArn": {"Fn::Sub": f"arn:aws:execute-api:us-east-1:123456789012:${{Orders}}/{number}/GET/a"},
            },
        }
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def test_twice_the_authorizers_take_twice_the_calls() -> None:
    texts = [many(count) for count in (60, 120)]
    once, twice = (calls_of([partial(parse_contents, text, ReadOptions(), name="t.json")]) for text in texts)
    assert twice < 2.5 * once  # four times, if it were quadratic
