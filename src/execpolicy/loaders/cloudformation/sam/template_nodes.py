"""Nodes as the transform takes them, and objects that grow while it runs (SRC-3)."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNull, JsonNumber, JsonObject, Node, Text


def is_text(node: Node | None, value: str) -> bool:
    """Whether a node is this text."""
    return isinstance(node, Text) and node.value == value


def name_node(node: JsonObject, name: str) -> Text:
    """The name of a member as a text with its place."""
    start, end, _ = node.members[name]
    return Text(name, start, end)


def copied(node: JsonObject) -> JsonObject:
    """An object with the same members, to which others can be added."""
    return JsonObject(dict(node.members), node.start, node.end)


def put(node: JsonObject, name: str, value: Node, named: Node | None = None) -> None:
    """Add a member to an object that is being made, or replace one; its name has the place of ``named``."""
    at = named if named is not None else value
    node.members[name] = (at.start, at.end, value)


def is_function(written: Node | None) -> bool:
    """Whether a node, as it is written, calls a function of CloudFormation."""
    if not isinstance(written, JsonObject) or len(written.members) != 1:
        return False
    (name,) = written.members
    return name in ("Ref", "Condition") or name.startswith("Fn::")


def is_true(value: Node | None, written: Node | None) -> bool:
    """Whether the transform takes a value as true (SRC-3).

    It runs before functions have values: each function is true, and each text that is not empty, ``"false"`` too.
    """
    if is_function(written):
        return not is_text(value, "")
    match value:
        case JsonBoolean(text):
            return text == "true"
        case JsonNumber(text):
            return float(text) != 0
        case Text(text):
            return text != ""
        case JsonArray(items):
            return bool(items)
        case JsonObject(found):
            return bool(found)
        case JsonNull() | None:
            return False
