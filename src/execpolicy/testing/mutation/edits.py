"""Finds the edits of a JSON or YAML text that turn one version of a document into another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from execpolicy.document.syntax.nodes import (
    NOWHERE,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
    to_python,
)

# A plain scalar of YAML that every reader takes for a string.
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)\Z)[A-Za-z][A-Za-z0-9_/.-]*(?::[A-Za-z0-9_/.-]+)*", re.I)
_OPEN = ("{", "[")


class TextEdit(NamedTuple):
    """Replaces the text from ``start`` to ``end`` with ``text``."""

    start: int
    end: int
    text: str


def stands_in(node: Node, start: int, end: int) -> bool:
    """Whether all parts of a document are inside it, in order: no alias refers to another place."""
    if node.start == NOWHERE or node.start < start or node.end > end:
        return False
    place = node.start
    for first, last, value in _pieces(node):
        if first < place or not stands_in(value, last, node.end):
            return False
        place = value.end
    return True


def _pieces(node: Node) -> Iterable[Member]:
    if isinstance(node, JsonObject):
        return node.members.values()
    if isinstance(node, JsonArray):
        return [(item.start, item.start, item) for item in node.items]
    return ()


def edits(text: str, old: Node, new: Node) -> list[TextEdit]:
    """The edits of ``text``, in order, that turn ``old`` into ``new``.

    Args:
        text: the text that ``old`` was read from.
        old: a node whose parts are in order (``stands_in``).
        new: the same node, changed by the functions of ``tree``.
    """
    if old is new:
        return []
    if isinstance(old, JsonObject) and isinstance(new, JsonObject) and new.members:
        return _object_edits(text, old, new)
    if isinstance(old, JsonArray) and isinstance(new, JsonArray) and new.items:
        return _array_edits(text, old, new)
    # A list in block style can have the indentation of its name, which nothing else can.
    space = " " if isinstance(old, (JsonArray, JsonObject)) and not text.startswith(_OPEN, old.start) else ""
    return [TextEdit(old.start, old.end, space + _written(new, text[old.start : old.end]))]


def _array_edits(text: str, old: JsonArray, new: JsonArray) -> list[TextEdit]:
    if len(old.items) == len(new.items):
        return [edit for one, other in zip(old.items, new.items, strict=True) for edit in edits(text, one, other)]
    kept = {id(item) for item in new.items}
    places = [(_first(text, old, item.start), item.end) for item in old.items]
    return _removals(places, [id(item) in kept for item in old.items])


def _first(text: str, array: JsonArray, start: int) -> int:
    """The start of an item, including the dash of a list in block style."""
    return start if text.startswith(_OPEN, array.start) else text.rindex("-", array.start, start)


def _object_edits(text: str, old: JsonObject, new: JsonObject) -> list[TextEdit]:
    in_new = {start: (name, value) for name, (start, end, value) in new.members.items() if end > start}
    found: list[TextEdit] = []
    for name, (start, end, value) in old.members.items():
        found.extend(_insertions(text, old, new, start))
        if start in in_new:
            new_name, new_value = in_new[start]
            if new_name != name:
                found.append(TextEdit(start, end, _quoted_as(text[start:end], new_name)))
            found.extend(edits(text, value, new_value))
    places = [(start, value.end) for start, _, value in old.members.values()]
    found.extend(_removals(places, [start in in_new for start, _ in places]))
    return sorted(found, key=lambda edit: edit.start)


def _insertions(text: str, old: JsonObject, new: JsonObject, place: int) -> Iterable[TextEdit]:
    """Insert new members, each on its own line if the next member has its own line."""
    line = text[text.rfind("\n", 0, place) + 1 : place]
    own_line = not line.strip() and "\n" in text[:place]
    in_block = not text.startswith(_OPEN, old.start)
    for name, (start, end, value) in new.members.items():
        if start == end == place:
            comma = "" if in_block else ","
            apart = f"{comma}\n{line}" if own_line else "\n" + " " * len(line) if in_block else ", "
            yield TextEdit(place, place, f"{_json(name)}: {_json(to_python(value))}{apart}")


def _removals(places: Sequence[tuple[int, int]], kept: Sequence[bool]) -> list[TextEdit]:
    """Remove all parts that are not kept, with their comma, dash or line. At least one part is kept."""
    found: list[TextEdit] = []
    for index, (start, end) in enumerate(places):
        if kept[index]:
            continue
        if index + 1 < len(places):
            found.append(TextEdit(start, places[index + 1][0], ""))
        else:
            found.append(TextEdit(places[index - 1][1], end, ""))
    return found


def _written(node: Node, before: str) -> str:
    """A new value in the style of the old one."""
    if isinstance(node, Text):
        return _quoted_as(before, node.value)
    if isinstance(node, (JsonBoolean, JsonNumber, JsonNull)):
        return node.text
    return _json(to_python(node))


def _quoted_as(before: str, value: str) -> str:
    if before.startswith("'"):
        return "'" + value.replace("'", "''") + "'"
    if not before.startswith(('"', *_OPEN)) and _PLAIN.fullmatch(value):
        return value
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def apply_edits(text: str, changes: Sequence[TextEdit], start: int = 0, end: int | None = None) -> str:
    """The text, or a part of it that contains all changes, with the changes made."""
    parts: list[str] = []
    place = start
    for change in changes:
        parts.extend((text[place : change.start], change.text))
        place = change.end
    parts.append(text[place:end])
    return "".join(parts)


def move_offsets(node: Node, changes: Sequence[TextEdit]) -> Node:
    """The node with its offsets after the changes."""
    if not changes or node.end < changes[0].start:
        return node
    start, end = _shifted(node.start, changes), _shifted(node.end, changes, last=True)
    if isinstance(node, JsonObject):
        members = {
            name: (_shifted(first, changes), _shifted(last, changes, last=True), move_offsets(value, changes))
            for name, (first, last, value) in node.members.items()
        }
        return JsonObject(members, start, end)
    if isinstance(node, JsonArray):
        return JsonArray([move_offsets(item, changes) for item in node.items], start, end)
    return type(node)(node[0], start, end)


def _shifted(offset: int, changes: Sequence[TextEdit], *, last: bool = False) -> int:
    """The offset after the changes. An offset in removed text moves to its start; an end moves after new text."""
    shift = 0
    for start, end, text in changes:
        if offset < start or (offset == start and (last or end > start)):
            break
        if offset < end:
            return start + shift
        shift += len(text) - (end - start)
    return offset + shift
