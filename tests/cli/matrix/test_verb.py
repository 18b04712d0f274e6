"""execpolicy matrix: the table, each format, the saved table, the exit codes, and unusable input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "matrix-1.json").read_text("utf-8"))
CLERK = "arn:aws:iam::111122223333:role/Clerk"


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """shop.json, a REST API whose policy lets in the office; people.yaml, a template with one role."""
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    api: dict[str, Any] = {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "GET /health": {}},
        "resource_policy": document(Sid="Office", Principal="*", Resource="execute-api:/*", Condition=condition),
    }
    write(folder / "shop.json", api)
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"],
        },
    }
    write(folder / "people.json", {"Resources": {"Clerk": role}})


OFFICE = ("--context", "aws:SourceIp=203.0.113.7")


def test_the_table(execute: Execute) -> None:
    run = execute("matrix", "shop.json", "--callers", "people.json", *OFFICE)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        "                                     anonymous   Clerk",
        "GET /orders/1 (of GET /orders/{id})  denied 403  allowed",
        "GET /health                          allowed     allowed",
        "",
        "4 cells: 3 allowed, 1 denied",
    ]


def test_an_indeterminate_cell_is_exit_code_3(execute: Execute) -> None:
    run = execute("matrix", "shop.json", "--partial")
    assert (run.code, run.err) == (3, "")
    assert "indeterminate*" in run.out
    assert "* depends on keys that are not given: aws:SourceIp\n" in run.out


def test_given_calls_and_callers(execute: Execute) -> None:
    run = execute("matrix", "shop.json", "--call", "GET /health", "--call", "GET /none", "--as", CLERK, *OFFICE)
    assert run.code == 0
    assert run.out.splitlines()[:2] == ["[1] anonymous", f"[2] {CLERK}"]
    assert run.out.splitlines()[4].split() == ["GET", "/health", "allowed", "allowed"]
    assert run.out.splitlines()[5].split() == ["GET", "/none", "no", "route", "no", "route"]


def test_what_decides_on_request(execute: Execute) -> None:
    run = execute("matrix", "shop.json", "--call", "GET /health", "-v", *OFFICE)
    assert "GET /health by anonymous: allowed\n  by shop.json:" in run.out
    assert " Office\n" in run.out


@pytest.mark.parametrize("options", [[], ["--partial"], [*OFFICE, "--callers", "people.json"]])
def test_json_follows_the_schema(execute: Execute, options: list[str]) -> None:
    run = execute("matrix", "shop.json", "--format", "json", *options)
    data = json.loads(run.out)
    jsonschema.validate(data, SCHEMA)
    assert len(data["cells"]) == len(data["callers"]) * len(data["calls"])
    assert data["calls"][0]["sample_values"] == {"id": "1"}


@pytest.mark.parametrize(
    ("form", "beginning"),
    [("csv", "api,stage,method,path,"), ("markdown", "## execpolicy matrix\n"), ("html", "<!DOCTYPE html>\n")],
)
def test_other_formats(execute: Execute, form: str, beginning: str) -> None:
    run = execute("matrix", "shop.json", "--format", form, *OFFICE)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(beginning)


def test_a_saved_table(execute: Execute, folder: Path) -> None:
    saved = execute("matrix", "shop.json", "--format", "json", *OFFICE).out
    (folder / "saved.json").write_text(saved, "utf-8")
    run = execute("matrix", "shop.json", "--expect", "saved.json", *OFFICE)
    assert (run.code, run.out, run.err) == (0, "EQUAL  2 cells as in saved.json\n", "")
    run = execute("matrix", "shop.json", "--expect", "saved.json", "--call", "GET /health")
    assert run.code == 1
    assert run.out.splitlines() == [
        "DIFFERENT  2 cells differ from saved.json",
        "  GET /health by anonymous: expected allowed, found indeterminate 200 or 403",
        "  GET /orders/1 by anonymous: expected denied 403, found no such cell",
    ]
    (folder / "one.json").write_text(saved.replace('"allowed"', '"denied"', 1), "utf-8")
    run = execute("matrix", "shop.json", "--expect", "one.json", *OFFICE)
    assert run.out.startswith("DIFFERENT  1 cell differs from one.json\n")
    run = execute("matrix", "shop.json", "--expect", "saved.json", "--call", "GET /health/1", *OFFICE, "-q")
    assert (run.code, run.out) == (1, "")
    run = execute("matrix", "shop.json", "--expect", "saved.json", "--format", "csv")
    assert run.code == 1
    assert run.out.startswith("api,")


def test_an_indeterminate_cell_that_is_expected(execute: Execute) -> None:
    saved = execute("matrix", "shop.json", "--format", "json", "--partial").out
    run = execute("matrix", "shop.json", "--expect", "-", "--partial", stdin=saved.encode())
    assert (run.code, run.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["allows.json"], "execpolicy matrix: error: allows.json is a policy: it is not read as an API\n"),
        (["people.json"], "execpolicy matrix: error: the file describes no API\n"),
        (["none.json"], 'execpolicy matrix: error: FILE: cannot read "none.json": No such file or directory\n'),
        (
            ["shop.json", "--call", "GET"],
            'execpolicy matrix: error: found the call "GET", expected a method and a path',
        ),
        (["shop.json", "--call", "GET /a?b"], "PATH:1:1: found '/a?b', expected a path"),
        (["shop.json", "--as", "Ann"], "--as:1:1: "),
        (["shop.json", "--expect", "shop.json"], 'shop.json:1:1: found a matrix without "schema_version"'),
        (["shop.json", "--context", "x"], "execpolicy matrix: error: --context: cannot read"),
        (["shop.json", "--stage", "test"], "execpolicy matrix: error: which stage is called?"),
        (["shop.json", "--api-name", "x"], "execpolicy matrix: error: found --api-name for a file of kind execpolicy"),
        (["shop.json", "--callers", "allows.json"], "execpolicy matrix: error: --callers: allows.json is a policy"),
    ],
)
def test_unusable_input(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("matrix", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)
