"""Numbers, booleans and texts of an OpenAPI document, which people and tools also write as text."""

from __future__ import annotations

import re

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import JsonBoolean, JsonNumber, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.loaders.built_nodes import flag_at

_DIGITS = re.compile("[0-9]{1,9}")


def flag_node(node: Node | None) -> Node | None:
    """``true`` or ``false`` that may be written as text; any other node as it is."""
    if isinstance(node, Text) and node.value.lower() in ("true", "false"):
        return flag_at(node.value.lower() == "true", node)
    return node


def is_false(node: Node | None) -> bool:
    """Whether a node is ``false``, which may be written as text."""
    found = flag_node(node)
    return isinstance(found, JsonBoolean) and found.text == "false"


def number_node(node: Node | None) -> Node | None:
    """A whole number that may be written as text; any other node as it is."""
    if isinstance(node, Text) and _DIGITS.fullmatch(node.value):
        return JsonNumber(str(int(node.value)), node.start, node.end)
    return node


def text_node(node: Node | None) -> Node | None:
    """A text that may be written as a number, such as the version 2.0; any other node as it is."""
    return Text(node.text, node.start, node.end) if isinstance(node, JsonNumber) else node


def known_text(fields: Fields, name: str) -> str | None:
    """The text of a field; None if it is missing, unknown, or of a wrong type, which is reported."""
    return None if has_unknown_part(fields.value(name)) else fields.text(name)
