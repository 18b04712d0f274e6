"""execpolicy check --api with a template whose policy holds a parameter without a value (SRC-10)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Execute

pytestmark = pytest.mark.rule("SRC-10")

OPEN: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
TEMPLATE = {
    "Parameters": {"OfficeRange": {"Type": "String"}},
    "Resources": {
        "OrdersApi": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": "orders",
                "Policy": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {**OPEN, "Condition": {"IpAddress": {"aws:SourceIp": {"Ref": "OfficeRange"}}}},
                    ],
                },
            },
        },
        "Orders": {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {
                "RestApiId": {"Ref": "OrdersApi"},
                "ParentId": {"Fn::GetAtt": ["OrdersApi", "RootResourceId"]},
                "PathPart": "orders",
            },
        },
        "Get": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "OrdersApi"},
                "ResourceId": {"Ref": "Orders"},
                "HttpMethod": "GET",
                "AuthorizationType": "NONE",
            },
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "OrdersApi"}, "StageName": "prod", "DeploymentId": {"Ref": "D"}},
        },
        "D": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "OrdersApi"}}},
    },
}


def test_a_template_with_a_parameter_without_value(execute: Execute, folder: Path) -> None:
    text = json.dumps(TEMPLATE, indent=1)
    (folder / "orders.json").write_text(text, "utf-8")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if '"Ref": "OfficeRange"' in each)
    call = ("--api", "orders.json", "GET", "/orders", "--context", "aws:SourceIp=192.0.2.1")
    run = execute("check", *call)
    assert run.code == 3
    assert run.out.partition("\n")[0] == (
        "INDETERMINATE: allowed or refused (200 or 403): it depends on the parameter OfficeRange, which has no value "
        f"(orders.json:{line - 1}:26)"
    )
    found = json.loads(execute("check", *call, "--format", "json").out)
    assert [value["name"] for value in found["unknown_values"]] == ["the parameter OfficeRange"]
    assert execute("check", *call, "--parameter", "OfficeRange=192.0.2.0/24").code == 0
    assert execute("check", *call, "--parameter", "OfficeRange=198.51.100.0/24").code == 1


@pytest.mark.rule("SRC-8")
def test_a_role_whose_name_is_not_known(execute: Execute, folder: Path) -> None:
    """Both forms of the policy refer to the role; the second one by a name that only some values give."""
    answers = []
    for named in ({"Fn::GetAtt": ["PartnerRole", "Arn"]}, {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/a-partner"}):
        template = json.loads(json.dumps(TEMPLATE))
        resources = template["Resources"]
        resources["Get"]["Properties"]["AuthorizationType"] = "AWS_IAM"
        policy = {"Version": "2012-10-17", "Statement": [{**OPEN, "Principal": {"AWS": named}}]}
        resources["OrdersApi"]["Properties"]["Policy"] = policy
        role = {"RoleName": {"Fn::Sub": "${AWS::StackName}-partner"}, "AssumeRolePolicyDocument": {"Statement": []}}
        resources["PartnerRole"] = {"Type": "AWS::IAM::Role", "Properties": role}
        (folder / "orders.json").write_text(json.dumps(template), "utf-8")
        answers.append(execute("check", "--api", "orders.json", "GET", "/orders", "--as", "PartnerRole"))
    known, unknown = answers
    assert (known.code, known.out.partition("\n")[0]) == (0, "ALLOW: the call reaches its integration")
    assert (unknown.code, "it depends on the name of the stack" in unknown.out) == (3, True)
    assert "decide with   --parameter AWS::StackName=VALUE\n" in unknown.out
    call = ("--api", "orders.json", "GET", "/orders", "--as", "PartnerRole", "--org-id", "o-abc123defg")
    assert [execute("check", *call, "--parameter", f"AWS::StackName={name}").code for name in "ab"] == [0, 1]
    assert execute("check", *call).code == 3
    assert "role/<the name of the stack>-partner" in execute("show", "orders.json").out
    assert execute("lint", "orders.json").code in (0, 1)
