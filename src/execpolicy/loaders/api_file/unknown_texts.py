"""Texts with unknown parts in an API file (SRC-5): ``{"unknown": ["a known part", {"name": "the parameter Stage"}]}``.

Such an object stands where a text is expected. A name of a member is a plain text in JSON: the field ``unknown_names``
lists the names that have unknown parts.
"""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import unknown_text

#: The only member of the object that stands for a text, and the field of the file for names of members.
UNKNOWN: Final = "unknown"
UNKNOWN_NAMES: Final = "unknown_names"
_NAME: Final = "name"
_PART = 'a text, or an object {"name": …} for an unknown value'


def with_unknown_texts(problems: Problems, document: Node) -> Node:
    """The document with texts in place of objects that describe texts with unknown parts.

    Args:
        problems: collects what is wrong in these objects.
        document: the whole content of the file; without the field ``unknown_names`` in the result.
    """
    if UNKNOWN not in problems.source.text:
        return document
    names: dict[str, str] = {}
    if isinstance(document, JsonObject) and UNKNOWN_NAMES in document.members:
        names = _names(problems, document.members[UNKNOWN_NAMES][2])
        rest = {name: member for name, member in document.members.items() if name != UNKNOWN_NAMES}
        document = document._replace(members=rest)
    return _converted(problems, document, names)


def _names(problems: Problems, node: Node) -> dict[str, str]:
    """The texts of the names that have unknown parts, by the names that the file writes in their place."""
    if not isinstance(node, JsonObject):
        wrong_type(problems, node, UNKNOWN_NAMES, "an object of names with unknown parts, by the name in this file")
        return {}
    found: dict[str, str] = {}
    for written, member in node.members.items():
        _, _, parts = member
        if not isinstance(parts, JsonArray) or not _has_unknown(parts):
            expected = f'a list of parts with at least one object {{"{_NAME}": …}}'
            wrong_type(problems, parts, f"the name {quoted(written)}", expected)
            continue
        found[written] = _text(problems, parts)
    if len(set(found.values())) < len(found):
        problems.report(node, "found two names with the same parts", "keep one of them, and use it in both places")
    return found


def _converted(problems: Problems, node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, JsonArray):
        return node._replace(items=[_converted(problems, item, names) for item in node.items])
    if not isinstance(node, JsonObject):
        return node
    if len(node.members) == 1 and UNKNOWN in node.members:
        _, _, parts = node.members[UNKNOWN]
        if isinstance(parts, JsonArray) and _has_unknown(parts):
            return Text(_text(problems, parts), node.start, node.end)
    return node._replace(
        members={
            names.get(name, name): (start, end, _converted(problems, value, names))
            for name, (start, end, value) in node.members.items()
        }
    )


def _has_unknown(parts: JsonArray) -> bool:
    """Whether a list can only be the parts of a text: no other list has texts and objects, or objects with a name."""
    return any(isinstance(part, JsonObject) for part in parts.items)


def _text(problems: Problems, parts: JsonArray) -> str:
    return "".join(_part(problems, part) for part in parts.items)


def _part(problems: Problems, part: Node) -> str:
    if isinstance(part, Text):
        return part.value
    if isinstance(part, JsonObject) and set(part.members) == {_NAME}:
        _, _, name = part.members[_NAME]
        if isinstance(name, Text) and name.value:
            return unknown_text(name.value)
        expected = "a text that is not empty, such as the parameter Stage"
        wrong_type(problems, name, "the name of an unknown value", expected)
    else:
        wrong_type(problems, part, "a part of a text with unknown parts", _PART)
    return ""
