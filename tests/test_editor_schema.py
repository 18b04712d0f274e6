"""Files of execpolicy may name their JSON Schema for editors, and nothing else is read of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from execpolicy import Api
from execpolicy.errors import PolicySyntaxError
from execpolicy.linter.baseline import parse_baseline
from execpolicy.linter.ignores.ignore_file import parse_ignore_file
from execpolicy.testing import parse_cases

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"
API = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "HTTP",
    "region": "eu-west-1",
    "account": "111122223333",
    "routes": {"GET /orders": {"auth": "NONE"}},
}
ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
#: Each kind of file: the name of its schema, the least of it, and its reader.
FILES: dict[str, tuple[dict[str, Any], Callable[[str], object]]] = {
    "api-1": (API, Api.parse),
    "cases-1": (
        {
            "schema": "execpolicy/cases/1",
            "title": "Orders",
            "cases": [{"name": "no policy", "caller": "anonymous", "resource": ORDERS, "expect": "implicit_deny"}],
        },
        lambda text: parse_cases(text).title,
    ),
    "ignores-1": ({"schema": "execpolicy/ignores/1", "ignores": []}, lambda text: parse_ignore_file(text, "a.json")),
    "baseline-1": ({"schema": "execpolicy/baseline/1", "findings": []}, lambda text: parse_baseline(text, "a.json")),
}


def is_valid(name: str, document: object) -> bool:
    """Whether a document fits a published schema."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema).is_valid(document)


@pytest.mark.parametrize("name", FILES)
def test_a_file_names_its_schema_for_editors(name: str) -> None:
    document, read = FILES[name]
    named = {"$schema": f"schemas/{name}.json", **document}
    assert is_valid(name, document)
    assert is_valid(name, named)
    assert read(json.dumps(named)) == read(json.dumps(document))


@pytest.mark.parametrize("name", FILES)
def test_the_schema_for_editors_is_a_text(name: str) -> None:
    document, read = FILES[name]
    wrong = {"$schema": 1, **document}
    assert not is_valid(name, wrong)
    with pytest.raises(PolicySyntaxError) as caught:
        read(json.dumps(wrong))
    (error,) = caught.value.errors
    assert error.message == "found the number 1 as $schema, expected a string"
    assert error.span is not None
    assert (error.span.line, error.span.column) == (1, 13)


def test_a_part_of_a_file_has_no_schema_of_its_own() -> None:
    call = {"name": "open", "api": "shop", "call": "GET /orders", "expect": 200}
    apis = {"shop": {"$schema": "api-1.json", **API}}
    document = {"schema": "execpolicy/cases/1", "title": "Orders", "apis": apis, "cases": [call]}
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(json.dumps(document))
    assert any(each.message.startswith('found "$schema", which is not a field') for each in caught.value.errors)
