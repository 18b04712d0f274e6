"""A change is written where it belongs: the changed text, read again, is the changed document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Policy, PolicyKind, Source
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, to_python
from execpolicy.document.syntax.yaml_reader import read_yaml
from execpolicy.testing.mutation.changes import changes
from execpolicy.testing.mutation.documents import SharedDocument, change_document
from execpolicy.testing.mutation.edits import apply_edits, edits, move_offsets, stands_in
from tests.properties.test_laws import scene_of
from tests.properties.worlds import documents, worlds

FEW = settings(max_examples=settings().max_examples // 12)
KINDS = ("identity", "resource", "vpc_endpoint", "scp", "rcp", "domain_name")


@st.composite
def policy_documents(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(KINDS))
    like = "resource" if kind == "domain_name" else kind
    return kind, draw(documents(like, scene_of(draw(worlds()))))


def texts_of(node: Node) -> list[Text]:
    if isinstance(node, Text):
        return [node]
    if isinstance(node, JsonArray):
        return [text for item in node.items for text in texts_of(item)]
    if isinstance(node, JsonObject):
        return [text for _, _, value in node.members.values() for text in texts_of(value)]
    return []


@FEW
@given(policy_documents(), st.sampled_from([None, 1, 2]))
def test_changed_json_reads_as_the_changed_document(made: tuple[str, dict[str, Any]], indent: int | None) -> None:
    kind, document = made
    text = json.dumps({"before": [], "policy": document, "after": {}}, indent=indent)
    whole, _ = read_json(text)
    assert isinstance(whole, JsonObject)
    policy = Policy.from_node(
        whole.members["policy"][2], kind=PolicyKind(kind), name="p", source=Source("cases.json", text)
    )
    for change in changes(policy):
        written = edits(text, policy.root, change.root)
        after, faults = read_json(apply_edits(text, written))
        assert faults == []
        assert after is not None
        assert to_python(after) == {"before": [], "policy": to_python(change.root), "after": {}}, change.words
        for node in texts_of(move_offsets(change.root, written)):
            if node.end > node.start and node in texts_of(after):
                continue
            # What was moved to another operator is new where it stands now.
            assert change.operator.element == "Condition", (change.words, node)


@FEW
@given(policy_documents(), st.sampled_from([None, False, True]))
def test_changed_yaml_reads_as_the_changed_document(made: tuple[str, dict[str, Any]], flow: bool | None) -> None:
    kind, document = made
    text = yaml.safe_dump({"before": [], "policy": document}, default_flow_style=flow, width=10_000)
    whole, faults = read_yaml(text, "cases.yaml")
    assert isinstance(whole, JsonObject)
    if faults:
        return  # a text that only YAML 1.1 reads as text
    root = whole.members["policy"][2]
    policy = Policy.from_node(root, kind=PolicyKind(kind), name="p", source=Source("cases.yaml", text))
    if not stands_in(root, 0, len(text)):
        return  # PyYAML writes equal lists as aliases
    for change in changes(policy):
        after, faults = read_yaml(apply_edits(text, edits(text, policy.root, change.root)), "cases.yaml")
        assert faults == []
        assert after is not None
        assert to_python(after) == {"before": [], "policy": to_python(change.root)}, (change.words, text)


@FEW
@given(policy_documents(), st.booleans())
def test_every_change_leaves_a_sound_policy(made: tuple[str, dict[str, Any]], as_text: bool) -> None:
    kind, document = made
    policy = Policy.parse(json.dumps(document) if as_text else document, kind=PolicyKind(kind), name="p")
    owner = SharedDocument((policy,), ())
    assert owner.in_place() is as_text
    for change in changes(policy):
        result = change_document(owner, change.root, in_place=as_text)
        assert result is not None, change.words
        (mutant,) = result.policies
        assert (mutant.kind, mutant.name) == (policy.kind, policy.name)
        assert mutant.to_document() == to_python(change.root) != policy.to_document()
        assert mutant != policy
        assert result.diff.count("\n@@ ") >= 1


BLOCK = """\
# Who reads orders
policy:
  Version: "2012-10-17"
  Statement:
    - Sid: Reads   # everybody
      Effect: Allow
      Action:
        - execute-api:Invoke
        - execute-api:ManageConnections
      Resource: "*"
      Condition:
        StringEquals:
          aws:SourceVpc: vpc-1
          aws:PrincipalTag/team: 'red'
    - Effect: Deny
      Action: "*"
      Resource: "*"
"""


def of_block(words: str) -> str:
    root, faults = read_yaml(BLOCK, "p.yaml")
    assert isinstance(root, JsonObject)
    assert faults == []
    policy = Policy.from_node(root.members["policy"][2], kind="identity", name="p", source=Source("p.yaml", BLOCK))
    (change,) = [change for change in changes(policy) if change.words == words and change.statement.number == 0]
    result = change_document(SharedDocument((policy,), ()), change.root, in_place=True)
    assert result is not None
    return result.diff


@pytest.mark.parametrize(
    ("words", "diff"),
    [
        (
            'flip Effect: "Allow" → "Deny"',
            "@@ -5,3 +5,3 @@\n     - Sid: Reads   # everybody\n-      Effect: Allow\n+      Effect: Deny\n",
        ),
        (
            'drop one of several actions: "execute-api:Invoke"',
            "@@ -7,3 +7,2 @@\n       Action:\n-        - execute-api:Invoke\n",
        ),
        (
            'drop one of several actions: "execute-api:ManageConnections"',
            "@@ -8,3 +8,2 @@\n         - execute-api:Invoke\n-        - execute-api:ManageConnections\n",
        ),
        (
            "drop a condition: StringEquals aws:SourceVpc",
            "@@ -12,3 +12,2 @@\n         StringEquals:\n-          aws:SourceVpc: vpc-1\n",
        ),
        (
            "negate an operator: StringEquals → StringNotEquals, of aws:SourceVpc",
            '@@ -11,4 +11,4 @@\n       Condition:\n+        "StringNotEquals": {"aws:SourceVpc": "vpc-1"}\n'
            "         StringEquals:\n-          aws:SourceVpc: vpc-1\n           aws:PrincipalTag/team: 'red'\n",
        ),
    ],
)
def test_yaml_in_block_style_keeps_its_style(words: str, diff: str) -> None:
    assert of_block(words).partition("(mutant)\n")[2].startswith(diff), of_block(words)


def test_the_first_statement_of_a_yaml_list_goes_with_its_dash() -> None:
    diff = of_block("drop the statement")
    assert diff.startswith("--- p.yaml\n+++ p.yaml (mutant)\n@@ -4,12 +4,2 @@\n   Statement:\n-    - Sid: Reads")
    assert diff.endswith("-          aws:PrincipalTag/team: 'red'\n     - Effect: Deny\n")
