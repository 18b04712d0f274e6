"""execpolicy check and show: callers and VPC endpoints of a template that depend on conditions (SRC-9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Execute, document, write

pytestmark = pytest.mark.rule("SRC-9")

TEMPLATE = """\
Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsOpen: !Equals [!ImportValue Mode, open]
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: api
      EndpointConfiguration: {Types: [PRIVATE]}
      Policy:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "*"}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: AWS_IAM}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref Api, StageName: prod}
  Partner:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
      Policies:
        - PolicyName: calls
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: !If [IsProd, Allow, Deny], Action: execute-api:Invoke, Resource: "*"}
  Guest:
    Type: AWS::IAM::User
    Condition: IsProd
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Condition: IsOpen
    Properties: {ServiceName: com.amazonaws.us-east-1.execute-api}
"""


@pytest.fixture
def check(execute: Execute, folder: Path) -> Execute:
    (folder / "template.yaml").write_text(TEMPLATE, "utf-8")
    return lambda *arguments: execute("check", "GET", "/", "--api", "template.yaml", *arguments)


def test_a_caller_whose_policy_depends_on_a_condition(check: Execute) -> None:
    run = check("--as", "Partner")
    assert (run.code, run.err) == (3, "")
    assert run.out.splitlines()[0] == (
        "INDETERMINATE: allowed or refused (200 or 403): "
        "it depends on the parameter Stage and the condition IsProd, which have no values"
    )
    assert "allowed or refused with 403 at gate 5b (IAM)\n" in run.out
    assert "\ndecide with   --parameter Stage=VALUE\n" in run.out
    assert check("--as", "Partner", "--parameter", "Stage=prod").code == 0
    assert check("--as", "Partner", "--condition", "IsProd=false").code == 1


def test_policies_of_options_come_to_each_variant(check: Execute, folder: Path) -> None:
    write(folder / "none.json", document("Deny", Resource="*"))
    for option in ("--identity", "--boundary", "--scp"):
        run = check("--as", "Partner", option, "none.json")
        assert (run.code, run.out.partition("\n")[0]) == (1, "DENY: 403 ACCESS_DENIED, at gate 5b (IAM)")
        assert "the answer is the same for every value of the parameter Stage" in run.out
    run = check("--as", "Partner", "--role-path", "/x/")
    assert run.err == (
        "execpolicy check: error: --role-path cannot be used with --as Partner, which the file describes\n"
        "  leave it out\n"
    )


def test_a_caller_that_may_not_exist(check: Execute) -> None:
    run = check("--as", "Guest")
    assert run.code == 3
    assert "which have no values: allowed or the caller does not exist\n" in run.out
    run = check("--as", "Guest", "--condition", "IsProd=false")
    assert (run.code, run.err.partition("\n")[0]) == (
        2,
        'execpolicy check: error: found "Guest" as --as, which is no caller of the file',
    )


def test_a_vpc_endpoint_that_may_not_exist(check: Execute) -> None:
    run = check("--as", "Guest", "--condition", "IsProd=true", "--vpc-endpoint", "Endpoint")
    assert run.code == 3
    assert "allowed or the VPC endpoint does not exist\n" in run.out
    assert "\ndecide with   --condition IsOpen=true\n" in run.out
    both = check("--as", "Guest", "--vpc-endpoint", "Endpoint")
    assert "allowed, the caller does not exist or the VPC endpoint does not exist\n" in both.out
    options = ("--as", "Guest", "--condition", "IsProd=true", "--condition", "IsOpen=true")
    assert check(*options, "--vpc-endpoint", "Endpoint").code == 0


def test_show_lists_what_decides(execute: Execute, check: Execute) -> None:
    assert check("--quiet").code == 1
    out = execute("show", "template.yaml").out
    assert "\n    depends on the parameter Stage (condition IsProd)\n" in out
    line = next(line for line in out.splitlines() if line.startswith("  Endpoint"))
    assert line.endswith(", depends on the import Mode (condition IsOpen)")


def test_show_writes_no_api_with_variants(execute: Execute, folder: Path) -> None:
    text = TEMPLATE.replace("AuthorizationType: AWS_IAM", "AuthorizationType: !If [IsOpen, NONE, AWS_IAM]")
    (folder / "template.yaml").write_text(text, "utf-8")
    out = execute("show", "template.yaml").out
    depends = "Api, which depends on the import Mode"
    assert f"{depends} (1 of 2: if IsOpen is true): REST API api" in out
    assert f"{depends} (2 of 2: if IsOpen is false): REST API api" in out
    run = execute("show", "template.yaml", "--format", "yaml")
    assert (run.code, run.err) == (
        2,
        "execpolicy show: error: the API depends on the import Mode, which is not known\n"
        "  give the truth of IsOpen with --condition NAME=true\n",
    )
    assert "auth: AWS_IAM" in execute("show", "template.yaml", "--format", "yaml", "--condition", "IsOpen=false").out
    placed = text.replace("!ImportValue Mode, open", "!Ref AWS::Region, eu-west-1")
    (folder / "template.yaml").write_text(placed, "utf-8")
    assert execute("show", "template.yaml", "--format", "yaml").err.splitlines()[1] == (
        "  give its value with --region, or the truth of IsOpen with --condition NAME=true"
    )
