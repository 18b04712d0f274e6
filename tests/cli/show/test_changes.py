"""execpolicy show --changes and diff --planned: what a plan of changes of Terraform does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Execute
from tests.loaders.terraform.one_value import known
from tests.loaders.terraform.reading import rest_api, root_method, stage
from tests.loaders.terraform.written import Written, plan_of, state_of

pytestmark = pytest.mark.rule("SRC-4")


def resources(address: str, authorization: str, method: str) -> list[Written]:
    """An API of which everything is known."""
    statement = {
        "Sid": "Office",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "execute-api:/*",
        "Condition": {"IpAddress": {"aws:SourceIp": address}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    other = root_method("other", method=method)
    return known([rest_api(policy=policy), root_method(authorization=authorization), other, stage()])


BEFORE = resources("203.0.113.0/25", "AWS_IAM", "PUT")
AFTER = resources("203.0.113.0/24", "NONE", "POST")


@pytest.fixture
def plan(folder: Path) -> str:
    """A plan that changes a policy and a method, and adds and removes one."""
    document = plan_of(AFTER, prior_state=state_of(BEFORE))
    (folder / "plan.json").write_text(json.dumps(document), "utf-8")
    return "plan.json"


def test_the_changes_of_a_plan_are_shown(execute: Execute, plan: str) -> None:
    run = execute("show", plan, "--changes")
    assert (run.code, run.err) == (0, "")
    lines = [" ".join(line.split()) for line in run.out.splitlines()]
    assert lines[0] == "aws_api_gateway_rest_api.orders: changed"
    text = " ".join(lines)
    assert '~ routes GET /: {"auth": "AWS_IAM"} → {"auth": "NONE"}' in text
    assert '- routes PUT /: {"auth": "NONE"}' in text
    assert '+ routes POST /: {"auth": "NONE"}' in text
    assert "~ resource policy Office:" in text
    assert [line.count("203.0.113.0/24") for line in [text]] == [1]


def test_a_plan_without_changes_says_so(execute: Execute, folder: Path) -> None:
    (folder / "plan.json").write_text(json.dumps(plan_of(AFTER, prior_state=state_of(AFTER))), "utf-8")
    assert execute("show", "plan.json", "--changes").out == "the plan changes no API, no caller and no policy\n"


def test_of_a_first_plan_everything_is_added(execute: Execute, folder: Path) -> None:
    (folder / "plan.json").write_text(json.dumps(plan_of(AFTER)), "utf-8")
    lines = execute("show", "plan.json", "--changes").out.splitlines()
    assert lines[0] == "aws_api_gateway_rest_api.orders: added"
    assert not any(line.lstrip().startswith(("-", "~")) for line in lines)


def test_a_state_has_no_changes(execute: Execute, folder: Path) -> None:
    (folder / "state.json").write_text(json.dumps(state_of(AFTER)), "utf-8")
    run = execute("show", "state.json", "--changes")
    assert run.code == 2
    assert "state.json:1:1: found a state, which has no changes" in run.err


def test_changes_are_text(execute: Execute, plan: str) -> None:
    run = execute("show", plan, "--changes", "--format", "json")
    assert (run.code, run.out) == (2, "")
    assert "--changes is written as text, and --format is json" in run.err


def test_diff_compares_both_sides_of_a_plan(execute: Execute, plan: str) -> None:
    run = execute("diff", "--planned", plan, "--within", "GET /")
    assert run.code == 1
    # Before, an identity-based policy of the account is enough, from any address; after, nobody needs one.
    assert run.out.startswith("API aws_api_gateway_rest_api.orders: BOTH")


def test_diff_of_a_plan_takes_one_file(execute: Execute, plan: str) -> None:
    run = execute("diff", "--planned", plan, plan)
    assert run.code == 2
    assert "found 2 files, expected one file" in run.err


@pytest.mark.parametrize("option", [("--git", "HEAD"), ("--kind", "resource")])
def test_diff_of_a_plan_is_no_other_diff(execute: Execute, plan: str, option: tuple[str, str]) -> None:
    run = execute("diff", "--planned", *option, "--", plan)
    assert run.code == 2
    assert f"--planned and {option[0]} are both given" in run.err
