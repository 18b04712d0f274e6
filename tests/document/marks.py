"""Documents with the places of their mistakes marked: ``«`` and ``»`` stand around what a message must underline."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy.document.policy import Policy
from execpolicy.errors import Diagnostic, PolicySyntaxError, Source, Span
from execpolicy.literals import PolicyKindName

NAME = "policy.json"


def unmarked(document: str) -> tuple[str, list[Span]]:
    """The document without its marks, and the places between them, in order of their beginnings."""
    text = ""
    starts: list[int] = []
    places: list[tuple[int, int]] = []
    for char in document:
        if char == "«":
            starts.append(len(text))
        elif char == "»":
            places.append((starts.pop(), len(text)))
        else:
            text += char
    assert not starts, "a mark is not closed"
    source = Source(NAME, text)
    return text, [source.span(start, end) for start, end in sorted(places, key=lambda place: place[0])]


def errors_of(document: Any, kind: PolicyKindName = "identity") -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a document."""
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse(document, kind=kind, name=NAME)
    return caught.value.errors


def check(document: str, *messages: str | tuple[str, str], kind: PolicyKindName = "identity") -> None:
    """The document has these mistakes (a message, or a message and its advice) at its marks, and no others."""
    text, spans = unmarked(document)
    found = errors_of(text, kind)
    expected = [message if isinstance(message, tuple) else (message, None) for message in messages]
    assert [error.message for error in found] == [message for message, _ in expected]
    assert [error.span for error in found] == spans
    for error, (_, advice) in zip(found, expected, strict=True):
        assert error.advice == advice if advice is not None else error.advice
