"""Reads TOML into the same nodes as JSON. ``tomllib`` reads the values; this module finds their places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from execpolicy.document.syntax.encoding import check_text
from execpolicy.document.syntax.nodes import (
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
)

# Possessive: the time is linear in the text. Only texts that tomllib has read are matched.
_STRING: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\]|\\.)*+"'
    r"|'[^']*+'",
    re.DOTALL,
)
_BARE_NAME: Final = re.compile(r"[A-Za-z0-9_-]++")
#: Blanks, line ends and comments.
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_OTHER_VALUE: Final = re.compile(r"[^,\]}#\n]++")
#: Parts of a name with dots between them. For those, tomllib takes quadratic time.
_DOTTED_NAME: Final = re.compile(
    r"""(?:(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)++"""
)
MAX_NAMES: Final = 100
_PLACE: Final = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)\Z")

_ANOTHER: Final = "is this the right file?"

#: The places in an array, by index, or in a table, by name; None in another value.
_Inner: TypeAlias = "list[_Place] | dict[str, _NamedPlace] | None"


class _Place:
    """Where a value begins and ends."""

    def __init__(self, start: int, end: int, inner: _Inner = None) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class _NamedPlace:
    """Where the name of a value begins and ends, and the place of the value."""

    def __init__(self, start: int, end: int, value: _Place) -> None:
        self.start = start
        self.end = end
        self.value = value


def read_toml(text: str) -> tuple[JsonObject | None, list[Fault]]:
    r"""Read a TOML document.

    Args:
        text: the whole text, decoded.

    Returns:
        The root, or None for a text that is not TOML; and its fault. The place of a table is that of its header, and
        of a table that is written in parts the first of them. Dates and times are numbers, as TOML writes them.

    >>> root, _ = read_toml('[tool.execpolicy.lint]\nselect = ["EP-ARN"]')
    >>> root.members["tool"][2].members["execpolicy"][2].members["lint"][:2]
    (17, 21)
    """
    fault = check_text(text) or _long_name(text)
    if fault is not None:
        return None, [fault]
    try:
        data = tomllib.loads(text)
        node = _node(text, data, _Places(text).read())
    except tomllib.TOMLDecodeError as error:
        return None, [_fault(text, error)]
    except RecursionError:
        return None, [Fault("found too many arrays inside of each other", 0, 1, advice=_ANOTHER)]
    except ValueError:  # from int(), for more digits than Python reads
        return None, [Fault("found a number that is too long", 0, 1, advice=_ANOTHER)]
    assert isinstance(node, JsonObject)
    return node, []


def _long_name(text: str) -> Fault | None:
    """The fault of a name with very many parts."""
    for match in _DOTTED_NAME.finditer(text):
        if match.group().count(".") > MAX_NAMES:
            return Fault(f"found more than {MAX_NAMES} names with dots between them", *match.span(), advice=_ANOTHER)
    return None


def _fault(text: str, error: tomllib.TOMLDecodeError) -> Fault:
    message = str(error)
    place = _PLACE.search(message)
    start = len(text)
    if place is not None:
        message = message[: place.start()]
        lines = text.split("\n", int(place[1]) - 1)
        start = min(len(text) - len(lines[-1]) + int(place[2]) - 1, len(text))
    message = message.removesuffix(" (at end of document)")
    return Fault(f"found text that is not TOML: {message}", start, min(start + 1, len(text)), advice="correct it")


def _node(text: str, value: object, place: _Place) -> Node:
    """The node of a value that tomllib has read, at its place."""
    start, end, inner = place.start, place.end, place.inner
    if isinstance(value, str):
        return Text(value, start, end)
    if isinstance(value, bool):
        return JsonBoolean(str(value).lower(), start, end)
    if isinstance(value, list):
        assert isinstance(inner, list)
        return JsonArray([_node(text, *each) for each in zip(value, inner, strict=True)], start, end)
    if isinstance(value, Mapping):
        assert isinstance(inner, dict)
        members: dict[str, Member] = {}
        for name, each in value.items():
            named = inner[name]
            members[name] = (named.start, named.end, _node(text, each, named.value))
        return JsonObject(members, start, end)
    return JsonNumber(text[start:end], start, end)


class _Places:
    """Finds the places of all values of a text that is TOML."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> _Place:
        """The places of the document."""
        root = table = _Place(0, min(len(self._text), 1), {})
        self._skip()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header(root)
            else:
                self._member(table)
            self._skip()
        return root

    def _skip(self) -> None:
        match = _BETWEEN.match(self._text, self._at)
        assert match is not None, "the pattern matches the empty text"
        self._at = match.end()

    def _header(self, root: _Place) -> _Place:
        """The table that a header begins, such as ``[tool.execpolicy.lint]`` or ``[[tool.x]]``."""
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        *names, last = self._names()
        self._at = self._text.index("]", self._at) + brackets
        parent = _table_at(root, names)
        place = _Place(last[1], last[2], {})
        assert isinstance(parent.inner, dict)
        if brackets == 1:
            return parent.inner.setdefault(last[0], _NamedPlace(last[1], last[2], place)).value
        array = parent.inner.setdefault(last[0], _NamedPlace(last[1], last[2], _Place(last[1], last[2], []))).value
        assert isinstance(array.inner, list)
        array.inner.append(place)
        return place

    def _member(self, table: _Place) -> None:
        """A name, an equals sign, and a value."""
        *names, (name, start, end) = self._names()
        self._at += 1
        self._skip()
        parent = _table_at(table, names)
        assert isinstance(parent.inner, dict)
        parent.inner[name] = _NamedPlace(start, end, self._value())

    def _names(self) -> list[tuple[str, int, int]]:
        """Names with dots between them, each with its place; reading stops at what follows."""
        names = []
        while True:
            self._skip()
            start = self._at
            match = _STRING.match(self._text, start) or _BARE_NAME.match(self._text, start)
            assert match is not None, "a name follows in TOML"
            self._at = match.end()
            names.append((_name(match.group()), start, self._at))
            self._skip()
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self) -> _Place:
        start = self._at
        first = self._text[start]
        if first in "[{":
            return self._collection("]" if first == "[" else "}")
        match = _STRING.match(self._text, start)
        if match is not None:
            self._at = match.end()
            return _Place(start, self._at)
        match = _OTHER_VALUE.match(self._text, start)
        assert match is not None, "a value follows in TOML"
        self._at = match.end()
        return _Place(start, start + len(match.group().rstrip()))

    def _collection(self, closing: str) -> _Place:
        """An array or a table in brackets."""
        place = _Place(self._at, self._at, [] if closing == "]" else {})
        self._at += 1
        self._skip()
        while self._text[self._at] != closing:
            if isinstance(place.inner, list):
                place.inner.append(self._value())
            else:
                self._member(place)
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
                self._skip()
        self._at += 1
        place.end = self._at
        return place


def _table_at(table: _Place, names: list[tuple[str, int, int]]) -> _Place:
    """The table under another one by its names; of an array of tables, the last one."""
    for name, start, end in names:
        assert isinstance(table.inner, dict)
        table = table.inner.setdefault(name, _NamedPlace(start, end, _Place(start, end, {}))).value
        if isinstance(table.inner, list):
            table = table.inner[-1]
    return table


def _name(written: str) -> str:
    """A name as it is written, without its quotes and escapes."""
    if written[0] == '"' and "\\" in written:
        read: dict[str, Any] = tomllib.loads(f"{written} = 0")
        return next(iter(read))
    return written[1:-1] if written[0] in "\"'" else written
