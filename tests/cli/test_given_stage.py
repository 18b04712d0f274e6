"""The name that is given for a stage whose name is not known: the same in every way to call an API (SRC-9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy import Api, Template, UsageError
from execpolicy.testing import load_cases, run_item
from execpolicy.testing.scenario import Scenario
from tests.cli.conftest import Execute
from tests.refused import refused

pytestmark = pytest.mark.rule("SRC-9")

REST = """
Parameters: {Name: {Type: String}}
Resources:
  Orders: {Type: AWS::ApiGateway::RestApi, Properties: {Name: orders}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Orders
      ResourceId: !GetAtt Orders.RootResourceId
      HttpMethod: GET
      AuthorizationType: AWS_IAM
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref Orders, STAGE}
  Test: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Orders, DeploymentId: x, StageName: test}}
"""
#: The stage that a deployment makes, and a stage resource.
BY_DEPLOYMENT = REST.replace("STAGE", "StageName: !Ref Name")
BY_RESOURCE = REST.replace(", STAGE", "") + (
    "  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Orders, DeploymentId: x, "
    "StageName: !Ref Name}}\n"
)
SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        swagger: "2.0"
        info: {title: orders, version: "1"}
        paths: {/: {get: {x-amazon-apigateway-integration: {type: mock}}}}
"""
ARN = "arn:aws:execute-api:us-east-1:123456789012:orders/prod/GET/"
LISTED = "which stage is called? The API has "


@pytest.fixture(params=[BY_DEPLOYMENT, BY_RESOURCE], ids=["deployment", "resource"])
def template(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a template, which is the current folder."""
    (tmp_path / "pyproject.toml").touch()
    path = tmp_path / "orders.yaml"
    path.write_text(request.param, "utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def test_the_library(template: Path) -> None:
    assert Api.load(template, stage="prod").invoke("GET", "/").arn == ARN
    assert Template.load(template, stage="prod").apis["Orders"].invoke("GET", "/").arn == ARN
    assert Api.load(template, stage="test").invoke("GET", "/").arn == ARN.replace("prod", "test")
    scenario = Scenario().api(str(template), stage="prod")
    response = scenario.call("GET", "/").response
    assert response is not None
    assert response.arn == ARN
    api = Api.load(template, stage="test")
    response = Scenario().api(api, stage="prod").call("GET", "/").response
    assert response is not None
    assert response.arn == ARN


def test_one_stage_with_a_name_that_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    path.write_text("\n".join(line for line in BY_RESOURCE.splitlines() if "  Test:" not in line), "utf-8")
    assert Template.load(path, stage="prod").apis["Orders"].invoke("GET", "/").arn == ARN
    assert Api.load(path).invoke("GET", "/").arn == ""


def test_cases(template: Path) -> None:
    cases = {
        "schema": "execpolicy/cases/1",
        "title": "Orders",
        "api": "orders.yaml#Orders",
        "cases": [
            {"name": "prod", "call": "GET /", "stage": "prod", "expect": 403},
            {"name": "test", "call": "GET /", "stage": "test", "expect": 403},
        ],
    }
    path = template.parent / "orders.execpolicy.json"
    path.write_text(json.dumps(cases), "utf-8")
    found = [run_item(item) for item in load_cases(path).items]
    assert [result.passed for result in found] == [True, True]
    assert [result.response.arn for result in found if result.response is not None] == [
        ARN,
        ARN.replace("prod", "test"),
    ]


def test_check_and_show(template: Path, execute: Execute) -> None:
    run = execute("check", "GET", "/", "--api", template.name, "--stage", "prod")
    assert (run.code, run.out.splitlines()[1]) == (1, "  GET / · orders/prod")
    run = execute("check", "GET", "/", "--api", template.name)
    assert run.code == 2
    message, advice = run.err.splitlines()
    assert message.startswith(f"execpolicy check: error: {LISTED}")
    assert message.endswith("; none is given")
    assert "<the parameter Name>" in message
    assert advice == "  name it with --stage, or give a value to the parameter Name"
    assert "<the parameter Name>" in execute("show", template.name).out
    shown = execute("show", template.name, "--stage", "prod")
    assert shown.code == 0
    assert "<the parameter Name>" not in shown.out
    written = json.loads(execute("show", template.name, "--stage", "prod", "--format", "json").out)
    assert (written["stage"], set(written["stages"])) == ("prod", {"prod", "test"})


def test_the_second_stage_of_sam_says_what_made_it(tmp_path: Path, execute: Execute) -> None:
    path = tmp_path / "sam.yaml"
    path.write_text(SAM, "utf-8")
    made = "Stage (made by SAM)"
    assert f"stages prod, {made}" in " ".join(execute("show", str(path)).out.split())
    said = refused(UsageError, lambda: Api.load(path))
    assert said.message == f"{LISTED}prod, {made}; none is given"
    said = refused(UsageError, lambda: Api.load(path, stage="prod").with_stage("x"))
    assert said.message == f"{LISTED}prod, {made}; there is no 'x'"
    for form in ("text", "json"):
        run = execute("show", str(path), "--stage", "x", "--format", form)
        assert (run.code, run.out) == (2, "")
        assert run.err == (f"execpolicy show: error: {LISTED}prod, {made}; there is no 'x'\n  use prod or Stage\n")
    host = "orders.execute-api.us-east-1.amazonaws.com"
    response = Api.load(path, stage="prod").invoke("GET", "/none/", domain_name=host)
    assert response.steps[-1].detail == f"`/none` names no stage of orders, which has prod, {made}"


def test_the_stages_of_several_apis(tmp_path: Path, execute: Execute) -> None:
    other = """
  Shop: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: shop, ProtocolType: HTTP}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Shop, StageName: live}}
"""
    path = tmp_path / "two.yaml"
    path.write_text(SAM + other, "utf-8")
    run = execute("show", str(path), "--stage", "prod")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        f"execpolicy show: error: Shop: {LISTED}live; there is no 'prod'\n"
        "  give --api-name with the API that has the stage prod\n"
    )
    assert execute("show", str(path), "--stage", "prod", "--api-name", "Orders").code == 0
