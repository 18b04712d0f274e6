"""Texts with unknown parts in an API file, as they are written (SRC-5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import PolicySyntaxError
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonObject, Node, to_python
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.api_file.unknown_texts import with_unknown_texts

ACCOUNT = unknown_text("the parameter Account")


def converted(document: Any) -> Node:
    problems, root = read_any(json.dumps(document), "some.api.json")
    found = with_unknown_texts(problems, root)
    problems.check()
    return found


def test_an_object_in_the_place_of_a_text() -> None:
    parts = ["arn:aws:iam::", {"name": "the parameter Account"}, ":root"]
    found = to_python(converted({"a": [{"b": {"unknown": parts}}, "c"]}))
    assert found == {"a": [{"b": f"arn:aws:iam::{ACCOUNT}:root"}, "c"]}


def test_the_text_has_the_place_of_the_object() -> None:
    text = 'a: {unknown: [{name: "the parameter Account"}]}\n'
    problems, root = read_any(text, "some.api.yaml")
    found = with_unknown_texts(problems, root)
    assert isinstance(found, JsonObject)
    _, _, value = found.members["a"]
    assert text[value.start : value.end] == '{unknown: [{name: "the parameter Account"}]}'


def test_names_of_members() -> None:
    document = {
        "unknown_names": {"GET /<path>": ["GET /", {"name": "the parameter Account"}]},
        "routes": {"GET /<path>": {}, "GET /other": {}},
    }
    assert to_python(converted(document)) == {"routes": {f"GET /{ACCOUNT}": {}, "GET /other": {}}}


@pytest.mark.parametrize(
    "document",
    [
        {"routes": {"unknown": {}}},
        {"Condition": {"StringEquals": {"unknown": ["a", "b"]}}},
        {"mappings": {"unknown": "prod"}},
        {"unknown": []},
        {"a": {"unknown": [{"name": "x"}], "b": 1}},
    ],
)
def test_a_member_that_is_only_called_unknown_stays(document: Any) -> None:
    assert to_python(converted(document)) == document


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        (
            "a: {unknown: [{nam: x}]}",
            "1:15",
            'found an object as a part of a text with unknown parts, expected a text, or an object {"name": …} for an '
            "unknown value",
        ),
        (
            "a: {unknown: [{name: x}, 5]}",
            "1:26",
            "found the number 5 as a part of a text with unknown parts, expected a text, or an object",
        ),
        (
            "a: {unknown: [{name: ''}]}",
            "1:22",
            "found a string as the name of an unknown value, expected a text that is not empty",
        ),
        ("unknown_names: [x]", "1:16", "found a list as unknown_names, expected an object of names with unknown parts"),
        (
            "unknown_names: {x: [a, b]}",
            "1:20",
            'found a list as the name "x", expected a list of parts with at least one object {"name": …}',
        ),
        (
            "unknown_names: {x: [{name: n}], y: [{name: n}]}",
            "1:16",
            "found two names with the same parts",
        ),
    ],
)
def test_what_is_malformed(line: str, place: str, said: str) -> None:
    problems, root = read_any(line, "some.api.yaml")
    with_unknown_texts(problems, root)
    assert_problem(problems, place, said)


def assert_problem(problems: Problems, place: str, said: str) -> None:
    with pytest.raises(PolicySyntaxError) as refused:
        problems.check()
    (error,) = refused.value.errors
    assert error.span is not None
    assert f"{error.span.line}:{error.span.column}" == place
    assert error.message.startswith(said)
