"""Edits that remove an item or a member, or add one: the text stays JSON or YAML, and nothing else of it changes."""

from __future__ import annotations

import json

import pytest

from execpolicy import Policy
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, walk
from execpolicy.linter.finding import Edit
from execpolicy.linter.fixes.member_edits import with_member, without_item, without_member

HEAD = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", '


def applied(policy: Policy, edit: Edit | None) -> str | None:
    if edit is None:
        return None
    source = policy.source
    assert source is not None
    start = source.offset(edit.span.line, edit.span.column)
    end = source.offset(edit.span.end_line, edit.span.end_column)
    return source.text[:start] + edit.text + source.text[end:]


def node_at(policy: Policy, path: str) -> Node:
    return next(node for node, where in walk(policy.root) if where == path)


def read(text: str, name: str) -> Policy:
    return Policy.from_file_text(text, kind="resource", name=name)


def removed(resource: str, item: str, name: str) -> str | None:
    """The text of Resource without an item."""
    template = (
        HEAD + '"Action": "execute-api:Invoke", "Resource": §}}'
        if name.endswith("json")
        else "Version: 2012-10-17\nStatement:\n  - Effect: Allow\n    Principal: '*'\n    Resource:§\n"
        "    Action: execute-api:Invoke\n"
    )
    policy = read(template.replace("§", resource), name)
    path = "Statement.Resource" if name.endswith("json") else "Statement[0].Resource"
    node = node_at(policy, path)
    assert isinstance(node, JsonArray)
    values = [each.value for each in node.items if isinstance(each, Text)]
    text = applied(policy, without_item(policy, node, values.index(item)))
    if text is None:
        return None
    before, after = template.split("§")
    assert text.startswith(before)
    assert text.endswith(after)
    left = node_at(read(text, name), path)
    assert isinstance(left, JsonArray)
    assert [each.value for each in left.items if isinstance(each, Text)] == [each for each in values if each != item]
    return text[len(before) : len(text) - len(after)]


@pytest.mark.parametrize(
    ("resource", "item", "expected"),
    [
        ('["*", "b", "c"]', "*", '["b", "c"]'),
        ('["*", "b", "c"]', "b", '["*", "c"]'),
        ('["*","b" , "c" ]', "c", '["*","b" ]'),
        ('[\n  "*",\n  "b"\n]', "*", '[\n  "b"\n]'),
        ('[\n  "*",\n  "b"\n]', "b", '[\n  "*"\n]'),
        ('["*"]', "*", None),
    ],
)
def test_an_item_of_json(resource: str, item: str, expected: str | None) -> None:
    assert removed(resource, item, "policy.json") == expected


@pytest.mark.parametrize(
    ("resource", "item", "expected"),
    [
        (" [a, 'b', \"c\"]", "b", ' [a, "c"]'),
        (" [a, b,]", "b", None),
        (" [a, b,]", "a", " [b,]"),
        (" [a,  # first\n      b]", "a", None),
        (" [a,\n      b]", "a", " [b]"),
        ("\n      - a\n      - b", "a", "\n      - b"),
        ("\n    - a\n    - b  # last\n", "b", "\n    - a\n"),
        ("\n    - a\n    # about b\n    - b", "a", "\n    # about b\n    - b"),
        ("\n    - a #x\n    - b", "a", "\n    - a #x".replace(" - a #x", " - b")),
        ('\n    - "a\n      c"\n    - b', "a c", "\n    - b"),
        ("\n    - >-\n      a\n    - b", "a", "\n    - b"),
        ("\n    -\n      a\n    - b", "a", None),
        ("\n    - &x a\n    - b", "a", None),
        ("\n    - a", "a", None),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_an_item_of_yaml(resource: str, item: str, expected: str | None, line_end: str) -> None:
    found = removed(resource.replace("\n", line_end), item, "policy.yaml")
    assert found == (None if expected is None else expected.replace("\n", line_end))


def test_the_last_line_of_a_file() -> None:
    for line_end in ("\n", "\r\n"):
        text = "Statement:\n- Effect: Allow\n  Principal: '*'\n  Action: '*'\n  Resource:\n  - a\n  - b".replace(
            "\n", line_end
        )
        policy = read(text, "policy.yaml")
        node = node_at(policy, "Statement[0].Resource")
        assert isinstance(node, JsonArray)
        assert applied(policy, without_item(policy, node, 1)) == text.removesuffix(f"{line_end}  - b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Sid": "", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}', ('"Sid": "", ', "")),
        ('{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Sid": ""}', (', "Sid": ""', "")),
        (
            '{\n  "Sid" : "",\n  "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}',
            ('"Sid" : "",\n  ', ""),
        ),
        ("Sid: ''\n  Effect: Allow\n  Principal: '*'\n  Action: '*'\n  Resource: '*'", ("Sid: ''\n  ", "")),
        ("Sid: ''  # none\n  Effect: Allow\n  Principal: '*'\n  Action: '*'\n  Resource: '*'", None),
        (
            "Effect: Allow\n  Sid: ''  # none\n  Principal: '*'\n  Action: '*'\n  Resource: '*'",
            ("  Sid: ''  # none\n", ""),
        ),
        ("Effect: Allow\n  Principal: '*'\n  Action: '*'\n  Resource: '*'\n  Sid: ''", ("\n  Sid: ''", "")),
    ],
)
def test_a_member(text: str, expected: tuple[str, str] | None) -> None:
    is_json = text.startswith("{")
    text = f'{{"Statement": [{text}]}}' if is_json else f"Statement:\n- {text}"
    policy = read(text, "policy.json" if is_json else "policy.yaml")
    node = node_at(policy, "Statement[0]")
    assert isinstance(node, JsonObject)
    found = applied(policy, without_member(policy, node, "Sid"))
    assert found == (None if expected is None else text.replace(*expected))
    if found is not None:
        assert read(found, policy.name).statements[0].sid is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Statement": §}', '{"Version": "2012-10-17", "Statement": §}'),
        ('{\n  "Statement": §}', '{\n  "Version": "2012-10-17",\n  "Statement": §}'),
        ("Statement: §\n", 'Version: "2012-10-17"\nStatement: §\n'),
        ("# a policy\r\n---\r\nStatement: §\r\n", '# a policy\r\n---\r\nVersion: "2012-10-17"\r\nStatement: §\r\n'),
        ("'Statement': §\n", "Version: \"2012-10-17\"\n'Statement': §\n"),
        ('"Statement": §\n', '"Version": "2012-10-17"\n"Statement": §\n'),
        ("{Statement: §}", '{"Version": "2012-10-17", Statement: §}'),
        ("--- {Statement: §}", '--- {"Version": "2012-10-17", Statement: §}'),
        ("? Statement\n: §\n", None),
    ],
)
def test_a_new_member(text: str, expected: str | None) -> None:
    statement = '{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}'
    name = "policy.json" if '{"' in text or "{\n" in text else "policy.yaml"
    policy = read(text.replace("§", statement), name)
    assert isinstance(policy.root, JsonObject)
    found = applied(policy, with_member(policy, policy.root, "Version", '"2012-10-17"'))
    assert found == (None if expected is None else expected.replace("§", statement))
    if found is not None:
        assert read(found, name).version == "2012-10-17"


def test_a_policy_in_a_string_takes_no_member_that_needs_quotes() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": ["a", "b"]}
    text = json.dumps(json.dumps({"Statement": statement}))
    policy = read(text, "policy.json")
    assert isinstance(policy.root, JsonObject)
    assert with_member(policy, policy.root, "Version", '"2012-10-17"') is None
    node = node_at(policy, "Statement.Resource")
    assert isinstance(node, JsonArray)
    assert applied(policy, without_item(policy, node, 0)) == text.replace('\\"a\\", ', "")


def test_nothing_is_edited_without_a_text() -> None:
    policy = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": ["a", "b"]}}, kind="identity")
    assert isinstance(policy.root, JsonObject)
    assert with_member(policy, policy.root, "Version", '"2012-10-17"') is None
    node = node_at(policy, "Statement.Resource")
    assert isinstance(node, JsonArray)
    assert without_item(policy, node, 0) is None
