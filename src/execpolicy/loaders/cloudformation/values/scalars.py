"""Single values of a template as texts, and unknown values in them (SRC-5)."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import JsonBoolean, JsonNumber, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import is_unknown, unknown_names, unknown_text, with_unknown_in_words


def scalar_text(node: Node | None) -> str | None:
    """The text of a single value: CloudFormation converts numbers and booleans. None for anything else."""
    return node.value if isinstance(node, Text) else node.text if isinstance(node, (JsonNumber, JsonBoolean)) else None


def unknown_at(name: str, at: Node) -> Text:
    """An unknown value with the place of a node."""
    return Text(unknown_text(name), at.start, at.end)


def whole_unknown(text: str) -> str | None:
    """The name of an unknown value that is the whole text, or None."""
    return unknown_names(text)[0] if is_unknown(text) else None


def in_words(node: Node) -> str:
    """A text with unknown parts as a part of the name of another unknown value."""
    text = scalar_text(node) or ""
    whole = whole_unknown(text)
    return whole if whole is not None else quoted(with_unknown_in_words(text), len(text) + 1)
