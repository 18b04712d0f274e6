"""Objects with a fixed set of fields: what is read, and what is reported with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from execpolicy import Diagnostic, ExecPolicyError, PolicySyntaxError, RequestError, Source, Span
from execpolicy.document.syntax.fields import Fields, Problems, array_items, entry
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonObject

KNOWN = ("name", "kind", "on", "count", "tags", "steps", "parts")


def fields(text: str) -> Fields:
    problems, root = read_any(text, "a.json")
    assert isinstance(root, JsonObject)
    return Fields(problems, root, "a case", KNOWN)


def reported(problems: Problems) -> list[tuple[str, str, str]]:
    """Place, message and advice of everything that is reported."""
    with pytest.raises(PolicySyntaxError) as caught:
        problems.check()
    return [(error.place, error.message, error.advice) for error in caught.value.errors]


def test_the_fields_of_an_object() -> None:
    found = fields('{"name": "a", "kind": "x", "on": true, "count": 2, "tags": "t", "steps": [1], "parts": {"p": 1}}')
    assert (found.text("name"), found.choice("kind", ("x", "y"))) == ("a", "x")
    assert (found.flag("on", False), found.count("count")) == (True, 2)
    assert [text.value for text in found.texts("tags") or ()] == ["t"]
    assert len(found.items("steps", "a list")) == 1
    assert [name for name, _ in found.members("parts", "an object")] == ["p"]
    assert found.must("name", "kind")
    assert found.has("on")
    assert found.problems.count == 0
    found.problems.check()


def test_fields_that_are_missing() -> None:
    found = fields("{}")
    assert (found.value("name"), found.text("name"), found.choice("kind", ("x",))) == (None, None, None)
    assert (found.flag("on", True), found.count("count"), found.texts("tags"), found.distinct("tags")) == (
        True, None, None, None
    )  # fmt: skip
    assert (found.items("steps", "a list"), list(found.members("parts", "an object"))) == ([], [])
    found.refuse(("name",), "a draft", "remove it")
    assert not found.must("name", "kind")
    assert reported(found.problems) == [
        ("a.json:1:1", 'found a case without "name"', 'add "name"'),
        ("a.json:1:1", 'found a case without "kind"', 'add "kind"'),
    ]


@pytest.mark.parametrize(
    ("text", "read", "place", "message", "advice"),
    [
        ('{"nam": 1}', lambda each: None, "1:2", 'found "nam", which is not a field of a case', 'did you mean "name"?'),
        ('{"name": 5}', lambda each: each.text("name"), "1:10", "found the number 5 as name, expected a string",
         "put it in double quotes"),
        ('{"name": ""}', lambda each: each.text("name"), "1:10", "found an empty string as name",
         "fill it in, or leave it out"),
        ('{"kind": "xs"}', lambda each: each.choice("kind", ("xss", "yes")), "1:10",
         'found "xs" as kind, expected xss or yes', 'did you mean "xss"?'),
        ('{"on": "yes"}', lambda each: each.flag("on", False), "1:8", "found a string as on, expected true or false",
         "write true or false"),
        ('{"count": 0}', lambda each: each.count("count"), "1:11",
         "found the number 0 as count, expected a whole number from 1 on", "write a whole number from 1 on"),
        ('{"tags": {}}', lambda each: each.texts("tags"), "1:10",
         "found an object as tags, expected a string or a list of strings", "write a string or a list of strings"),
        ('{"tags": ["a", true]}', lambda each: each.texts("tags"), "1:16",
         "found true as tags, expected a string", "put it in double quotes"),
        ('{"tags": ["a", "a"]}', lambda each: each.distinct("tags"), "1:16", 'found "a" twice in tags',
         "remove one of them"),
        ('{"steps": 1}', lambda each: each.items("steps", "a list of steps"), "1:11",
         "found the number 1 as steps, expected a list of steps", "write a list of steps"),
        ('{"parts": []}', lambda each: list(each.members("parts", "an object of parts")), "1:11",
         "found an empty list as parts, expected an object of parts", "write an object of parts"),
        ('{"name": "a"}', lambda each: each.refuse(("name",), "a draft", "remove it"), "1:2",
         'found "name" in a draft', "remove it"),
    ],
)  # fmt: skip
def test_a_field_that_is_wrong(
    text: str, read: Callable[[Fields], object], place: str, message: str, advice: str
) -> None:
    found = fields(text)
    read(found)
    assert reported(found.problems) == [(f"a.json:{place}", message, advice)]


def test_a_value_that_is_not_an_object() -> None:
    problems, root = read_any('{"case": [5]}', "a.json")
    assert isinstance(root, JsonObject)
    node = root.members["case"][2]
    assert entry(problems, node, "a case", KNOWN) is None
    assert entry(problems, root, "a case", ("case",)) is not None
    assert array_items(problems, None, "cases", "a list") == []
    assert reported(problems) == [("a.json:1:10", "found a list as a case, expected an object", "write an object")]


class TestErrorsOfTheLibrary:
    def reported_at(self, text: str, error: ExecPolicyError) -> list[tuple[str, str]]:
        problems, root = read_any(text, "a.json")
        assert isinstance(root, JsonObject)
        node = root.members["name"][2]
        problems.refused(node, error)
        assert problems.place(node).startswith("a.json:1:")
        return [(place, message) for place, message, _ in reported(problems)]

    def test_an_error_without_a_place_has_that_of_the_value(self) -> None:
        assert self.reported_at('{"name": "ab"}', RequestError("wrong")) == [("a.json:1:10", "wrong")]
        assert self.reported_at('{"name": 5}', RequestError("wrong", path="b")) == [("a.json:1:10", "b: wrong")]

    def test_an_error_in_the_value_has_the_place_inside(self) -> None:
        source = Source("<name>", "ab")
        error = RequestError("wrong", source=source, span=source.span(1, 2))
        assert self.reported_at('{"name": "ab"}', error) == [("a.json:1:12", "wrong")]
        assert self.reported_at('{"name": "other"}', error) == [("a.json:1:10", "wrong")]

    def test_an_error_over_several_lines_has_the_place_of_the_value(self) -> None:
        error = RequestError("wrong", source=Source("<name>", "a\nb"), span=Span(1, 1, 2, 2))
        assert self.reported_at('{"name": "a\\nb"}', error) == [("a.json:1:10", "wrong")]

    def test_errors_with_places_keep_them(self) -> None:
        here, other = Source("a.json", '{"name": "ab"}'), Source("b.json", "{}")
        error = PolicySyntaxError(
            [
                Diagnostic("here", here, here.span(2, 4)),
                Diagnostic("in another file", other, other.span(0, 1)),
                Diagnostic("in another file", other, other.span(0, 1)),
            ]
        )
        assert self.reported_at('{"name": "ab"}', error) == [("a.json:1:3", "here"), ("b.json:1:1", "in another file")]

    def test_errors_without_places_are_all_reported(self) -> None:
        error = PolicySyntaxError([Diagnostic("one", path="Statement[0]"), Diagnostic("two")])
        assert self.reported_at('{"name": "ab"}', error) == [
            ("a.json:1:10", "Statement[0]: one"), ("a.json:1:10", "two")
        ]  # fmt: skip
