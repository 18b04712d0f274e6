"""execpolicy why with several responses in one text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.conftest import Execute

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
TWO = '{"message":"The incoming token has expired"}\n{"message":"Endpoint request timed out"}\n'


@pytest.mark.rule("MSG-3")
def test_the_meanings_stand_in_order_with_their_numbers(execute: Execute, folder: Path) -> None:
    (folder / "answers.log").write_text(TWO, "utf-8")
    run = execute("why", "--file", "answers.log")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("response 1 of 2\n\nThe token of the user pool has expired\n")
    assert "\nrules: AUT-7, MSG-3\n\nresponse 2 of 2\n\nThe integration did not answer in time;" in run.out
    assert execute("why", "-", stdin=TWO.encode()) == run
    assert "response 1" not in execute("why", "Forbidden").out


@pytest.mark.rule("MSG-3")
def test_as_json(execute: Execute) -> None:
    value = json.loads(execute("why", "-", "--format", "json", stdin=TWO.encode()).out)
    one, several = (json.loads((SCHEMAS / name).read_text("utf-8")) for name in ("why-1.json", "why-several-1.json"))
    registry = Registry().with_resource(one["$id"], Resource.from_contents(one))
    Draft202012Validator.check_schema(several)
    assert [error.message for error in Draft202012Validator(several, registry=registry).iter_errors(value)] == []
    assert [answer["status"] for answer in value["answers"]] == [401, 504]


@pytest.mark.rule("MSG-3")
def test_policies_need_one_response(execute: Execute) -> None:
    assert execute("why", "-", "--as", "anonymous", stdin=TWO.encode()) == (
        2,
        "",
        "execpolicy why: error: found 2 responses, expected one with options for policies\n"
        "  give the responses one by one\n",
    )
