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
from execpolicy.loaders.json_in_text import read_json_in_text

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
