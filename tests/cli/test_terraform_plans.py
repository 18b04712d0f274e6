"""Case files, lint and diff with plans of the real terraform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Execute, document, write
from tests.loaders.terraform.reading import REGIONAL, rest_api, root_method, stage
from tests.loaders.terraform.written import Ref, Written, plan_of, state_of

PLANS = Path(__file__).parents[1] / "loaders" / "three_apis"
#: A route with a token, a method that is there and a path that is not.
CASES = [
    {"name": "anybody reads the status", "call": "GET /status", "expect": 200},
    {"name": "a basket needs a token", "call": "GET /basket/7", "expect": 401},
    {"name": "there is nothing else", "call": "GET /other", "expect": 404},
]


@pytest.fixture(autouse=True)
def plan(folder: Path) -> str:
    """The plan of the basket, with another name than the kind of file suggests."""
    text = (PLANS / "http.tfplan.json").read_text("utf-8")
    (folder / "basket.json").write_text(text, "utf-8")
    return text


def write_cases(folder: Path, api: str, *cases: dict[str, object], **fields: object) -> None:
    known = {"schema": "execpolicy/cases/1", "title": "Plans", "api": api, "cases": list(cases)}
    write(folder / "plans.execpolicy.json", known | fields)


@pytest.mark.rule("SRC-4")
def test_a_case_file_names_a_plan(folder: Path, execute: Execute) -> None:
    write_cases(folder, "basket.json", *CASES)
    run = execute("test", "plans.execpolicy.json")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("plans.execpolicy.json: 3 passed")
    write_cases(folder, "basket.json#aws_apigatewayv2_api.basket", *CASES)
    assert execute("test", "plans.execpolicy.json").code == 0
    write_cases(folder, "basket.json", {**CASES[1], "expect": 200})
    run = execute("test", "plans.execpolicy.json")
    assert run.code == 1
    assert "401" in run.out


def test_a_case_file_gives_what_a_plan_does_not_know(folder: Path, execute: Execute) -> None:
    (folder / "orders.json").write_text((PLANS / "rest.tfplan.json").read_text("utf-8"), "utf-8")
    call = {"name": "partners read", "call": "GET /health", "context": {"aws:SourceIp": "203.0.113.7"}, "expect": 200}
    (folder / "sources").mkdir()
    sources = (PLANS.parents[1] / "fixtures" / "terraform" / "rest.tf").read_text("utf-8")
    (folder / "sources" / "rest.tf").write_text(sources, "utf-8")
    given = {"api_id": "a1b2c3d4e5", "terraform_source": "sources"}
    write_cases(folder, "orders.json", call, template={"account": "111122223333", **given})
    assert execute("test", "plans.execpolicy.json").code == 0
    write_cases(folder, "orders.json", call, template=given)
    run = execute("test", "plans.execpolicy.json")
    assert run.code == 2
    assert 'found the account "111122223333", but the account of the API is not given' in run.err


@pytest.mark.parametrize("describe", [plan_of, state_of])
def test_a_case_file_names_a_role_of_a_plan_or_a_state(
    folder: Path, execute: Execute, describe: Callable[[Iterable[Written]], dict[str, Any]]
) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = {"name": "clerk", "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [trust]})}
    reads = json.dumps(document(Resource="arn:aws:execute-api:*:*:*/prod/GET/*"))
    resources = [
        rest_api(endpoint_configuration=REGIONAL),
        root_method(authorization="AWS_IAM"),
        root_method("put", method="PUT", authorization="AWS_IAM"),
        stage(),
        Written("aws_iam_role", "clerk", role, {"id": "clerk", "arn": "arn:aws:iam::111122223333:role/clerk"}),
        Written("aws_iam_role_policy", "clerk", {"name": "reads", "role": Ref("aws_iam_role.clerk"), "policy": reads}),
    ]
    write(folder / "shop.json", describe(resources))
    cases = [
        {"name": f"a clerk: {call}", "caller": "clerk", "call": call, "expect": status}
        for call, status in (("GET /", 200), ("PUT /", 403))
    ]
    callers = {"clerk": "shop.json#aws_iam_role.clerk"}
    given = {"account": "111122223333", "api_id": "a1b2c3d4e5"} if describe is plan_of else {}
    write_cases(folder, "shop.json", *cases, callers=callers, **({"template": given} if given else {}))
    run = execute("test", "plans.execpolicy.json")
    assert (run.code, run.err, run.out.splitlines()[0]) == (0, "", "plans.execpolicy.json: 2 passed")


def test_lint_reports_what_a_plan_has_at_its_place(plan: str, execute: Execute) -> None:
    run = execute("lint", "basket.json")
    assert (run.code, run.err) == (0, "")
    place, _, rest = run.out.partition(": ")
    assert rest.splitlines()[0] == "suggestion EP-API-012 everybody can call GET /status"
    name, line, _ = place.split(":")
    assert name == "basket.json"
    assert "GET /status" in plan.splitlines()[int(line) - 1]


def test_diff_compares_two_plans(folder: Path, plan: str, execute: Execute) -> None:
    assert execute("diff", "basket.json", "basket.json").code == 0
    changed = json.loads(plan)
    resources = changed["planned_values"]["root_module"]["resources"]
    (reports,) = [each["values"] for each in resources if each["address"] == "aws_apigatewayv2_route.reports"]
    reports["authorization_type"] = "NONE"
    write(folder / "after.json", changed)
    run = execute("diff", "basket.json", "after.json")
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("API aws_apigatewayv2_api.basket: LAXER")
    assert "/reports/" in run.out
