"""A JSON document in a string of a larger document, with places in the larger text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.json_strings import unescape
from execpolicy.document.syntax.nodes import Fault, JsonArray, JsonObject, Node, StopReadingError, Text

#: The beginning of a literal text of YAML: ``|``, perhaps with indentation and chomping, and a comment.
_LITERAL: Final = re.compile(r"\|[-+0-9]*[ \t]*(?:#[^\n]*)?\r?\n")


def read_json_in_text(problems: Problems, string: Text) -> Node | None:
    """Read the document in a string; None if it has a fault, which is reported.

    The nodes have their places in the larger text where the string is written there as it is, as a JSON string, or as a
    literal text of YAML. In a folded string of YAML, and in one that a function makes, they have the place of the whole
    string.

    Args:
        problems: collects what is wrong in the larger document.
        string: the string. It may hold unknown values in the strings of its document.
    """
    root, faults = read_json(string.value, unknown_values=True)
    offsets = _offsets(problems.source.text, string)
    for diagnostic in diagnostics([_moved(fault, string, offsets) for fault in faults], [], None, problems.source):
        problems.add(diagnostic)
    return _placed(root, string, offsets) if root is not None and not faults else None


def _offsets(text: str, string: Text) -> Sequence[int] | None:
    """For each character of the string its offset in the larger text, then that of the end; None if it is not known."""
    for quotes in (1, 0):
        first, last = string.start + quotes, string.end - quotes
        if text[first:last] == string.value:
            return range(first, last + 1)
    if text[string.start : string.start + 1] != '"':
        return _offsets_in_literal(text, string)
    try:
        value, offsets = unescape(text, string.start + 1, string.end - 1)
    except StopReadingError:
        return None
    return offsets if value == string.value else None


def _offsets_in_literal(text: str, string: Text) -> Sequence[int] | None:
    """As ``_offsets``, of a literal text of YAML, whose lines are indented."""
    head = _LITERAL.match(text, string.start, string.end)
    if head is None:
        return None
    offsets: list[int] = []
    at = head.end()
    for line in string.value.split("\n"):
        end = text.find("\n", at, string.end)
        end = string.end if end < 0 else end
        found = text.find(line, at, end) if line else at
        if found < 0 or text[at:found].strip(" "):
            return None
        offsets.extend(range(found, found + len(line) + 1))
        at = min(end + 1, string.end)
    return [min(offset, string.end) for offset in offsets]


def _moved(fault: Fault, string: Text, offsets: Sequence[int] | None) -> Fault:
    """The fault with its places in the larger text."""
    if offsets is None or fault.start < 0:
        return fault._replace(start=string.start, end=string.end, related=None)
    related = None if fault.related is None else (fault.related[0], offsets[fault.related[1]])
    return fault._replace(start=offsets[fault.start], end=offsets[max(fault.start, fault.end)], related=related)


def _placed(node: Node, string: Text, offsets: Sequence[int] | None) -> Node:
    """The node with its places in the larger text."""

    def at(start: int, end: int) -> tuple[int, int]:
        return (string.start, string.end) if offsets is None else (offsets[start], offsets[end])

    start, end = at(node.start, node.end)
    if isinstance(node, JsonArray):
        return JsonArray([_placed(item, string, offsets) for item in node.items], start, end)
    if isinstance(node, JsonObject):
        members = {
            name: (*at(first, last), _placed(value, string, offsets))
            for name, (first, last, value) in node.members.items()
        }
        return JsonObject(members, start, end)
    return node._replace(start=start, end=end)
