"""The members of nodes that may be missing or of any type, and objects that grow while the transform runs."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNull, JsonNumber, JsonObject, Node, Text


def member(node: Node | None, *names: str) -> Node | None:
    """The value under these names in nested objects, or None."""
    for name in names:
        if not isinstance(node, JsonObject) or name not in node.members:
            return None
        node = node.members[name][2]
    return node


def members(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and values of an object; none of anything else."""
    if isinstance(node, JsonObject):
        yield from ((name, value) for name, (_, _, value) in node.members.items())


def is_text(node: Node | None, value: str) -> bool:
    """Whether a node is this text."""
    return isinstance(node, Text) and node.value == value


def text_of(node: Node | None) -> str | None:
    """The value of a text; None for anything else."""
    return node.value if isinstance(node, Text) else None


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
