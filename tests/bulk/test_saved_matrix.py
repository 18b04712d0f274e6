"""A saved matrix: it is read as it was written, and each cell that differs is found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Api, CellOutcome, Matrix, PolicySyntaxError, Route, matrix
from execpolicy.bulk.saved_matrix import CellNames, differences, parse_saved_matrix
from execpolicy.render.matrix import matrix_data

CELL = {"caller": "Ann", "call": "GET /a", "context": "", "outcome": "allowed", "statuses": [200]}


def matrix_of(*keys: str, auth: Any = "NONE") -> Matrix:
    routes = [Route(*key.split(), auth=auth) for key in keys]
    return matrix(
        Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages="prod", routes=routes)
    )


def saved(*cells: Any, **members: Any) -> str:
    return json.dumps({"schema_version": 1, "cells": list(cells), **members}, indent=2)


def test_what_was_written_is_equal() -> None:
    found = matrix_of("GET /a", "GET /b")
    assert differences(found, parse_saved_matrix(json.dumps(matrix_data(found)), "saved.json")) == ()


def test_each_cell_that_differs() -> None:
    before = json.dumps(matrix_data(matrix_of("GET /a", "GET /b", "GET /c")))
    found = differences(matrix_of("GET /a", "GET /b", "GET /d", auth="AWS_IAM"), parse_saved_matrix(before, "s.json"))
    allowed, denied = (CellOutcome.ALLOWED, (200,)), (CellOutcome.DENIED, (403,))
    assert [tuple(each) for each in found] == [
        (CellNames("anonymous", "GET /a", ""), allowed, denied),
        (CellNames("anonymous", "GET /b", ""), allowed, denied),
        (CellNames("anonymous", "GET /d", ""), None, denied),
        (CellNames("anonymous", "GET /c", ""), allowed, None),
    ]


def test_another_status_is_a_difference() -> None:
    text = saved({**CELL, "caller": "anonymous", "outcome": "denied", "statuses": [401]})
    (found,) = differences(matrix_of("GET /a", auth="AWS_IAM"), parse_saved_matrix(text, "s.json"))
    assert (found.expected, found.found) == ((CellOutcome.DENIED, (401,)), (CellOutcome.DENIED, (403,)))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[]", "s.json:1:1", "found an empty list as a matrix, expected an object"),
        ("{}", "s.json:1:1", 'found a matrix without "schema_version"'),
        (saved(schema_version=2), "s.json:2:21", "found another schema_version, expected 1"),
        (saved(1), "s.json:4:5", "found the number 1 as a cell, expected an object"),
        (saved({**CELL, "outcome": "maybe"}), "s.json:8:18", 'found "maybe" as outcome'),
        (saved({**CELL, "statuses": ["x"]}), "s.json:10:9", "found a status that is no number"),
        (saved({**CELL, "caller": 1}), "s.json:5:17", "found the number 1 as caller, expected a string"),
        (saved({"caller": "Ann"}), "s.json:4:5", 'found a cell without "call"'),
        (saved(CELL, CELL), "s.json:13:5", 'found the cell of "Ann" and "GET /a" twice'),
        (saved(colour="red"), "s.json:4:3", 'found "colour", which is not a field of a matrix'),
    ],
)
def test_a_text_that_is_no_saved_matrix(text: str, place: str, message: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_saved_matrix(text, "s.json")
    found = caught.value.errors[0]
    assert found.place == place
    assert found.message.startswith(message)
