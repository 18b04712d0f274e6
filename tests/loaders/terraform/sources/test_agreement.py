"""Which values an expression of a source can give (SRC-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy.document.syntax.json_reader import read_json
from execpolicy.errors import Source
from execpolicy.loaders.terraform.sources.agreement import agrees, body_agrees
from execpolicy.loaders.terraform.sources.hcl_reader import read_hcl


@pytest.mark.rule("SRC-4")
@pytest.mark.parametrize(
    ("value", "written", "expected"),
    [
        ("a", '"a"', True),
        ("a", '"b"', False),
        ("a", '""', False),
        ("", '""', True),
        ("a", "true", False),
        ("true", "true", True),
        ("402", "402", True),
        (402, '"402"', True),
        (402, "402.0", True),
        (402, "403", False),
        (402, "true", False),
        (True, "true", True),
        (True, '"true"', True),
        (True, "false", False),
        (None, "null", True),
        (None, '"a"', False),
        (None, "var.a", True),
        (["a"], '"a"', False),
        (["a"], "null", False),
        # Interpolations give any text.
        ("/a/b", '"/${var.x}/b"', True),
        ("/a/b", '"/${var.x}/c"', False),
        ("b/a", '"/${var.x}"', False),
        ("/a", '"${var.x}/${var.y}"', True),
        ("a", '"${var.x}/${var.y}"', False),
        ("aa", '"a${var.x}aa"', False),
        ("abcbd", '"a${1}b${2}d"', True),
        ("x", '"${var.x}"', True),
        ("${aws:username}", '"&{aws:username}"', True),
        ("${aws:username}", '"$${aws:username}"', True),
        # Documents are written in the way of the provider.
        ('{"a":1}', '"{ \\"a\\": 1 }"', True),
        ('{"a":1}', '"${var.a}"', True),
        ('{"a":1}', '"x"', False),
        # Sets are in another order, and have each item once.
        (["a", "b"], '["b", "a"]', True),
        (["a"], '["a", "a"]', True),
        (["a", "b"], '["a"]', False),
        (["a", "b"], '["a", "c"]', False),
        (["a", "b"], '["a", var.b]', True),
        ("a", '["a"]', False),
        ({"a": "b"}, '{ a = "b" }', True),
        ({"a": "b", "c": "d"}, '{ a = "b" }', True),
        ({"a": "b"}, '{ a = "c" }', False),
        ({}, '{ a = "c" }', False),
        ({}, "{ a = null }", True),
        ("a", '{ a = "c" }', False),
        ("a", "f(1)", True),
    ],
)
def test_an_expression_agrees_with_what_it_can_give(value: Any, written: str, expected: bool) -> None:
    node, _ = read_json(json.dumps(value))
    assert node is not None
    body = read_hcl(Source("main.tf", f"a = {written}\n"))
    assert agrees(node, body.attributes["a"].value) is expected
    block, _ = read_json(json.dumps({"a": value, "b": 1}))
    assert body_agrees(block, body) is expected  # type: ignore[arg-type]  # an object


def test_what_a_plan_does_not_have_agrees() -> None:
    node, _ = read_json("{}")
    assert body_agrees(node, read_hcl(Source("main.tf", "a = 1\n")))  # type: ignore[arg-type]  # an object
