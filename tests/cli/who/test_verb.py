"""execpolicy who: groups of callers, the exit codes, and unusable input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "who-1.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """shop.json, a REST API whose policy lets in the office, and whose route GET /orders needs a signature."""
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    api: dict[str, Any] = {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": {"GET /orders": {"auth": "AWS_IAM"}, "GET /health": {}},
        "resource_policy": document(Sid="Office", Principal="*", Resource="execute-api:/*", Condition=condition),
    }
    write(folder / "shop.json", api)


def test_a_route_without_authorization(execute: Execute) -> None:
    run = execute("who", "GET", "/health", "--api", "shop.json")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0] == "GET /health"
    assert "203.0.113.0/24" in run.out
    assert run.out.splitlines()[-1] == "  anonymous callers get through"
    assert "assumed" not in run.out


def test_a_method_in_lower_case(execute: Execute) -> None:
    assert execute("who", "get", "/health", "--api", "shop.json").out.startswith("GET /health\n")


def test_a_route_of_signed_calls(execute: Execute) -> None:
    run = execute("who", "GET", "/orders", "--api", "shop.json", "--stage", "prod")
    assert run.code == 0
    assert run.out.splitlines()[0] == "GET /orders on prod"
    assert run.out.splitlines()[-1] == "  anonymous callers do not get through"


def test_a_path_without_a_route(execute: Execute) -> None:
    run = execute("who", "GET", "/other", "--api", "shop.json")
    assert (run.code, run.out.splitlines()) == (
        0,
        ["GET /other", "  nobody", "  anonymous callers do not get through"],
    )


def test_examples_and_assumptions_on_request(execute: Execute) -> None:
    run = execute("who", "GET", "/health", "--api", "shop.json", "-v")
    assert "for example GET /health on prod by " in run.out
    assert "  assumed: a VPC endpoint has its default policy\n" in run.out


@pytest.mark.rule("ANA-6")
def test_routes_that_the_same_callers_reach(execute: Execute, folder: Path) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    routes = {f"GET /r{number}": {"auth": "AWS_IAM"} for number in range(10)}
    write(folder / "shop.json", api | {"routes": routes | {"GET /health": {}}})
    arguments = ("who", "GET", "/**", "--api", "shop.json")
    lines = [line.strip() for line in execute(*arguments).out.splitlines()]
    shown = "on GET /r0, GET /r1, GET /r2, GET /r3, GET /r4, GET /r5, GET /r6 and 3 more routes"
    assert (lines.count("on GET /health"), lines.count(shown)) == (1, 3)
    lines = [line.strip() for line in execute(*arguments, "-v").out.splitlines()]
    assert sum(line.startswith("on GET /r0") for line in lines) == 3
    assert "more routes" not in " ".join(lines)
    groups = json.loads(execute(*arguments, "--format", "json").out)["groups"]
    assert sorted(len(each["routes"]) for each in groups) == [1, 10, 10, 10]
    # One route needs no name.
    assert "on GET" not in execute("who", "GET", "/health", "--api", "shop.json").out


def test_what_is_not_known(execute: Execute) -> None:
    run = execute("who", "GET", "/health", "--api", "shop.json", "--budget", "1")
    assert (run.code, run.err) == (3, "")
    assert "  anonymous callers may get through: it is not known\n" in run.out
    assert "  not known: the budget of 1 steps is used up" in run.out
    assert "nobody" not in run.out


def test_a_path_with_many_parts_of_any_length_is_not_known_at_once(execute: Execute) -> None:
    path = f"/{'**/a/' * 200}b"
    run = execute("who", "GET", path, "--api", "shop.json")
    assert run.code == 3
    assert "a path with 200 times ** is divided" in run.out
    assert execute("prove", f"nobody may call {path}", "--api", "shop.json", "-q").code == 3


@pytest.mark.parametrize("path", ["/health", "/orders", "/other", "/**"])
@pytest.mark.parametrize("options", [[], ["--budget", "1"]])
def test_json_follows_the_schema(execute: Execute, path: str, options: list[str]) -> None:
    run = execute("who", "ANY", path, "--api", "shop.json", "--format", "json", *options)
    jsonschema.validate(json.loads(run.out), SCHEMA)
    assert run.code == (3 if options else 0)


def test_json_has_the_statements_and_an_example(execute: Execute) -> None:
    data = json.loads(execute("who", "GET", "/health", "--api", "shop.json", "--format", "json").out)
    assert data["anonymous"] is True
    (group,) = data["groups"]
    assert [each["sid"] for each in group["statements"]] == ["Office"]
    assert group["example"]["call"]["path"] == "/health"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["GET", "orders", "--api", "shop.json"],
            'PATH:1:1: found "orders", expected a path, which begins with "/"\n'
            "  1 | orders\n    | ^^^^^^\n  write /orders\n",
        ),
        (
            ["FETCH", "/orders", "--api", "shop.json"],
            'METHOD:1:1: found "FETCH", expected a method\n'
            "  1 | FETCH\n    | ^^^^^\n  methods are DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and ANY\n",
        ),
        (
            ["GET", "/orders"],
            "execpolicy who: error: it is not said which API is meant\n  give --api with its file\n",
        ),
        (
            ["GET", "/orders", "--api", "shop.json", "--stage", "test"],
            "execpolicy who: error: which stage is called? The API has prod; there is no 'test'\n  use prod\n",
        ),
        (
            ["GET", "/orders", "--api", "allows.json"],
            "execpolicy who: error: allows.json is a policy: it is not read as an API\n"
            "  give the file of an API; execpolicy prove takes a resource policy by itself\n",
        ),
        (
            ["GET", "/orders", "--api", "none.json"],
            'execpolicy who: error: --api: cannot read "none.json": No such file or directory\n  check the path\n',
        ),
    ],
)
def test_unusable_input(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("who", *arguments)
    assert (run.code, run.out, run.err) == (2, "", message)
