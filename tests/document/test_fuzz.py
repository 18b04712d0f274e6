"""Whatever comes in: a policy or an ExecPolicyError with a message, a place and advice, and nothing in between."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.errors import ExecPolicyError, PolicySyntaxError
from tests.document.documents import documents

KINDS = st.sampled_from(PolicyKind)


def read(document: Any, kind: PolicyKind) -> Policy | None:
    """The policy, or None where the error is one that helps."""
    try:
        policy = Policy.parse(document, kind=kind)
    except PolicySyntaxError as wrong:
        errors = wrong.errors
    else:
        assert all(statement.effect in ("Allow", "Deny") for statement in policy.statements)
        return policy
    for error in errors:
        assert error.message
        assert error.advice
        assert error.place.startswith("<policy>")
        assert error.source is not None
        lines = error.source.text.count("\n") + 1
        assert error.span is None or 1 <= error.span.line <= error.span.end_line <= lines
        assert str(error)
    return None


@pytest.mark.rule("POL-11")
@given(st.binary(max_size=200), KINDS)
@example(b'{"Statement":"\\ud800', PolicyKind.IDENTITY)
@example(b"\xef\xbb\xbf", PolicyKind.IDENTITY)
@example(b"\\", PolicyKind.IDENTITY)
@example(b'"\\"', PolicyKind.IDENTITY)
def test_bytes(document: bytes, kind: PolicyKind) -> None:
    read(document, kind)


PIECES = [
    *'{}[]:,"\\ \n\t',
    '"Statement"',
    '"Effect":',
    '"Allow"',
    "null",
    "true",
    "-1.5e9",
    "\\u00",
    "d800",
    '\\"',
    "é",
    "\ufeff",
    "\0",
    "${",
    "}",
]


@pytest.mark.rule("POL-11")
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), KINDS)
def test_text_that_looks_like_json(document: str, kind: PolicyKind) -> None:
    read(document, kind)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[PolicyKind, bytes]:
    """The text of a sound document with a few bytes removed, replaced, doubled or put in."""
    kind, document = draw(documents())
    text = bytearray(json.dumps(document, indent=draw(st.sampled_from([None, 1]))), "utf-8")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 8))
        text[at : at + length] = draw(
            st.binary(max_size=3)
            | st.sampled_from(
                [b"", b"null", b"\\", b'"', b"}", bytes(text[at : at + length] * 2), b'"Effect": "Allow",']
            )
        )
    return draw(st.just(kind) | KINDS), bytes(text)


@pytest.mark.rule("POL-11")
@given(mutated())
def test_policies_with_a_few_bytes_changed(drawn: tuple[PolicyKind, bytes]) -> None:
    kind, text = drawn
    policy = read(text, kind)
    if policy is not None:
        # What loads is JSON that holds nothing else than the policy, however it came.
        assert read(policy.to_document(), kind) is not None


@pytest.mark.rule("POL-11")
@given(documents(), st.data())
def test_policies_with_one_value_replaced(drawn: tuple[PolicyKind, dict[str, Any]], data: st.DataObject) -> None:
    kind, document = drawn
    odd = st.sampled_from([None, True, 5, 1.5, "", "x", [], {}, [None], {"a": 1}, float("nan"), b"x", object(), ("*",)])
    holders: list[Any] = [document]
    for holder in holders:
        values = holder.values() if isinstance(holder, dict) else holder
        holders.extend(value for value in values if isinstance(value, (dict, list)) and value)
    holder = data.draw(st.sampled_from(holders))
    key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(odd)
    read(document, kind)


@pytest.mark.rule("POL-11")
@given(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.lists(st.integers()), st.sets(st.integers())))
def test_anything_else_given_as_a_document(document: Any) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        Policy.parse(document, kind="identity")
    assert caught.value.advice


#: Sound documents to begin with: plain, escaped as API Gateway returns them, and all on one line.
EXAMPLES = [
    path.read_bytes() for path in sorted((Path(__file__).parents[2] / "examples" / "foundation").glob("*.json"))
]
CORPUS = [
    *EXAMPLES,
    *(json.dumps(text.decode()).encode() for text in EXAMPLES),
    *(json.dumps(json.loads(text)).replace('"', '\\"').encode() for text in EXAMPLES),
]
#: What makes trouble where it stands in a document.
TROUBLE = [
    b"\\",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\\ud800",
    b"${",
    b"\x00",
    b"\xff",
    b"1e999",
    b"null",
    b"*",
]


@pytest.mark.rule("POL-11")
def test_mutations_for_as_long_as_there_is_time(fuzz_seconds: float) -> None:
    """Two seconds in every run, two minutes in the long one; the seed in a failure gives the document again."""
    until, seed = time.monotonic() + fuzz_seconds, 0
    while time.monotonic() < until:
        seed += 1
        chance = random.Random(seed)
        text = bytearray(chance.choice(CORPUS))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text) + 1)
            length = chance.choice([0, 0, 1, 1, 2, 9, 80])
            piece = bytes(text[chance.randrange(len(text) + 1) :][: chance.randint(0, 60)])
            text[at : at + length] = chance.choice([*TROUBLE, piece, piece + piece, b""])
        try:
            read(bytes(text), chance.choice(list(PolicyKind)))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {bytes(text)!r}") from error
    assert seed > 100
