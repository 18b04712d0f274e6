"""A rule of the family API about policies that are changed and not deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.linter.check import ApiCheck
from execpolicy.linter.finding import Related
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import ApiSubject, CheckResult

#: The end of a logical id that follows from the API or from the time, as CDK, SAM and Serverless write it.
_CHANGING: Final = re.compile(r"(?=[0-9a-f]*[0-9])[0-9a-f]{8,}\Z", re.IGNORECASE)
#: An id ends with a hash; a longer one is read from its end.
_LONGEST: Final = 64


def _example(deployment: str, underlined: str = "") -> RuleExample:
    text = f"""Resources:
  Shop:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: shop
      Policy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{AWS: !Ref AWS::AccountId}}
            Action: execute-api:Invoke
            Resource: execute-api:/*
  Orders:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Shop
      ResourceId: !GetAtt Shop.RootResourceId
      HttpMethod: GET
      AuthorizationType: AWS_IAM
      Integration: {{Type: MOCK}}
  {deployment}:
    Type: AWS::ApiGateway::Deployment
    DependsOn: Orders
    Properties: {{RestApiId: !Ref Shop, StageName: prod}}
"""
    return RuleExample(text, "", underlined)


NOT_DEPLOYED = Rule(
    id="EP-API-030",
    name="policy-change-without-deployment",
    severity=Severity.SUGGESTION,
    title="A template has the policy of an API, and a deployment whose logical id does not change with it.",
    why="A change of the policy takes effect with the next deployment. CloudFormation makes a deployment when its "
    "resource is new, and Terraform when its triggers change: one that stays the same leaves the old policy in force.",
    fix="give the deployment a new logical id with each change, as CDK and SAM do, or in Terraform a hash of the "
    "policy in triggers; or deploy after the update",
    bad=_example("Deployment", "Deployment"),
    good=_example("Deployment5f3a9c21d0"),
    semantics=("GW-36",),
)


def _not_deployed(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    places, policy = api.places, api.resource_policy
    if places is None or policy is None:
        return
    for name, place in places.deployments.items():
        if _CHANGING.search(name[-_LONGEST:]) is None:
            message = f"a change of the policy is not deployed: the deployment {name} stays the same"
            span = policy.span(policy.statements[0]) if policy.statements else None
            related = (Related("the policy", policy.source, span),) if policy.source is not None and span else ()
            yield CheckResult(message, place.source, place.span, related=related)


#: One line for each rule.
CHECKS = (ApiCheck(NOT_DEPLOYED, _not_deployed),)
