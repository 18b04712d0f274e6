"""The reader agrees with json.loads on every value, and its places cut out exactly what was written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import (
    NOWHERE,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    Text,
    describe,
    to_python,
    walk,
)
from execpolicy.document.syntax.python_objects import read_objects

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=20
)
SPACES = st.text(" \t\n\r", max_size=4)


def exact(node: Node) -> object:
    """The value of a node with its numbers as Decimals."""
    match node:
        case JsonArray():
            return [exact(item) for item in node.items]
        case JsonObject():
            return {name: exact(value) for name, (_, _, value) in node.members.items()}
        case JsonNumber():
            return Decimal(node.text)
        case _:
            return to_python(node)


def exact_json(text: str) -> object:
    """What json makes of it, numbers as Decimals."""
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """A value as JSON, with white space wherever it may stand and escapes where json.dumps writes them."""

    def write(value: Any) -> str:
        before, after = draw(SPACES), draw(SPACES)
        if isinstance(value, list):
            inside = ",".join(write(item) for item in value) or draw(SPACES)
            return f"{before}[{inside}]{after}"
        if isinstance(value, dict):
            members = (f"{write(name)}:{write(inner)}" for name, inner in value.items())
            return f"{before}{{{','.join(members) or draw(SPACES)}}}{after}"
        return before + json.dumps(value, ensure_ascii=draw(st.booleans())) + after

    return write(value)


@given(VALUES.flatmap(written))
def test_every_json_text_is_read_as_json_reads_it(text: str) -> None:
    root, faults = read_json(text)
    assert faults == []
    assert root is not None
    assert exact(root) == exact_json(text)
    assert [type(value) for value in _leaves(to_python(root))] == [type(value) for value in _leaves(json.loads(text))]


def _leaves(value: object) -> list[object]:
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    # A number that Python writes otherwise (1E+2, -0) stays its text: only what is exact must be a number.
    return [] if isinstance(value, (int, float, str)) and not isinstance(value, bool) else [value]


@given(VALUES.flatmap(written))
def test_the_place_of_every_node_is_exactly_its_text(text: str) -> None:
    root, _ = read_json(text)
    assert root is not None
    for node, _ in walk(root):
        piece = text[node[1] : node[2]]
        assert piece == piece.strip(" \t\n\r")
        assert exact_json(piece) == exact(node)
        if isinstance(node, JsonObject):
            for name, (start, end, _) in node.members.items():
                assert json.loads(text[start:end]) == name


@given(st.text('{}[]:,"\\ \n0123.eE+-truefalsnNIy/u', max_size=30))
def test_what_json_refuses_is_refused_and_what_it_takes_is_taken(text: str) -> None:
    try:
        expected = exact_json(text)
    except ValueError:
        expected = ...
    root, faults = read_json(text)
    if expected is ... or "NaN" in text or "Infinity" in text:
        assert faults
    elif faults:
        assert {fault.rule for fault in faults} <= {"POL-3", ""}
        assert all("twice" in fault.message or "exponent" in fault.message for fault in faults)
    else:
        assert root is not None
        assert exact(root) == expected


@given(VALUES)
def test_objects_are_read_as_their_json_text_is(value: object) -> None:
    from_objects, faults = read_objects({"value": value})
    from_text, in_text = read_json(json.dumps({"value": value}))
    # A text may have a noncharacter, which both refuse.
    assert [fault.message for fault in faults] == [fault.message for fault in in_text]
    assert all("noncharacter" in fault.message for fault in faults)
    assert from_objects is not None
    assert from_text is not None
    assert _placeless(from_objects) == _placeless(from_text)
    assert {node[1] for node, _ in walk(from_objects)} == {NOWHERE}


def _placeless(node: Node) -> object:
    if isinstance(node, JsonArray):
        return [_placeless(item) for item in node.items]
    if isinstance(node, JsonObject):
        return {name: _placeless(value) for name, (_, _, value) in node.members.items()}
    return type(node), node[0]


def test_python_values_that_stand_for_json() -> None:
    class Colour(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "no"

    root, faults = read_objects({Colour("a"): (1, True, 1.5, Decimal("1.10"), None, Colour("red"), {"b": []})})
    assert faults == []
    assert isinstance(root, JsonObject)
    ((start, end, value),) = [root.members["a"]]
    assert (start, end) == (NOWHERE, NOWHERE)
    assert value == JsonArray(
        [
            JsonNumber("1"),
            JsonBoolean("true"),
            JsonNumber("1.5"),
            JsonNumber("1.10"),
            JsonNull(),
            Text("red"),
            JsonObject({"b": (NOWHERE, NOWHERE, JsonArray([]))}),
        ]
    )
    assert type(value.items[5].value if isinstance(value.items[5], Text) else None) is str
    assert type(value.items[1]) is JsonBoolean


@pytest.mark.parametrize(
    ("text", "value"),
    [("10", 10), ("-3", -3), ("0.5", 0.5), ("1.10", "1.10"), ("1e2", "1e2"), ("-0", "-0"), ("9" * 64, int("9" * 64))],
)
def test_a_number_is_given_back_exactly(text: str, value: object) -> None:
    root, _ = read_json(text)
    assert root is not None
    assert to_python(root) == value
    assert type(to_python(root)) is type(value)


def test_nodes_are_described_in_words() -> None:
    root, _ = read_json('["x", 5, [], [1], {}, true, null]')
    assert isinstance(root, JsonArray)
    assert [describe(item) for item in root.items] == [
        "a string",
        "the number 5",
        "an empty list",
        "a list",
        "an object",
        "true",
        "null",
    ]


def test_paths_name_odd_members_in_brackets() -> None:
    root, _ = read_json('{"Statement": [{"aws:SourceIp": {"é": {"": 1}}}]}')
    assert root is not None
    assert [path for _, path in walk(root)] == [
        "",
        "Statement",
        "Statement[0]",
        'Statement[0]["aws:SourceIp"]',
        'Statement[0]["aws:SourceIp"]["é"]',
        'Statement[0]["aws:SourceIp"]["é"][""]',
    ]
