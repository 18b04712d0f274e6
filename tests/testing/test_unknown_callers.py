"""Case files and the pytest fixture: a role of a template whose name is not known in every part (SRC-8, SRC-10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy.testing import Scenario, load_cases, run_item
from execpolicy.testing.mutation import mutate

pytestmark = pytest.mark.rule("SRC-8", "SRC-10")

TEMPLATE = """
Resources:
  OrdersApi:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: orders, ProtocolType: HTTP}
  Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref OrdersApi, StageName: prod}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref OrdersApi, RouteKey: "ANY /orders/{id}", AuthorizationType: AWS_IAM}
  Partner:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub "${AWS::StackName}-partner"
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: orders
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: execute-api:Invoke, Resource: "arn:aws:execute-api:*:*:*/prod/GET/*"}
              - Effect: Allow
                Action: execute-api:Invoke
                Resource: "arn:aws:execute-api:*:*:*/prod/PUT/*"
                Condition: {ArnLike: {aws:PrincipalArn: "arn:aws:iam::*:role/shop-*"}}
"""
CASES = """
schema: execpolicy/cases/1
title: Partners
api: template.yaml#OrdersApi
callers: {partner: template.yaml#Partner}
cases:
- {name: reads, call: GET /orders/7, caller: partner, expect: 200}
- {name: changes, call: PUT /orders/7, caller: partner, expect: indeterminate, explains: [the name of the stack]}
- {name: deletes, call: DELETE /orders/7, caller: partner, expect: 403}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    (tmp_path / "partners.execpolicy.yaml").write_text(CASES, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_cases_of_calls(project: Path) -> None:
    path = project / "partners.execpolicy.yaml"
    assert [run_item(item).passed for item in load_cases(path).items] == [True, True, True]


def test_the_fixture() -> None:
    partner = Scenario().api("template.yaml").acting_as("template.yaml#Partner")
    partner.get("/orders/7").assert_allowed()
    partner.delete("/orders/7").assert_denied()
    with pytest.raises(AssertionError, match="the name of the stack"):
        partner.put("/orders/7").assert_allowed()
    with pytest.raises(AssertionError, match="the name of the stack"):
        partner.put("/orders/7").assert_denied()


def test_no_case_is_written_for_a_caller_that_no_file_can_name(project: Path) -> None:
    report = mutate(load_cases(project / "partners.execpolicy.yaml").items)
    assert report.survived
    requests = [missing.case.request for missing in report.missing]
    assert not any(request and request.caller.principal.name_in_template for request in requests)
