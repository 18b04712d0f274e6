"""Reads templates that tests write as YAML: the APIs, what is listed, and what is wrong."""

from __future__ import annotations

from textwrap import dedent

import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import parse_contents

#: What a test gives unless it says something else.
OPTIONS = ReadOptions(account="111122223333", region="eu-west-1")

#: A REST API with one open method and one stage, to which tests add resources.
REST = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {EndpointConfiguration: {Types: [REGIONAL]}}}
  GetRoot:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: NONE
  Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod}}
"""
#: An HTTP API with one open route and one stage.
HTTP = """
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  GetRoot: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /}}
  Default: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default}}
"""


def contents_of(template: str, options: ReadOptions = OPTIONS, *, beside: str = "") -> TemplateContents:
    """What a template describes.

    Args:
        template: its text.
        options: what the user gives.
        beside: resources that are added at the end, without indentation.
    """
    return parse_contents(with_resources(template, beside), options, name="template.yaml")


def with_resources(template: str, beside: str) -> str:
    """A template with more resources."""
    lines = dedent(beside).strip("\n").split("\n") if beside else []
    return template.strip("\n") + "\n" + "".join(f"  {line}\n" for line in lines)


def api_of(template: str, options: ReadOptions = OPTIONS, *, beside: str = "", name: str = "Api") -> ApiDefinition:
    """The API of a template."""
    (found,) = contents_of(template, options, beside=beside).apis[name].values
    return found


def unknown_in(template: str, options: ReadOptions = OPTIONS, *, beside: str = "") -> dict[str, tuple[str, int]]:
    """What is listed as not known: the reason and the line, by name."""
    found = contents_of(template, options, beside=beside).unknowns
    return {each.name: (each.reason, each.span.line) for each in found}


def ignored_in(template: str, *, beside: str = "") -> dict[str, int]:
    """What is listed as not read, with its line."""
    return {each.what: each.span.line for each in contents_of(template, beside=beside).ignored}


def problems_of(template: str, options: ReadOptions = OPTIONS, *, beside: str = "") -> list[tuple[str, str]]:
    """The problems of a template: what the place is, as it is written there, and the message."""
    with pytest.raises(PolicySyntaxError) as raised:
        contents_of(template, options, beside=beside)
    lines = with_resources(template, beside).splitlines()
    found = []
    for each in raised.value.errors:
        assert each.span is not None
        line = lines[each.span.line - 1]
        end = each.span.end_column if each.span.end_line == each.span.line else len(line) + 1
        found.append((line[each.span.column - 1 : end - 1], each.message))
    return found
