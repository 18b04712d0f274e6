"""Policies as people have them: YAML, and the output of the AWS CLI, in every option for a policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.cli.conftest import ANN, API, PETS, Execute, document, write

pytestmark = pytest.mark.rule("POL-12")


def outputs(policy: dict[str, Any]) -> dict[str, Any]:
    """The output of commands that write a policy."""
    text = json.dumps(policy)
    return {
        "get-policy-version": {"PolicyVersion": {"Document": policy, "VersionId": "v1"}},
        "get-role-policy": {"RoleName": "Clerk", "PolicyDocument": policy},
        "get-user-policy": {"UserName": "Ann", "PolicyDocument": quote(text)},
        "get-rest-api": {"id": "a1b2c3", "policy": json.dumps(text)[1:-1]},
        "describe-vpc-endpoints": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "PolicyDocument": text}]},
        "describe-policy": {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": text}},
    }


@pytest.mark.parametrize("command", outputs(document()))
@pytest.mark.parametrize("form", ["a.json", "a.yaml", "-"])
def test_the_output_of_the_aws_cli(check: Execute, folder: Path, command: str, form: str) -> None:
    output = outputs(document("Deny", Sid="NoPets"))[command]
    text = yaml.safe_dump(output) if form == "a.yaml" else json.dumps(output)
    if form != "-":
        (folder / form).write_text(text, "utf-8")
    run = check("--identity", "allows.json", form, stdin=text.encode() if form == "-" else None)
    assert (run.code, run.err) == (1, "")
    assert "Deny NoPets applies" in run.out


@pytest.mark.parametrize("option", ["--boundary", "--session", "--scp", "--resource", "--rcp", "--vpc-endpoint"])
def test_yaml_for_every_option(check: Execute, folder: Path, option: str) -> None:
    principal = {"Principal": "*"} if option in ("--resource", "--rcp", "--vpc-endpoint") else {}
    (folder / "denies.yaml").write_text(yaml.safe_dump(document("Deny", Sid="NoPets", **principal)), "utf-8")
    caller = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
    more = ["--rcps-cover-execute-api"] if option == "--rcp" else []
    run = check("--identity", "allows.json", option, "denies.yaml", *more, caller=caller)
    assert (run.code, run.err) == (1, "")
    assert "NoPets" in run.out


def test_an_error_in_yaml_has_its_place(check: Execute, folder: Path) -> None:
    (folder / "bad.yaml").write_text("Statement:\n  Effect: Alow\n  Action: a:b\n  Resource: '*'\n", "utf-8")
    run = check("--identity", "bad.yaml")
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[0] == 'bad.yaml:2:11: found "Alow" as Effect, expected "Allow" or "Deny"'


def test_a_policy_of_another_kind_in_yaml(check: Execute, folder: Path) -> None:
    (folder / "open.yaml").write_text(yaml.safe_dump(document(Principal="*")), "utf-8")
    run = check("--identity", "open.yaml")
    assert run.code == 2
    assert run.err.splitlines()[-1] == "  a policy with Principal belongs to --resource or --vpc-endpoint"


def test_several_endpoints_are_listed(execute: Execute, folder: Path) -> None:
    entries = [{"VpcEndpointId": f"vpce-{n}", "PolicyDocument": "{}"} for n in (1, 2)]
    name = write(folder / "endpoints.json", {"VpcEndpoints": entries})
    run = execute("check", "--as", ANN, "--on", PETS, "--vpc-endpoint", name)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[0].endswith(
        'found 2 policies in "VpcEndpoints", expected one: those of vpce-1 and vpce-2'
    )
    assert run.err.splitlines()[-1] == "  give the output for one of them: --vpc-endpoint-ids vpce-1"


def test_accounts_in_yaml_without_quotes(execute: Execute, folder: Path) -> None:
    """The account delegates to identity policies, which have no say for a caller of another account alone."""
    other = "arn:aws:iam::044455556666:user/Bob"
    text = yaml.safe_dump(document(Principal={"AWS": "ACCOUNT"}))
    for account, code in (("044455556666", 0), ("111122223333", 1)):
        (folder / "resource.yaml").write_text(text.replace("ACCOUNT", account), "utf-8")
        run = execute(
            *("check", "--as", other, "--on", f"{API}/prod/GET/pets"),
            *("--resource", "resource.yaml", "--identity", "allows.json"),
        )
        assert run.code == code, run.err
    (folder / "resource.yaml").write_text(text.replace("ACCOUNT", "44455556666"), "utf-8")
    run = execute("check", "--as", other, "--on", PETS, "--resource", "resource.yaml")
    assert run.code == 2
    assert "found the number 44455556666 as AWS in Principal" in run.err
    assert run.err.splitlines()[-1] == "  put it in double quotes"
