"""Case files, lint and diff with plans of the real terraform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Execute, write

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
    document = {"schema": "execpolicy/cases/1", "title": "Plans", "api": api, "cases": list(cases)}
    write(folder / "plans.execpolicy.json", document | fields)


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
    write_cases(folder, "orders.json", call, template={"account": "111122223333", "api_id": "a1b2c3d4e5"})
    assert execute("test", "plans.execpolicy.json").code == 0
    write_cases(folder, "orders.json", call, template={"api_id": "a1b2c3d4e5"})
    run = execute("test", "plans.execpolicy.json")
    assert run.code == 2
    assert 'found the account "111122223333", but the account of the API is not given' in run.err


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
    document = json.loads(plan)
    resources = document["planned_values"]["root_module"]["resources"]
    (reports,) = [each["values"] for each in resources if each["address"] == "aws_apigatewayv2_route.reports"]
    reports["authorization_type"] = "NONE"
    write(folder / "after.json", document)
    run = execute("diff", "basket.json", "after.json")
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("API aws_apigatewayv2_api.basket: LAXER")
    assert "/reports/" in run.out
