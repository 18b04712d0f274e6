"""A JSON document in a string: where its parts are in the larger text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import PolicySyntaxError
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonObject, Node, Text, to_python, walk
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.json_in_text import json_of, read_json_in_text

DOCUMENTS = {
    "quotes": ('P: \'{"a": ["b"]}\'\n', '["b"]'),
    "space before": ('P: \'  {"a": ["b"]}\'\n', '["b"]'),
    "escapes": ('{"P": "{\\"a\\": [\\"b\\"]}"}', '[\\"b\\"]'),
    "literal": ('P: |\n  {"a":\n     ["b"]}\n', '["b"]'),
    "literal, stripped": ('P: |-  # a policy\n  {"a":\n     ["b"]}\n', '["b"]'),
    "literal, indented": ('P: |2\n    {"a":\n\n     ["b"]}\n\n\n', '["b"]'),
    "literal, with Windows lines": ('P: |\r\n  {"a":\r\n     ["b"]}\r\n', '["b"]'),
    "folded": ('P: >\n  {"a":\n  ["b"]}\n', '>\n  {"a":\n  ["b"]}'),
}


def string_in(text: str, name: str = "policy.yaml") -> tuple[Problems, Text]:
    problems, root = read_any(text, name)
    assert isinstance(root, JsonObject)
    string = root.members["P"][2]
    assert isinstance(string, Text)
    return problems, string


def written(problems: Problems, node: Node) -> str:
    return problems.source.text[node.start : node.end]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_parts_have_the_places_of_the_larger_text(name: str) -> None:
    text, expected = DOCUMENTS[name]
    problems, string = string_in(text)
    root = read_json_in_text(problems, string)
    assert isinstance(root, JsonObject)
    assert to_python(root) == {"a": ["b"]}
    assert written(problems, root.members["a"][2]) == expected
    problems.check()


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufdd0\ufdd1"), max_size=5)


@given(st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=6))
def test_each_part_of_a_json_string_is_written_at_its_place(document: object) -> None:
    inner = json.dumps({"x": document})
    problems, string = string_in(json.dumps({"P": inner}), "policy.json")
    root = read_json_in_text(problems, string)
    assert root is not None
    assert to_python(root) == {"x": document}
    for node, _ in walk(root):
        assert json.loads(json.loads(f'"{written(problems, node)}"')) == to_python(node)


def test_a_text_that_a_function_makes_has_one_place_and_unknown_values() -> None:
    problems, string = string_in("P: '${Stage}'\n")
    made = Text(json.dumps({"a": [f"x{unknown_text('the parameter Stage')}"]}, ensure_ascii=False), *string[1:])
    root = read_json_in_text(problems, made)
    assert root is not None
    assert to_python(root) == {"a": [f"x{unknown_text('the parameter Stage')}"]}
    assert {written(problems, node) for node, _ in walk(root)} == {"'${Stage}'"}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("P: '{\"a\": [}'\n", 'found "}", expected a value or "]"; the list was opened at policy.yaml:1:11', (1, 12)),
        ('P: |\n  {"a":\n  }\n', 'found "}", expected a value', (3, 3)),
        ('P: >\n  {"a":\n  }\n', 'found "}", expected a value', (1, 4)),
    ],
)
def test_a_fault_has_the_place_of_the_larger_text(text: str, message: str, place: tuple[int, int]) -> None:
    problems, string = string_in(text)
    assert read_json_in_text(problems, string) is None
    with pytest.raises(PolicySyntaxError) as caught:
        problems.check()
    assert (caught.value.message, caught.value.span and caught.value.span[:2]) == (message, place)


#: Names of unknown values may have any character; "#0" is what stands for a name while a text is read.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufdd0\ufdd1"), min_size=1, max_size=4) | st.just(
    "#0"
)
UNKNOWN_TEXTS = st.lists(TEXTS | NAMES.map(unknown_text), max_size=3).map("".join)


@given(st.recursive(UNKNOWN_TEXTS, lambda inner: st.lists(inner) | st.dictionaries(UNKNOWN_TEXTS, inner), max_leaves=6))
def test_an_unknown_value_stays_in_its_string(document: object) -> None:
    problems, string = string_in("P: '${Stage}'\n")
    root = read_json_in_text(problems, Text(json_of({"x": document}), *string[1:]))
    problems.check()
    assert root is not None
    assert to_python(root) == {"x": document}


def test_the_json_text_of_known_data() -> None:
    assert json_of({"a": [1, True, None, "é"]}) == '{"a":[1,true,null,"é"]}'


#: Beginnings and ends of JSON texts, with what is between them if the unknown value is such a part.
AROUND = [
    '{"a": ',
    "{",
    '{"a": [1',
    '{"a": "x',
    '{"a": "\\"',
    '{"a": "\\\\", "b',
    '{"a": "b"',
    "{} ",
    '{"a": "\\',
    '{"a": "\\\\',
]


@given(
    st.sampled_from(AROUND),
    st.sampled_from(["}", '"}', "]}", '": 1}', ""]),
    st.sampled_from(["1", "x", ', "c": 2', '"']),
)
def test_only_a_value_in_a_string_leaves_the_document_known(before: str, after: str, value: str) -> None:
    """The second way: in a string, a value without quotes and escapes is a part of a string of the document."""
    problems, string = string_in("P: '${Stage}'\n")
    made = Text(f"{before}{unknown_text('V')}{after}", *string[1:])
    found = read_json_in_text(problems, made)
    in_string = _is_in_string(before)
    if not in_string:
        assert found is made
        assert problems.count == 0
        return
    if found is None:
        with pytest.raises(PolicySyntaxError) as caught:
            problems.check()
        assert all(each.span is not None and each.span[:2] == (1, 4) for each in caught.value.errors)
        return
    known = before + value + after
    if value in ("1", "x"):
        assert to_python(found) == _renamed(json.loads(known), value)


def _is_in_string(before: str) -> bool:
    """Whether a character that follows a text stands in a string, and is no part of an escape."""
    in_string, escaped = False, False
    for character in before:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            in_string = not in_string
    return in_string and not escaped


def _renamed(found: object, value: str) -> object:
    """The document with the unknown value in place of a known one, in the strings that end with it."""
    if isinstance(found, str):
        return found[: -len(value)] + unknown_text("V") if found.endswith(value) else found
    if isinstance(found, dict):
        return {_renamed(name, value): _renamed(each, value) for name, each in found.items()}
    return [_renamed(each, value) for each in found] if isinstance(found, list) else found


def test_a_fault_names_the_unknown_value() -> None:
    problems, string = string_in("P: '${Stage}'\n")
    text = f'{{"{unknown_text("V")}": 1, "{unknown_text("V")}": 2}}'
    assert read_json_in_text(problems, Text(text, *string[1:])) is None
    with pytest.raises(PolicySyntaxError) as caught:
        problems.check()
    assert caught.value.message.startswith('found the name "<V>" twice')


def test_a_text_with_many_unknown_values() -> None:
    problems, string = string_in("P: '${Stage}'\n")
    document = {"x": [unknown_text(f"the parameter P{number}") for number in range(20_000)]}
    root = read_json_in_text(problems, Text(json_of(document), *string[1:]))
    assert root is not None
    assert to_python(root) == document
