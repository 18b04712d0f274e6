"""A JSON text that describes a call: a line of a log, an event or a HAR file, with the places of its values (LOG-1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import (
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    Text,
    describe,
)
from execpolicy.errors import RequestError
from execpolicy.loaders.json_in_text import offsets_in_text
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-1"
#: The strings of a line, and the signs for absent values between them. A string that is not closed goes to the end.
_STRING_OR_SIGN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|(?P<sign>-)(?![0-9])', re.DOTALL)
_GIVE_FORMAT: Final = (
    "if this is a line of a log that is not JSON, such as one with a quote in a value, give its format with "
    "log_format= or --log-format"
)


class JsonText(NamedTuple):
    """A JSON text: its root, and the offsets of the signs for absent values."""

    root: Node
    absent: frozenset[int]


def read_json_text(text: WrittenText, long_texts: Callable[[JsonObject], Iterable[Node]]) -> JsonText:
    """Read a JSON text in which ``-`` can stand for a value.

    Args:
        text: the text; the places of the nodes are offsets in it.
        long_texts: finds the strings in a document that are not read, such as bodies: these can have any length.

    Raises:
        RequestError: it is no JSON; with the place.
    """
    signs = frozenset(match.start() for match in _STRING_OR_SIGN.finditer(text.value) if match["sign"] is not None)
    # A digit in place of the sign keeps all places.
    read = text.value
    if signs:
        read = "".join("0" if at in signs else char for at, char in enumerate(text.value))
    root, faults = read_json(read)
    if root is not None and faults and isinstance(root, JsonObject):
        unread = [(node.start, node.end) for node in long_texts(root)]
        faults = [fault for fault in faults if not any(start <= fault.start < end for start, end in unread)]
    if faults or root is None:
        raise _refused(text, faults[0])
    return JsonText(root, signs)


def _refused(text: WrittenText, fault: Fault) -> RequestError:
    message = fault.message
    if fault.related is not None:
        label, offset = fault.related
        span = text.source.span(text.start + offset, text.start + offset + 1)
        message = f"{message}; {label} {text.source.name}:{span.line}:{span.column}"
    place = text.part(fault.start, max(fault.end, fault.start))
    advice = fault.advice
    if "\n" not in text.value:
        advice = f"{advice}; {_GIVE_FORMAT}" if advice else _GIVE_FORMAT
    return place.error(message, advice or "give the whole document", fault.rule or _RULE)


def written_value(
    text: WrittenText, node: Node, absent: frozenset[int] = frozenset()
) -> tuple[WrittenText | None, str]:
    """A value of a JSON text with its place, None if it is absent; and what is wrong with its type."""
    if isinstance(node, JsonNull) or node.start in absent:
        return None, ""
    if isinstance(node, Text):
        return placed_text(text, node), ""
    place = text.part(node.start, node.end)
    if isinstance(node, (JsonNumber, JsonBoolean)):
        return place, ""
    assert isinstance(node, (JsonArray, JsonObject)), "every other node is handled above"
    return place, f"found {describe(node)}"


def placed_text(text: WrittenText, node: Text) -> WrittenText:
    """A string of a JSON text as a value, at the place of what is between its quotes."""
    start, end = text.start + node.start + 1, text.start + node.end - 1
    offsets = offsets_in_text(text.value, node)
    if offsets is not None and len(offsets):
        start, end = text.start + offsets[0], text.start + offsets[-1]
    return WrittenText(node.value, text.source, start, end)
