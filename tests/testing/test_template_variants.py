"""Case files and the pytest fixture: callers of a template that depend on conditions of unknown truth (SRC-9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from execpolicy import PolicySyntaxError, UsageError
from execpolicy.testing import load_cases, run_item
from execpolicy.testing.coverage import StatementCoverage
from execpolicy.testing.scenario import Scenario
from tests.cli.check.test_template_variants import TEMPLATE
from tests.cli.conftest import write

pytestmark = pytest.mark.rule("SRC-9")

CASES: dict[str, Any] = {
    "schema": "execpolicy/cases/1",
    "title": "Partners",
    "api": "template.yaml",
    "callers": {"partner": "template.yaml#Partner"},
    "cases": [
        {"name": "by name", "call": "GET /", "caller": "partner", "expect": "indeterminate"},
        {"name": "by reference", "call": "GET /", "caller": "template.yaml#Guest", "expect": "indeterminate"},
        {
            "name": "through the endpoint",
            "call": "GET /",
            "caller": "partner",
            "vpc_endpoint": "template.yaml#Endpoint",
            "expect": "indeterminate",
            "statuses": [200, 403],
            "explains": ["allowed, refused with 403 at gate 5b (IAM) or the VPC endpoint does not exist"],
        },
    ],
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def passed(project: Path, **changed: Any) -> list[bool]:
    path = write(project / "partners.execpolicy.json", {**CASES, **changed})
    return [run_item(item).passed for item in load_cases(path).items]


def test_calls(project: Path) -> None:
    assert passed(project) == [True, True, True]
    assert passed(project, template={"conditions": {"IsProd": True}}) == [False, False, False]
    case = {"name": "a stage", "call": "GET /", "stage": "prod", "caller": "partner", "expect": "indeterminate"}
    assert passed(project, cases=[case]) == [True]
    known = {"name": "known", "call": "GET /", "caller": "partner", "expect": "allow"}
    assert passed(project, cases=[known], template={"parameters": {"Stage": "prod"}}) == [True]


@pytest.mark.parametrize(
    ("case", "message", "place"),
    [
        (
            {"caller": "partner"},
            "the caller depends on the parameter Stage, which is not known",
            "partners.execpolicy.json:39:17",
        ),
        (
            {"caller": "anonymous", "target": {"vpc_endpoint": "template.yaml#Endpoint"}},
            "the VPC endpoint depends on the import Mode, which is not known",
            "partners.execpolicy.json:41:25",
        ),
    ],
)
def test_a_request_needs_known_parts(project: Path, case: dict[str, Any], message: str, place: str) -> None:
    arn = "arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/"
    request = {"name": "request", "resource": arn, "expect": "allow", **case}
    with pytest.raises(PolicySyntaxError) as caught:
        passed(project, cases=[*CASES["cases"], request])
    (error,) = caught.value.errors
    assert error.message == message
    assert error.place.rpartition("/")[2] == place


def test_the_fixture(project: Path) -> None:
    coverage = StatementCoverage()
    scenario = Scenario(coverage=coverage).api(project / "template.yaml").acting_as("template.yaml#Partner")
    response = scenario.get("/").response
    assert response is not None
    assert response.outcome == "indeterminate"
    through = scenario.policies(vpc_endpoint="template.yaml#Endpoint")
    with pytest.raises(AssertionError, match="it depends on"):
        through.get("/").assert_allowed()
    with pytest.raises(
        UsageError, match="the caller of the request depends on the parameter Stage, which is not known"
    ):
        scenario.request("arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/")
    unsigned = Scenario().api(project / "template.yaml").policies(vpc_endpoint="template.yaml#Endpoint")
    with pytest.raises(UsageError, match="the VPC endpoint of the request depends on the import Mode"):
        unsigned.acting_as("anonymous").request("arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/")
    with pytest.raises(UsageError, match="the Caller has its own policies"):
        scenario.policies(scps={"Version": "2012-10-17", "Statement": []}).get("/")
