"""Nodes that a loader makes: the document of an API file, each value with the place that it is read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Member, Node, Text


def text_at(value: str, at: Node) -> Text:
    """A string with the place of another node."""
    return Text(value, at.start, at.end)


def flag_at(value: bool, at: Node) -> JsonBoolean:
    """``true`` or ``false`` with the place of another node."""
    return JsonBoolean("true" if value else "false", at.start, at.end)


def number_at(value: int, at: Node) -> JsonNumber:
    """A number with the place of another node."""
    return JsonNumber(str(value), at.start, at.end)


def list_at(items: Iterable[Node], at: Node) -> JsonArray:
    """A list with the place of another node."""
    return JsonArray(list(items), at.start, at.end)


def object_at(members: Mapping[str, Node | None], at: Node, names: Mapping[str, Node] | None = None) -> JsonObject:
    """An object with the place of another node; members that are None are left out.

    Args:
        members: the values by name.
        at: the node whose place the object has.
        names: nodes whose places the names have; other names have the place of their value.
    """
    found: dict[str, Member] = {}
    for name, value in members.items():
        if value is not None:
            named = (names or {}).get(name, value)
            found[name] = (named.start, named.end, value)
    return JsonObject(found, at.start, at.end)
