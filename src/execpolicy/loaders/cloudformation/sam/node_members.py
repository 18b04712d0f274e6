"""The members of nodes that may be missing, or of any type."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.nodes import JsonObject, Node, Text


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
