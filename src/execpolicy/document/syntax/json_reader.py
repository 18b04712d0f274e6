"""Reads JSON into nodes with places, by the C function that ``json`` uses for strings.

``json.loads`` gives no places and silently drops the first of two members with one name. Messages for a text that is
not JSON are in ``json_faults`` and ``json_strings``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from execpolicy._base.characters import RESERVED_ADVICE, same_reserved
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.syntax import json_faults
from execpolicy.document.syntax.encoding import check_text
from execpolicy.document.syntax.json_faults import NAME, VALUE
from execpolicy.document.syntax.json_strings import first_bad_string, unescape, unusable
from execpolicy.document.syntax.nodes import (
    MAX_DEPTH,
    MAX_FAULTS,
    MAX_STRING,
    SPACE,
    TOO_MANY,
    TOO_MANY_ADVICE,
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    StopReadingError,
    Text,
)

if TYPE_CHECKING:
    from typing import TypeAlias


#: Reads the string whose first character (after the quote) is at an offset: its value and the offset after it.
ReadString: TypeAlias = Callable[[str, int, bool], tuple[str, int]]

scanstring: ReadString
try:
    from _json import scanstring
except ImportError:  # pragma: no cover: an interpreter without the C accelerator
    import json.decoder

    scanstring = vars(json.decoder)["scanstring"]

#: Follows every text that is read, so that the next character can be read without a check. No valid text has it.
END = "\0"
#: What is expected first in a list.
FIRST_ITEM = f'{VALUE} or "]"'

if TYPE_CHECKING:

    def _skip(text: str, start: int, /) -> re.Match[str]:
        """White space from an offset on: it always matches."""

else:
    _skip = re.compile(r"[ \t\n\r]*").match

# Compiled by ``re`` when first used: few documents have numbers.
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?([0-9]+))?"
# Faster than the constructors of the named tuples, which are Python functions.
_new = tuple.__new__


class JsonReader:
    """A text, the function that reads its strings, and the faults so far."""

    __slots__ = ("faults", "max_depth", "string", "text", "unknown_values")

    def __init__(self, text: str, max_depth: int = MAX_DEPTH, *, unknown_values: bool = False) -> None:
        self.unknown_values = unknown_values
        self.text = text + END
        self.max_depth = max_depth
        self.faults: list[Fault] = []
        # The check of the whole text does not see escaped characters.
        careful = "\\u" in text or len(text) > MAX_STRING
        self.string: ReadString = self._careful_string if careful else scanstring

    def _careful_string(self, text: str, start: int, strict: bool) -> tuple[str, int]:
        value, end = scanstring(text, start, strict)
        problem = unusable(value)
        # The text of a loader has the characters of unknown values (SRC-10); no escape may write them.
        if problem is not None and not (
            self.unknown_values and problem[-1] is RESERVED_ADVICE and same_reserved(value, text[start:end])
        ):
            message, first, last, advice = problem
            offsets = unescape(text, start, end - 1)[1]
            self.report(Fault(message, offsets[first], offsets[last], advice=advice))
        return value, end

    def report(self, fault: Fault) -> None:
        """Add a fault after which reading continues."""
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            raise StopReadingError(fault._replace(message=TOO_MANY, advice=TOO_MANY_ADVICE, rule="", related=None))

    def unexpected(self, position: int, expected: str) -> StopReadingError:
        """The error for a text in which something else than expected is at ``position``."""
        return StopReadingError(json_faults.unexpected(self.text, position, expected))


def read_json(
    text: str, max_depth: int = MAX_DEPTH, *, unknown_values: bool = False
) -> tuple[Node | None, list[Fault]]:
    """Read one JSON document.

    Args:
        text: the whole text, decoded.
        max_depth: the maximum depth of objects and lists.
        unknown_values: whether a loader made the text, in which some values may not be known (SRC-10).

    Returns:
        The root node, or None where a fault ended the reading; and all faults. Reading continues after a duplicate
        name, and after a string or number that is too long or unusable.
    """
    fault = check_text(text, unknown_values=unknown_values)
    if fault is not None:
        return None, [fault]
    if "json.decoder" not in sys.modules:
        # scanstring raises an error of this module; CPython 3.11 fails where it is not imported.
        __import__("json.decoder")
    reader = JsonReader(text, max_depth, unknown_values=unknown_values)
    try:
        return _document(reader), reader.faults
    except StopReadingError as stop:
        return None, [*reader.faults, stop.fault]
    except ValueError:  # from scanstring; the text before that string is valid
        return None, [*reader.faults, first_bad_string(reader.text)]


def _document(reader: JsonReader) -> Node:
    text = reader.text
    root = _value(reader, _skip(text, 0).end(), 0)
    end = _skip(text, root[2]).end()
    if end != len(text) - 1:
        raise StopReadingError(json_faults.text_after(text, end))
    return root


def _value(reader: JsonReader, start: int, depth: int, expected: str = VALUE) -> Node:
    """``depth`` is how many brackets are open."""
    text = reader.text
    char = text[start]
    if char in SPACE:
        start = _skip(text, start).end()
        char = text[start]
    if char in "[{":
        if depth == reader.max_depth:
            raise StopReadingError(json_faults.too_deep(start, reader.max_depth))
        return _array(reader, start, depth + 1) if char == "[" else _object(reader, start, depth + 1)
    if char == '"':
        value, end = reader.string(text, start + 1, True)
        return Text(value, start, end)
    return _scalar(reader, start, expected)


def _object(reader: JsonReader, start: int, depth: int) -> JsonObject:
    text, string = reader.text, reader.string
    members: dict[str, Member] = {}
    position = start + 1
    position = _skip(text, position).end() if text[position] in SPACE else position
    # Members of one object mostly have the same indentation: comparing is faster than searching.
    gap = text[start + 1 : position]
    while text[position] != "}" or members:
        if text[position] != '"':
            position = _name(reader, position, first=not members)
        name, end = string(text, position + 1, True)
        at = end + 2 if text.startswith(": ", end) else _after_colon(reader, end)
        if text[at] == '"':
            content, last = string(text, at + 1, True)
            value: Node = _new(Text, (content, at, last))
        else:
            value = _value(reader, at, depth)
            last = value[2]
        if name in members:
            reader.report(json_faults.duplicate(name, members[name][0], position, end))
        else:
            members[name] = (position, end, value)
        position = last if text[last] == "," else _skip(text, last).end()
        if text[position] != ",":
            break
        position += 1
        position = position + len(gap) if text.startswith(gap, position) else position
    if text[position] != "}":
        raise reader.unexpected(position, '"," or "}"')
    return _new(JsonObject, (members, start, position + 1))


def _name(reader: JsonReader, position: int, *, first: bool) -> int:
    position = _skip(reader.text, position).end()
    if reader.text[position] != '"':
        raise reader.unexpected(position, f'{NAME} or "}}"' if first else NAME)
    return position


def _after_colon(reader: JsonReader, position: int) -> int:
    text = reader.text
    if text[position] != ":":
        position = _skip(text, position).end()
        if text[position] != ":":
            raise reader.unexpected(position, '":"')
    return position + 1


def _array(reader: JsonReader, start: int, depth: int) -> JsonArray:
    text, string = reader.text, reader.string
    items: list[Node] = []
    position = start + 1
    position = _skip(text, position).end() if text[position] in SPACE else position
    gap = text[start + 1 : position]
    while text[position] != "]" or items:
        if text[position] == '"':
            content, last = string(text, position + 1, True)
            items.append(_new(Text, (content, position, last)))
        else:
            item = _value(reader, position, depth, VALUE if items else FIRST_ITEM)
            items.append(item)
            last = item[2]
        position = last if text[last] == "," else _skip(text, last).end()
        if text[position] != ",":
            break
        position += 1
        position = position + len(gap) if text.startswith(gap, position) else position
    if text[position] != "]":
        raise reader.unexpected(position, '"," or "]"')
    return _new(JsonArray, (items, start, position + 1))


def _scalar(reader: JsonReader, start: int, expected: str) -> Node:
    text = reader.text
    if text.startswith("null", start):
        return JsonNull("null", start, start + 4)
    for word in ("true", "false"):
        if text.startswith(word, start):
            return JsonBoolean(word, start, start + len(word))
    match = re.compile(_NUMBER).match(text, start)
    if match is None:
        raise reader.unexpected(start, expected)
    end = match.end()
    fault = json_faults.bad_number(match.group(), match.group(1), start)
    if fault is not None:
        reader.report(fault)
    return JsonNumber(match.group(), start, end)
