"""Edits of texts in the styles that people write: what is written, and what is left alone."""

from __future__ import annotations

import pytest

from execpolicy import Policy
from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.suggestions.candidate import statement_node, statements_node
from execpolicy.suggestions.node_change import NodeChange, added_member, added_values
from execpolicy.suggestions.written_change import NotWritten, edited, written

NEW = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
ARN = "arn:aws:execute-api:*:*:a1/prod/GET/b"
HEAD = '"Effect": "Allow", "Action": "execute-api:Invoke"'


def policy(text: str, name: str = "") -> Policy:
    return Policy.from_file_text(text, kind="identity", name=name or ("p.json" if text[0] == "{" else "p.yaml"))


def new_statement(given: Policy) -> NodeChange:
    listed = statements_node(given)
    assert listed is not None
    return added_values(listed, given.root, NEW)


def one_more(given: Policy, name: str = "Resource", *values: str) -> NodeChange:
    node = statement_node(given, 0)
    listed = member(node, name)
    assert node is not None
    assert listed is not None
    return added_values(listed, node, *(values or (ARN,)))


def text_after(given: Policy, *changes: NodeChange) -> str:
    """The text with changes, which the reader confirms."""
    found = written(given, changes)
    assert not isinstance(found, NotWritten), found.reason
    assert given.source is not None
    return edited(given.source, found.edits)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"Statement":[]}', '{"Statement":[{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}'),
        (
            f'{{"Statement": {{{HEAD}, "Resource": "x:*:*"}}}}'.replace("x:*:*", "*"),
            f'{{"Statement": [{{{HEAD}, "Resource": "*"}}, {{{HEAD}, "Resource": "*"}}]}}',
        ),
        (
            f'{{"Statement": [{{{HEAD}, "Resource": "*"}}, {{{HEAD}, "Resource": "*"}}]}}',
            f'{{"Statement": [{{{HEAD}, "Resource": "*"}}, {{{HEAD}, "Resource": "*"}}, {{{HEAD}, "Resource": "*"}}]}}',
        ),
        (
            '{\n\t"Statement": [\n\t\t{\n\t\t\t"Effect": "Allow",\n'
            '\t\t\t"Action": "a:b",\n\t\t\t"Resource": "*"\n\t\t}\n\t]\n}',
            '{\n\t"Statement": [\n\t\t{\n\t\t\t"Effect": "Allow",\n'
            '\t\t\t"Action": "a:b",\n\t\t\t"Resource": "*"\n\t\t},\n\t\t{\n'
            '\t\t\t"Effect": "Allow",\n\t\t\t"Action": "execute-api:Invoke",\n\t\t\t"Resource": "*"\n\t\t}\n\t]\n}',
        ),
        (
            "Statement:\r\n- Effect: Allow # why\r\n  Action: a:b\r\n  Resource: '*' # all\r\n# end\r\n",
            "Statement:\r\n- Effect: Allow # why\r\n  Action: a:b\r\n  Resource: '*' # all\r\n- Effect: Allow\r\n"
            '  Action: execute-api:Invoke\r\n  Resource: "*"\r\n# end\r\n',
        ),
        (
            "Statement:\n  Effect: Allow\n\n  Action:\n    - a:b\n  Resource: '*'",
            "Statement:\n  - Effect: Allow\n\n    Action:\n      - a:b\n    Resource: '*'\n  - Effect: Allow\n"
            '    Action: execute-api:Invoke\n    Resource: "*"',
        ),
        (
            "Statement:\n  -   Effect: Allow\n      Action: a:b\n      Resource: >-\n        arn:aws:s3:::x\n"
            "Version: '2012-10-17'\n",
            "Statement:\n  -   Effect: Allow\n      Action: a:b\n      Resource: >-\n        arn:aws:s3:::x\n"
            "  -   Effect: Allow\n      Action: execute-api:Invoke\n      Resource: \"*\"\nVersion: '2012-10-17'\n",
        ),
        (
            "Statement: [{Effect: Allow, Action: a:b, Resource: '*'}]\n",
            "Statement: [{Effect: Allow, Action: a:b, Resource: '*'}, "
            '{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]\n',
        ),
    ],
)
def test_a_statement_is_written_as_its_neighbours_are(before: str, after: str) -> None:
    given = policy(before)
    assert text_after(given, new_statement(given)) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"Resource": "*"', f'"Resource": ["*", "{ARN}"]'),
        ('"Resource":["*","*"]', f'"Resource":["*","*","{ARN}"]'),
        ('"Resource": ["*", "*"]', f'"Resource": ["*", "*", "{ARN}"]'),
        ('"Resource": [\n  "*"\n]', f'"Resource": [\n  "*",\n  "{ARN}"\n]'),
        ('"Resource": [ "*" , "\\u002a" ]', f'"Resource": [ "*" , "\\u002a" , "{ARN}" ]'),
    ],
)
def test_a_value_is_added_to_json(before: str, after: str) -> None:
    whole = '{"Statement": {"Effect": "Allow", "Action": "a:b", %s}}'
    given = policy(whole % before)
    assert text_after(given, one_more(given)) == whole % after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  Resource: '*' # all", f"  Resource: ['*', \"{ARN}\"] # all"),
        ("  Resource: arn:aws:s3:::x", f"  Resource: [arn:aws:s3:::x, {ARN}]"),
        (
            "  Resource: arn:aws:s3:::${aws:username} # own",
            f"  Resource:\n    - arn:aws:s3:::${{aws:username}} # own\n    - {ARN}",
        ),
        ("  Resource: ['*',]", f"  Resource: ['*', \"{ARN}\",]"),
        ("  Resource:\n  - '*' # all", f"  Resource:\n  - '*' # all\n  - {ARN}"),
        ("  Resource:\n    # none\n    -   '*'", f"  Resource:\n    # none\n    -   '*'\n    -   {ARN}"),
        (
            "  Resource: [ arn:aws:s3:::x ,\n    b:c:d:e:f:g ]",
            f"  Resource: [ arn:aws:s3:::x ,\n    b:c:d:e:f:g ,\n    {ARN} ]",
        ),
    ],
)
def test_a_value_is_added_to_yaml(before: str, after: str) -> None:
    whole = "Version: '2012-10-17'\nStatement:\n- Effect: Allow\n  Action: a:b\n%s\n"
    given = policy(whole % before)
    assert text_after(given, one_more(given)) == whole % after


def test_several_values_are_added_in_order() -> None:
    given = policy('{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"}}')
    assert '"Resource": ["*", "a:b:c:d:e:f", "*"]' in text_after(given, one_more(given, "Resource", "a:b:c:d:e:f", "*"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}', ',"Condition":{"Bool":{"a:b":"true"}}}}'),
        (
            '{\n  "Statement": {\n    "Effect": "Deny",\n    "Action": "*",\n    "Resource": "*"\n  }\n}',
            '"Resource": "*",\n    "Condition": {"Bool": {"a:b": "true"}}\n  }\n}',
        ),
        (
            "Statement:\n- Effect: Deny\n  Action: '*'\n  Resource: '*'\n",
            "  Resource: '*'\n  Condition:\n    Bool:\n      a:b: \"true\"\n",
        ),
    ],
)
def test_a_condition_is_added(before: str, after: str) -> None:
    given = policy(before)
    node = statement_node(given, 0)
    assert isinstance(node, JsonObject)
    assert text_after(given, added_member(node, "Condition", {"Bool": {"a:b": "true"}})).endswith(after)


def test_two_changes_of_one_text() -> None:
    given = policy('{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}')
    changed = text_after(given, one_more(given, "Action", "c:d"), new_statement(given))
    assert '"Action": ["a:b", "c:d"], "Resource": "*"}, {"Effect"' in changed


def test_two_changes_at_the_end_of_one_line_are_written_in_order() -> None:
    before = "Statement:\n- Effect: Deny\n  Action: '*'\n  Resource: '*'\n  Condition:\n    Bool:\n      a:b: 'true'\n"
    given = policy(before)
    conditions = member(statement_node(given, 0), "Condition")
    assert isinstance(conditions, JsonObject)
    changed = text_after(given, added_member(conditions, "Null", {"c:d": "true"}), new_statement(given))
    assert changed == (
        f'{before}    "Null":\n      c:d: "true"\n- Effect: Allow\n  Action: execute-api:Invoke\n  Resource: "*"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '"{\\"Statement\\": [{\\"Effect\\": \\"Allow\\", \\"Action\\": \\"a:b\\", \\"Resource\\": \\"*\\"}]}"',
            id="a document in a string",
        ),
        pytest.param(
            "Statement:\n- &one\n  Effect: Allow\n  Action: a:b\n  Resource: '*'\n- *one\n",
            id="a statement that is used twice",
        ),
        pytest.param(
            "Statement:\n- Effect: Allow\n  Action: a:b\n  Resource: >-\n    *\n", id="a text on several lines"
        ),
    ],
)
def test_a_text_that_cannot_be_changed_is_left_alone(text: str) -> None:
    given = policy(text, "p.json" if text[0] == '"' else "p.yaml")
    found = written(given, [one_more(given)])
    assert isinstance(found, NotWritten)
    assert "is not one that can be changed: it is in a string, or shared" in found.reason


def test_a_policy_of_python_objects_has_no_edits() -> None:
    given = Policy.parse({"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*"}}, kind="identity")
    found = written(given, [new_statement(given)])
    assert not isinstance(found, NotWritten)
    assert found.edits == ()
    assert found.policy.to_document()["Statement"][1] == NEW


def test_a_change_that_is_not_valid_is_not_written() -> None:
    given = Policy.from_file_text(
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "a:b", "Resource": "*"}}',
        kind="resource",
        name="r.json",
    )
    found = written(given, [new_statement(given)])
    assert isinstance(found, NotWritten)
    assert found.reason.startswith("r.json would not be valid: ")
