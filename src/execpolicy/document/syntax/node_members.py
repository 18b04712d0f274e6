"""The members of nodes that may be missing or of any type."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.nodes import JsonObject, Node, Text


def member(node: Node | None, *names: str) -> Node | None:
    """The value under these names in nested objects; None if it is not there.

    >>> member(JsonObject({"a": (0, 3, JsonObject({"b": (5, 8, Text("c"))}))}), "a", "b").value
    'c'
    """
    for name in names:
        if not isinstance(node, JsonObject) or name not in node.members:
            return None
        node = node.members[name][2]
    return node


def members(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The names and values of an object; none of anything else."""
    if isinstance(node, JsonObject):
        yield from ((name, value) for name, (_, _, value) in node.members.items())


def text_of(node: Node | None) -> str | None:
    """The value of a text; None for anything else."""
    return node.value if isinstance(node, Text) else None


def text_in(node: Node | None, *names: str) -> str | None:
    """The text under these names in nested objects; None if there is none."""
    return text_of(member(node, *names))
