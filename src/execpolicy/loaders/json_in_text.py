"""A JSON document in a string of a larger document, with places in the larger text."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.json_strings import unescape
from execpolicy.document.syntax.nodes import Fault, JsonArray, JsonObject, Node, StopReadingError, Text
from execpolicy.errors import Diagnostic


def read_json_in_text(problems: Problems, string: Text) -> Node | None:
    """Read the document in a string; None if it has a fault, which is reported.

    The nodes have their places in the larger text where the string is written there as it is, or as a JSON string. In a
    folded string of YAML, and in one that a function makes, they have the place of the whole string.

    Args:
        problems: collects what is wrong in the larger document.
        string: the string.
    """
    root, faults = read_json(string.value)
    offsets = _offsets(problems.source.text, string)
    for fault in faults:
        start, end = _place(string, offsets, fault)
        problems.add(
            Diagnostic(
                fault.message, problems.source, problems.source.span(start, end), advice=fault.advice, rule=fault.rule
            )
        )
    return _placed(root, string, offsets) if root is not None and not faults else None


def _offsets(text: str, string: Text) -> Sequence[int] | None:
    """For each character of the string its offset in the larger text, then that of the end; None if it is not known."""
    for quotes in (1, 0):
        first, last = string.start + quotes, string.end - quotes
        if text[first:last] == string.value:
            return range(first, last + 1)
    if text[string.start : string.start + 1] != '"':
        return None
    try:
        value, offsets = unescape(text, string.start + 1, string.end - 1)
    except StopReadingError:
        return None
    return offsets if value == string.value else None


def _place(string: Text, offsets: Sequence[int] | None, fault: Fault) -> tuple[int, int]:
    if offsets is None or fault.start < 0:
        return string.start, string.end
    return offsets[fault.start], offsets[max(fault.start, fault.end)]


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
