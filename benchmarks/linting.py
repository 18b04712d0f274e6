"""Measure the linter: a policy compared with its parsing, and a template compared with its loading."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.clock import in_turns, repeated
from benchmarks.plan import Plan
from benchmarks.report import Report
from execpolicy import Policy
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.linter.run import lint, lint_text
from execpolicy.loaders.cloudformation.tags import TEMPLATE_RULES
from execpolicy.loaders.contents import NOTHING_GIVEN
from execpolicy.loaders.kinds import contents_of

GROUP = "lint"
PARSE, LINT, LINT_TEXT = "Policy.parse, 5 statements", "lint, 5 statements", "Policy.parse and lint, 5 statements"
PARSE_COMPACT, LINT_COMPACT = "Policy.parse, 5 compact statements", "lint, 5 compact statements"
LINT_COMPACT_TEXT = "Policy.parse and lint, 5 compact statements"
LOAD, LINT_TEMPLATE = "a template of 200 routes, loaded", "a template of 200 routes, lint"
_API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5"


def measure_linting(plan: Plan, report: Report) -> None:
    """Measure policies and a template, which have no findings.

    A policy is checked alone, with its places read already, and from its text: the places are read with the check.
    """
    text, compact = json.dumps(conditional_policy(), indent=2), json.dumps(compact_policy())
    policy, compact_parsed = Policy.parse(text, kind="resource"), Policy.parse(compact, kind="resource")
    template = json.dumps(_template(200))
    measures = {
        PARSE: repeated(lambda: Policy.parse(text, kind="resource")),
        LINT: repeated(lambda: lint(policy)),
        LINT_TEXT: repeated(lambda: lint(Policy.parse(text, kind="resource"))),
        PARSE_COMPACT: repeated(lambda: Policy.parse(compact, kind="resource")),
        LINT_COMPACT: repeated(lambda: lint(compact_parsed)),
        LINT_COMPACT_TEXT: repeated(lambda: lint(Policy.parse(compact, kind="resource"))),
        LOAD: repeated(lambda: _load(template)),
        LINT_TEMPLATE: repeated(lambda: lint_text(template, "template.json")),
    }
    report.add(
        GROUP, in_turns(measures, plan.part_rounds), note=f"{len(text)}, {len(compact)} and {len(template)} characters"
    )


def _load(template: str) -> None:
    problems, document = read_any(template, "template.json", TEMPLATE_RULES)
    contents_of(problems, document, NOTHING_GIVEN)


def conditional_policy() -> dict[str, Any]:
    """A resource policy of five statements, each with a condition."""
    readers = {"AWS": [f"arn:aws:iam::{account}:role/reader" for account in ("111122223333", "444455556666")]}
    conditions = (
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"StringLike": {"aws:PrincipalTag/team": ["orders-*", "stock-*"]}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
    )
    statements: list[dict[str, Any]] = [
        {
            "Sid": f"Readers{number}",
            "Effect": "Allow",
            "Principal": readers,
            "Action": "execute-api:Invoke",
            "Resource": [f"{_API}/prod/GET/part{number}", f"{_API}/prod/GET/part{number}/*"],
            "Condition": condition,
        }
        for number, condition in enumerate(conditions)
    ]
    statements.append(
        {
            "Sid": "OnlyFromTheOffices",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": f"{_API}/*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
        }
    )
    return {"Version": "2012-10-17", "Statement": statements}


def compact_policy() -> dict[str, Any]:
    """A resource policy of five statements without conditions."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    statements = [{**statement, "Resource": f"execute-api:/prod/GET/part{number}"} for number in range(5)]
    return {"Version": "2012-10-17", "Statement": statements}


def _template(routes: int) -> dict[str, Any]:
    """A REST API with this number of methods, each with IAM authorization."""
    api = {"Ref": "Api"}
    statement = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Action": "execute-api:Invoke"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "execute-api:/*"}]}
    resources: dict[str, Any] = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "orders", "Policy": policy}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": api}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": api, "DeploymentId": {"Ref": "Deployment"}, "StageName": "prod"},
        },
    }
    for number in range(routes):
        parent = {"Fn::GetAtt": ["Api", "RootResourceId"]}
        resources[f"Resource{number}"] = {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"RestApiId": api, "ParentId": parent, "PathPart": f"part{number}"},
        }
        resources[f"Method{number}"] = {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": api,
                "ResourceId": {"Ref": f"Resource{number}"},
                "HttpMethod": "GET",
                "AuthorizationType": "AWS_IAM",
                "Integration": {"Type": "MOCK"},
            },
        }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
