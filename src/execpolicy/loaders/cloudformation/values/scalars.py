"""Single values of a template as texts, and unknown values in them (SRC-5)."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import JsonBoolean, JsonNumber, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown, parts_of, unknown_names, unknown_text, with_unknown_in_words


def scalar_text(node: Node | None) -> str | None:
    """The text of a single value: CloudFormation converts numbers and booleans. None for anything else."""
    return node.value if isinstance(node, Text) else node.text if isinstance(node, (JsonNumber, JsonBoolean)) else None


def unknown_at(name: str, at: Node) -> Text:
    """An unknown value with the place of a node."""
    return Text(unknown_text(name), at.start, at.end)


def is_unknown(node: Node | None) -> bool:
    """Whether a node is a text with an unknown part; as a whole it may then be of any type."""
    return isinstance(node, Text) and has_unknown(node.value)


def whole_unknown(text: str) -> str | None:
    """The name of an unknown value that is the whole text, or None."""
    names = unknown_names(text)
    return names[0] if len(names) == 1 and text == unknown_text(names[0]) else None


def in_words(node: Node) -> str:
    """A text with unknown parts as a part of the name of another unknown value."""
    text = scalar_text(node) or ""
    whole = whole_unknown(text)
    return whole if whole is not None else quoted(with_unknown_in_words(text), len(text) + 1)


def known_parts(text: str) -> list[str]:
    """The known parts of a text."""
    return [part for part in parts_of(text) if isinstance(part, str)]
