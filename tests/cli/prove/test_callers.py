"""execpolicy prove and who with --callers: the users and roles of a template are all callers that there are."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import split
from typing import Any

import pytest

from tests.cli.conftest import Execute, write
from tests.loaders.terraform.written import Ref, Written, state_of

HERE = "111122223333"
API: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": HERE,
    "stages": ["prod"],
    "routes": {"GET /orders": {"auth": "AWS_IAM"}, "DELETE /orders": {"auth": "AWS_IAM"}},
}
READS = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/GET/orders"
TEMPLATE = """\
Parameters: {Who: {Type: String}}
Resources:
  Reader:
    Type: AWS::IAM::User
    Properties:
      UserName: %s
      Policies:
        - PolicyName: reads
          PolicyDocument:
            Statement: {Effect: Allow, Action: "execute-api:Invoke", Resource: "%s"}
"""
READER = f"arn:aws:iam::{HERE}:user/Reader"


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """shop.json, an API whose routes need signatures, and callers.yaml, a user who may read."""
    write(folder / "shop.json", API)
    (folder / "callers.yaml").write_text(TEMPLATE % ("Reader", READS), "utf-8")


@pytest.mark.rule("ANA-3")
def test_a_claim_about_all_callers_of_a_template(execute: Execute) -> None:
    claims = ("nobody may call DELETE /orders", "nobody may call GET /orders")
    subject = ("--api", "shop.json")
    assert execute("prove", *claims, *subject).out.count("REFUTED") == 2
    run = execute("prove", *claims, *subject, "--callers", "callers.yaml", "-v")
    assert (run.code, run.err) == (1, "")
    lines = run.out.splitlines()
    assert lines[0] == "PROVEN   nobody may call DELETE /orders"
    assert lines[2].strip() == f"GET /orders on prod by {READER}"
    assert "assumed: the given callers, and anonymous ones, are all that there are" in lines
    (command,) = [line.strip() for line in lines if "execpolicy check" in line]
    assert command == "execpolicy check GET /orders --api shop.json --stage prod --as 'callers.yaml#Reader'"
    again = execute(*split(command)[1:])
    assert (again.code, again.err) == (0, "")
    assert "callers.yaml:10" in again.out


def state(folder: Path, account: str = HERE) -> None:
    """state.json, of the same user and policy."""
    inline = state_of(
        [
            Written("aws_iam_user", "reader", {"name": "Reader", "path": "/"}, {"arn": READER.replace(HERE, account)}),
            Written(
                "aws_iam_user_policy",
                "reads",
                {
                    "name": "reads",
                    "user": Ref("aws_iam_user.reader", "name"),
                    "policy": json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": READS}}),
                },
                {"id": "Reader:reads"},
            ),
        ]
    )
    write(folder / "state.json", inline)


@pytest.mark.rule("ANA-3")
def test_the_callers_of_a_state_of_terraform(execute: Execute, folder: Path) -> None:
    state(folder)
    claims = ("nobody may call DELETE /orders", "nobody may call GET /orders")
    run = execute("prove", *claims, "--api", "shop.json", "--callers", "state.json")
    lines = run.out.splitlines()
    assert (run.code, run.err, lines[0]) == (1, "", "PROVEN   nobody may call DELETE /orders")
    (command,) = [line.strip() for line in lines if "execpolicy check" in line]
    assert command.endswith("--as 'state.json#aws_iam_user.reader'")
    assert execute(*split(command)[1:]).code == 0


@pytest.mark.rule("ANA-3")
def test_callers_of_another_account_keep_it(execute: Execute, folder: Path) -> None:
    state(folder, "444455556666")
    run = execute("who", "GET", "/orders", "--api", "shop.json", "--callers", "state.json")
    assert (run.code, run.err) == (0, "")
    assert "  nobody" in run.out.splitlines()  # no resource policy lets another account in


@pytest.mark.rule("ANA-3")
def test_a_list_of_callers(execute: Execute, folder: Path) -> None:
    state(folder)
    other = f"arn:aws:iam::{HERE}:user/Other"
    run = execute("who", "GET", "/orders", "--api", "shop.json", "--callers", other)
    assert "  nobody" in run.out.splitlines()
    both = ("--callers", other, "--callers", "state.json#aws_iam_user.reader")
    run = execute("who", "GET", "/orders", "--api", "shop.json", *both)
    assert (run.code, run.out.splitlines()[1]) == (0, f"  {READER}")
    run = execute("prove", f"only user/Reader of {HERE} may call /**", "--api", "shop.json", *both)
    assert (run.code, run.out) == (0, f"PROVEN   only user/Reader of {HERE} may call anything\n")


def test_a_caller_is_named_once(execute: Execute, folder: Path) -> None:
    state(folder)
    run = execute("who", "GET", "/orders", "--api", "shop.json", "--callers", "state.json", "--callers", "callers.yaml")
    assert (run.code, run.out) == (2, "")
    assert f"two of the callers are {READER}, with different policies" in run.err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("callers.yaml#Raeder", 'found the caller "Raeder", which the file does not have\n  did you mean "Reader"?'),
        ("none.yaml#Reader", 'cannot read "none.yaml": No such file or directory'),
        ("arn:aws:iam::1:user/A", "account"),
        ("nobody", '--callers: cannot read "nobody": No such file or directory'),
    ],
)
def test_a_caller_that_is_not_there(execute: Execute, name: str, message: str) -> None:
    run = execute("who", "GET", "/orders", "--api", "shop.json", "--callers", name)
    assert (run.code, run.out) == (2, "")
    assert message in run.err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("callers.yaml#Raeder", 'found the caller "Raeder", which the file does not have\n  did you mean "Reader"?'),
        ("none.yaml#Reader", '--as: cannot read "none.yaml": No such file or directory'),
    ],
)
def test_as_names_a_caller_of_another_file(execute: Execute, name: str, message: str) -> None:
    run = execute("check", "GET", "/orders", "--api", "shop.json", "--as", name)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    run = execute("check", "GET", "/orders", "--api", "shop.json", "--as", "callers.yaml#Reader")
    assert (run.code, run.err) == (0, "")


@pytest.mark.rule("ANA-3")
def test_who_of_the_callers_of_a_template_gets_through(execute: Execute) -> None:
    run = execute("who", "ANY", "/orders", "--api", "shop.json", "--callers", "callers.yaml")
    assert (run.code, run.err) == (0, "")
    groups = [line for line in run.out.splitlines() if line.startswith("  ") and not line.startswith("   ")]
    assert groups == [f"  {READER}", "  anonymous callers do not get through"]
    assert "Statement[0]" in run.out
    run = execute("who", "DELETE", "/orders", "--api", "shop.json", "--callers", "callers.yaml")
    assert "  nobody\n" in run.out


def test_the_account_of_the_callers_can_be_given(execute: Execute, folder: Path) -> None:
    template = (folder / "callers.yaml").read_text("utf-8")
    api = """\
  Shop: {Type: "AWS::ApiGatewayV2::Api", Properties: {Name: shop, ProtocolType: HTTP}}
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Shop, RouteKey: GET /orders, AuthorizationType: AWS_IAM}
  Stage: {Type: "AWS::ApiGatewayV2::Stage", Properties: {ApiId: !Ref Shop, StageName: $default}}
"""
    (folder / "whole.yaml").write_text(template.replace(READS, "*") + api, "utf-8")
    run = execute(
        "who", "GET", "/orders", "--api", "whole.yaml", "--callers", "whole.yaml", "--account", "444455556666"
    )
    assert run.out.splitlines()[1] == "  arn:aws:iam::444455556666:user/Reader"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--api", "shop.json", "--callers", "shop.json"),
            "the file describes no callers: users, or roles with their policies\n"
            "  leave it out, so that there may be any caller, or name a file that has some\n",
        ),
        (
            ("--api", "shop.json", "--callers", "none.yaml"),
            '--callers: cannot read "none.yaml": No such file or directory\n  check the path\n',
        ),
        (
            ("--resource", "policy.json", "--callers", "callers.yaml"),
            "--callers is about the calls to an API\n"
            "  the policies of callers do not count where --resource is given: leave it out\n",
        ),
        (
            ("--api", "shop.json", "--callers", "unknown.yaml"),
            'the caller "Reader" depends on the parameter Who, which is not known\n',
        ),
        (
            ("--api", "shop.json", "--callers", "policy.json"),
            "execpolicy prove: error: --callers: policy.json is a policy, expected a template\n"
            "  give a template with users and roles, in which their policies stand\n",
        ),
        (
            ("--api", "shop.json", "--callers", "own.yaml"),
            "--callers: own.yaml describes an API of its own, which is what its policies name\n"
            "  give the file to --api too, or a file with nothing but users and roles to --callers\n",
        ),
    ],
)
def test_unusable_callers(execute: Execute, folder: Path, options: tuple[str, ...], message: str) -> None:
    write(folder / "policy.json", {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}})
    conditional = TEMPLATE.replace('"%s"', "!If [Open, '*', []]") % "Reader"
    conditional += "Conditions: {Open: !Equals [!Ref Who, all]}\n"
    (folder / "unknown.yaml").write_text(conditional, "utf-8")
    own = '  Shop: {Type: "AWS::ApiGatewayV2::Api", Properties: {Name: shop, ProtocolType: HTTP}}\n'
    (folder / "own.yaml").write_text((folder / "callers.yaml").read_text("utf-8") + own, "utf-8")
    run = execute("prove", "nobody may call /**", *options)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
