"""JSON or YAML: which of the two a text is, and its root."""

from __future__ import annotations

import pytest

from execpolicy import PolicySyntaxError
from execpolicy.document.syntax.json_or_yaml import is_yaml, read_any
from execpolicy.document.syntax.nodes import to_python
from tests.refused import refused


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("{}", "a.json", False),
        ("a: b", "a.json", False),
        ("{}", "a.yaml", True),
        ("{}", "a.yml", True),
        ("a: b", "a", True),
        (" \n{}", "a", False),
        ("[]", "a", True),
        ("a: b", "<stdin>", True),
    ],
)
def test_which_of_the_two(text: str, name: str, expected: bool) -> None:
    assert is_yaml(text, name) is expected


@pytest.mark.parametrize(("text", "name"), [('{"a": [1]}', "x.json"), ("\ufeffa: [1]", "x.yaml"), ("a: [1]", "x")])
def test_the_root_of_a_text(text: str, name: str) -> None:
    problems, root = read_any(text, name)
    assert to_python(root) == {"a": [1]}
    assert (problems.source.name, problems.count) == (name, 0)
    assert problems.source.text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "name", "place", "first"),
    [('{"a": 1, "a": 2}', "x.json", "1:10", "1:2"), ("a: 1\na: 2\n", "x.yaml", "2:1", "1:1")],
)
def test_what_is_wrong_has_its_place(text: str, name: str, place: str, first: str) -> None:
    said = refused(PolicySyntaxError, lambda: read_any(text, name))
    assert said.message == f'found the name "a" twice in one object; the first is at {name}:{first}'
    assert (said.at, said.rule) == (f"{name}:{place}", "POL-3")
    assert said.advice == "remove one of them, or put both values in one list"
