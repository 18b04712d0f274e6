"""Measure the reading of a CloudFormation template in YAML, compared with the events of libyaml alone."""

from __future__ import annotations

from collections import deque

import yaml

from benchmarks.clock import in_turns, repeated
from benchmarks.plan import Plan
from benchmarks.report import Report
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.loaders.cloudformation.document import stacks_of
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.cloudformation.tags import TEMPLATE_RULES
from execpolicy.loaders.contents import NOTHING_GIVEN

GROUP = "read a template of 60 KB"
EVENTS, NODES, RESOURCES = "libyaml, events alone", "YAML with places", "execpolicy, all resources"
_HEAD = """AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: prod}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
  Function:
    Type: AWS::Lambda::Function
"""
_PART = """  Resource{0}:
    Type: AWS::ApiGateway::Resource
    Properties:
      RestApiId: !Ref Api
      ParentId: !GetAtt Api.RootResourceId
      PathPart: orders{0}
  Method{0}:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Resource{0}
      HttpMethod: GET
      AuthorizationType: !If [IsProd, AWS_IAM, NONE]
      Integration:
        Type: AWS_PROXY
        Uri: !Sub arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/${{Function.Arn}}/invocations
  Policy{0}:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: !Join ["-", [policy, !Ref Stage, "{0}"]]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: execute-api:Invoke
            Resource: !Sub arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/${{Stage}}/GET/orders{0}
"""


def measure_templates(plan: Plan, report: Report) -> None:
    """Read one template in three ways: as events, as nodes with places, and with all resources resolved."""
    if not yaml.__with_libyaml__:
        report.remarks.append("the reading of templates is left out: PyYAML has no libyaml")
        return
    text = _HEAD + "".join(_PART.format(number) for number in range(60))
    measures = {
        EVENTS: repeated(lambda: deque(yaml.parse(text, Loader=yaml.CSafeLoader), maxlen=0)),
        NODES: repeated(lambda: read_any(text, "template.yaml", TEMPLATE_RULES)),
        RESOURCES: repeated(lambda: _resources(text)),
    }
    report.add(GROUP, in_turns(measures, plan.part_rounds), note=f"{len(text)} characters")


def _resources(text: str) -> int:
    problems, document = read_any(text, "template.yaml", TEMPLATE_RULES)
    stacks = stacks_of(problems, document, NOTHING_GIVEN, Findings(problems))
    count = sum(len([*stack.resources.values()]) for _, stack in stacks)
    problems.check()
    return count
