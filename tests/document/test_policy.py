"""The public class: what is taken, what is remembered, what is equal, and where things are."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, Source, Span, UsageError
from tests.document.documents import documents, placeless
from tests.systems import POSIX_FILES
from tests.untyped import untyped

DOCUMENT = """{"Version": "2012-10-17", "Id": "doc", "Statement": {
 "Effect": "Deny", "Principal": {"AWS": "111122223333"}, "NotAction": ["a:b", "c:\\u0064"],
 "Resource": "*", "Condition": {"NumericEquals": {"x": 1.10, "y": []}}}}"""


@pytest.mark.rule("POL-2", "POL-9")
@given(documents())
def test_text_and_objects_give_the_same_policy(drawn: tuple[PolicyKind, dict[str, Any]]) -> None:
    kind, document = drawn
    text = json.dumps(document)
    from_text, from_bytes = Policy.parse(text, kind=kind), Policy.parse(text.encode(), kind=kind)
    from_objects = Policy.parse(document, kind=kind)
    assert from_text == from_bytes
    assert placeless(from_text.statements) == from_objects.statements
    assert (from_text.version, from_text.id) == (from_objects.version, from_objects.id)
    assert from_text.to_document() == from_objects.to_document() == document
    for policy in (from_text, from_objects):
        for again in (pickle.loads(pickle.dumps(policy)), copy.deepcopy(policy)):
            assert again == policy
            assert hash(again) == hash(policy)
            assert again.statements == policy.statements


def test_what_a_policy_remembers() -> None:
    policy = Policy.parse(DOCUMENT, kind="resource")
    assert (policy.kind, policy.name, policy.version, policy.id) == (
        PolicyKind.RESOURCE,
        "<policy>",
        "2012-10-17",
        "doc",
    )
    assert policy.source is not None
    assert policy.source.text == DOCUMENT
    assert repr(policy) == "<Policy <policy>: resource, 1 statement>"
    with pytest.raises(AttributeError, match="Policy is immutable: name cannot be set"):
        policy.name = "x"
    empty = Policy.parse(MappingProxyType({"Statement": ()}), kind=PolicyKind.SESSION, name="org")
    assert (empty.kind, empty.name, empty.version, empty.id) == (PolicyKind.SESSION, "org", "2008-10-17", None)
    assert (empty.source, empty.statements) == (None, ())
    assert repr(empty) == "<Policy org: session, 0 statements>"


def test_equal_is_the_same_kind_name_and_document() -> None:
    policy = Policy.parse(DOCUMENT, kind="resource")
    assert policy == Policy.parse(DOCUMENT.encode(), kind="resource")
    objects = Policy.parse(policy.to_document(), kind="resource")
    assert objects == Policy.parse(policy.to_document(), kind="resource")
    others = [
        Policy.parse(DOCUMENT, kind="domain_name"),
        Policy.parse(DOCUMENT, kind="resource", name="x"),
        Policy.parse(DOCUMENT + " ", kind="resource"),
        objects,
        Policy.parse({**policy.to_document(), "Id": "other"}, kind="resource"),
        Policy.parse({**policy.to_document(), "Version": "2008-10-17"}, kind="resource"),
    ]
    assert len({policy, *others}) == 7
    assert policy != DOCUMENT


def test_where_the_parts_of_a_policy_stand() -> None:
    policy = Policy.parse(DOCUMENT, kind="resource", name="p.json")
    (statement,) = policy.statements
    assert policy.span(statement) == Span(1, 53, 3, 72)
    assert policy.span(statement.action) == Span(2, 58, 2, 90)
    assert policy.span(statement.action.values[1]) == Span(2, 79, 2, 89)
    assert policy.span(statement.action.values[1], 2, 3) == Span(2, 82, 2, 88)
    assert policy.span(statement.action.values[0], 0, 1) == Span(2, 73, 2, 74)
    assert statement.principal is not None
    assert policy.span(statement.principal) == Span(2, 20, 2, 56)
    assert policy.span(statement.principal.entries[0]) == Span(2, 41, 2, 55)
    with_value, without_value = statement.conditions
    assert policy.span(with_value) == Span(3, 51, 3, 60)
    assert policy.span(without_value) == Span(3, 62, 3, 69)
    assert policy.span(with_value.operator_text) == Span(3, 33, 3, 48)
    assert policy.place(with_value, "unused") == "p.json:3:51"


def test_parts_of_objects_are_named_by_path() -> None:
    document = Policy.parse(DOCUMENT, kind="resource").to_document()
    policy = Policy.parse(document, kind="resource", name="p.json")
    statement: Statement = policy.statements[0]
    for node in (statement, statement.action, statement.conditions[0], statement.action.values[0]):
        assert policy.span(node) is None
        assert policy.place(node, "Statement.Action") == "p.json: Statement.Action"
        assert policy.place(node) == "p.json"


def test_the_document_is_given_back_as_plain_objects() -> None:
    assert Policy.parse(DOCUMENT, kind="resource").to_document() == {
        "Version": "2012-10-17",
        "Id": "doc",
        "Statement": {
            "Effect": "Deny",
            "Principal": {"AWS": "111122223333"},
            "NotAction": ["a:b", "c:d"],
            "Resource": "*",
            "Condition": {"NumericEquals": {"x": "1.10", "y": []}},
        },
    }


LARGER = """{"policies": {
 "a": {"Statement": {"Effect": "Allow", "Action": "a:\\u0062", "Resource": "*"}},
 "b": {"Statement": {"Effect": "Allow", "Action": "ab", "Resource": null}}
}}"""


def test_a_part_of_a_larger_text_is_a_policy_with_its_places_there() -> None:
    root, faults = read_json(LARGER)
    assert isinstance(root, JsonObject)
    assert faults == []
    policies = root.members["policies"][2]
    assert isinstance(policies, JsonObject)
    source = Source("cases.json", LARGER)
    policy = Policy.from_node(policies.members["a"][2], kind="identity", name="a", source=source)
    assert (policy.name, policy.source, len(policy.statements)) == ("a", source, 1)
    action = policy.statements[0].action.values[0]
    assert policy.span(action) == Span(2, 51, 2, 61)
    assert policy.span(action, 2, 3) == Span(2, 54, 2, 60)
    assert policy.place(action) == "cases.json:2:51"
    again = pickle.loads(pickle.dumps(policy))
    assert again == policy
    assert again.span(again.statements[0].action.values[0], 2, 3) == Span(2, 54, 2, 60)
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.from_node(policies.members["b"][2], kind="identity", name="b", source=source)
    assert [(error.place, error.message) for error in caught.value.errors] == [
        ("cases.json:3:51", 'found "ab" as Action, expected service:Name'),
        ("cases.json:3:69", "found null as Resource, expected a string or a list of them"),
    ]
    with pytest.raises(UsageError, match='found "x" as the kind of a policy'):
        Policy.from_node(root, kind=untyped("x"), name="b", source=source)


def test_parts_of_a_larger_text_are_equal_only_with_equal_values() -> None:
    root, _ = read_json(LARGER)
    assert isinstance(root, JsonObject)
    policies = root.members["policies"][2]
    assert isinstance(policies, JsonObject)
    node = policies.members["a"][2]
    source = Source("cases.json", LARGER)

    def with_action(value: str) -> Policy:
        """The policy as a template gives it, in which a parameter stands for the action."""
        return Policy.from_node(_replaced(node, value), kind="identity", name="a", source=source)

    first, second = with_action("execute-api:Invoke"), with_action("execute-api:*")
    assert first == with_action("execute-api:Invoke")
    assert hash(first) == hash(with_action("execute-api:Invoke"))
    assert first != second
    assert len({first, second, with_action("execute-api:*")}) == 2


def _replaced(node: Node, value: str) -> Node:
    """The node with another value of each action, at the same places."""
    match node:
        case JsonObject(members, start, end):
            changed = {
                name: (
                    first,
                    last,
                    Text(value, inner.start, inner.end) if name == "Action" else _replaced(inner, value),
                )
                for name, (first, last, inner) in members.items()
            }
            return JsonObject(changed, start, end)
        case JsonArray(items, start, end):
            return JsonArray([_replaced(item, value) for item in items], start, end)
        case _:
            return node


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    ("document", "found"), [(None, "NoneType"), (5, "int"), ([], "list"), (memoryview(b""), "memoryview")]
)
def test_a_document_is_text_bytes_or_a_mapping(document: Any, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        Policy.parse(document, kind="identity")
    assert caught.value.message == f"found a document of type {found}, expected text, bytes or a mapping"
    assert caught.value.advice == "Policy.load reads a file; documents in a list are parsed one by one"


@pytest.mark.rule("POL-8")
def test_the_kind_is_checked_before_the_document() -> None:
    with pytest.raises(UsageError, match='found "x" as the kind of a policy'):
        Policy.parse("no document", kind=untyped("x"))
    with pytest.raises(UsageError, match='found "x" as the kind of a policy'):
        Policy.load("no file", kind=untyped("x"))


@pytest.mark.parametrize("name", [5, b"x", Path("x")])
def test_a_name_is_text(name: Any) -> None:
    with pytest.raises(UsageError) as caught:
        Policy.parse('{"Statement": []}', kind="identity", name=name)
    assert caught.value.message == f"found a name of type {type(name).__name__}, expected a string"
    assert caught.value.advice == "str() converts a path"


class TestLoad:
    def test_a_file_is_read_and_named(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.json"
        path.write_text("\ufeff" + DOCUMENT, encoding="utf-8")
        policy = Policy.load(path, kind="resource")
        assert (policy.name, policy.id) == (str(path), "doc")
        assert policy == Policy.load(str(path), kind=PolicyKind.RESOURCE)
        assert policy == Policy.parse(DOCUMENT, kind="resource", name=str(path))

    def test_mistakes_name_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.json"
        path.write_bytes(b'{\n"Id": 1,}')
        with pytest.raises(PolicySyntaxError) as caught:
            Policy.load(path, kind="identity")
        assert [error.place for error in caught.value.errors] == [f"{path}:2:8"]

    @POSIX_FILES
    @pytest.mark.parametrize(
        ("name", "reason", "advice"),
        [
            ("none.json", "No such file or directory", "check the path"),
            ("", "it is a directory, expected a regular file", "name a file in it"),
            ("a\0b", "embedded null byte", "check the path"),
            ('{"Statement": []}', "No such file or directory", "Policy.parse takes the text of a document"),
        ],
    )
    def test_a_file_that_cannot_be_read(self, tmp_path: Path, name: str, reason: str, advice: str) -> None:
        path = f"{tmp_path}/{name}"
        with pytest.raises(ExecPolicyError) as caught:
            Policy.load(path, kind="identity")
        shown = path.replace("\0", "\\x00").replace('"', '\\"')
        assert caught.value.message == f'cannot read "{shown}": {reason}'
        assert caught.value.advice == advice

    @pytest.mark.parametrize("path", [0, None, {"Statement": []}, b"policy.json"])
    def test_a_path_is_a_string_or_a_path(self, path: Any) -> None:
        with pytest.raises(UsageError) as caught:
            Policy.load(path, kind="identity")
        assert caught.value.message == f"found a path of type {type(path).__name__}, expected a string or a path"
        assert caught.value.advice == "Policy.parse takes a document itself"

    def test_a_file_over_16_mib_is_not_read_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.json"
        with path.open("wb") as file:
            file.truncate(1024**3)
        with pytest.raises(PolicySyntaxError) as caught:
            Policy.load(path, kind="identity")
        assert caught.value.message == "found more than 16777216 bytes, expected at most that (16 MiB)"
        assert caught.value.diagnostic.place == str(path)


@pytest.mark.rule("PRN-1")
@pytest.mark.parametrize("form", ["*", {"AWS": "*"}, {"AWS": ["*"]}], ids=str)
def test_the_form_of_a_principal_for_everybody_is_kept(form: object) -> None:
    statement = {"Effect": "Allow", "Principal": form, "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    for policy in (Policy.parse(document, kind="resource"), Policy.parse(json.dumps(document), kind="resource")):
        assert policy.to_document() == document
        (entry,) = policy.statements[0].principal.entries if policy.statements[0].principal else ()
        assert entry.type == ("*" if form == "*" else "AWS")
        assert policy.statements_without_places[0].principal is not None


@pytest.mark.rule("PRN-1")
def test_the_two_forms_of_everybody_are_not_equal() -> None:
    alone, under_aws = (
        Policy.parse(
            {"Statement": [{"Effect": "Allow", "Principal": form, "Action": "*", "Resource": "*"}]}, kind="resource"
        )
        for form in ("*", {"AWS": "*"})
    )
    assert alone != under_aws
