"""Lines of a log in JSON of the usual form, read without places: they say what ``Call.parse`` reads in them.

A line has another form if it has an escape, a list, a name twice, ``-`` without quotes or a fault, or if it is no line
of an access log, such as an event. Such a line is not read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json import JSONDecoder
from typing import Any, Final, NamedTuple

from execpolicy.loaders.access_log.call_of_variables import READ
from execpolicy.loaders.access_log.field_names import variable_of_field
from execpolicy.loaders.event.kinds import is_name_of_event

#: What a line of another form has somewhere: an escape, a variable without its value, and the characters that no text
#: has (SRC-10).
_OTHER_FORM: Final = re.compile(rb"\\|\$context\.|\xef\xb7\x90|\xef\xb7\x91")
#: The ids of a request; the extended one is unique.
IDS: Final = ("extendedRequestId", "requestId")
#: The names of HAR files and of their entries, and those of the records of CloudWatch Logs.
_OF_OTHERS: Final = ("log", "request", "events", "logEvents", "awslogs", "results", "@message")
#: The most bytes of such a line.
LONGEST_LINE: Final = 16_384
_LONGEST_NUMBER: Final = 20
_DEEPEST: Final = 8
#: The most forms of lines that are kept; a log has one or a few.
_MOST_SHAPES: Final = 1000

#: A value of a field: the text of a string or a number; None for null.
FieldValue = str | None


class LineShape(NamedTuple):
    """Which fields of a line are variables that are read.

    Attributes:
        number: the number of the shape.
        places: the place of each variable among the fields.
    """

    number: int
    places: dict[str, int]


class PlainLine(NamedTuple):
    """A line: its shape, and the values of its fields."""

    shape: LineShape
    values: tuple[FieldValue, ...]

    def value(self, variable: str) -> FieldValue:
        """The value of a variable; None if the line does not have it."""
        place = self.shape.places.get(variable, -1)
        return self.values[place] if place >= 0 else None


class OtherFormError(ValueError):
    """A line of another form."""


def _number(text: str) -> str:
    if len(text) > _LONGEST_NUMBER or not text.replace(".", "", 1).lstrip("-").isdecimal():
        raise OtherFormError
    return text


def _constant(_: str) -> None:
    raise OtherFormError


#: Reads an object as a tuple of its members, a number as its text.
_SCAN: Final = JSONDecoder(
    object_pairs_hook=tuple, parse_int=_number, parse_float=_number, parse_constant=_constant
).raw_decode
_WORDS: Final = {True: "true", False: "false"}


class PlainLines:
    """Reads lines of the usual form."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], LineShape | None] = {}
        self._numbers = 0

    def read(self, content: bytes) -> PlainLine | None:
        """The fields of a line; None if it has another form.

        Args:
            content: the line without its end.
        """
        if content[:1] != b"{" or len(content) > LONGEST_LINE or _OTHER_FORM.search(content) is not None:
            return None
        try:
            text = content.decode()
            members, end = _SCAN(text)
            if end != len(text) or not members:
                return None
            names, values = zip(*members, strict=True)
            if not _STRINGS.issuperset(map(type, values)):
                names, values = zip(*_flat(members, "", _DEEPEST), strict=True)
        except (ValueError, RecursionError):
            return None
        shape = self.shape(names)
        return None if shape is None else PlainLine(shape, values)

    def shape(self, names: tuple[str, ...]) -> LineShape | None:
        """The shape of lines whose fields have these names; None if such lines have another form.

        Args:
            names: the names, each with those of the objects around it before it.
        """
        if names in self._shapes:
            return self._shapes[names]
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        places = _places(names)
        self._shapes[names] = found = None if places is None else LineShape(self._numbers, places)
        self._numbers += 1
        return found


_STRINGS: Final = frozenset({str})


def _flat(members: Iterable[tuple[str, Any]], before: str, deepest: int) -> Iterator[tuple[str, FieldValue]]:
    """The members of an object and of those in it, with whole names."""
    names = set()
    for name, value in members:
        if name in names or not deepest:
            raise OtherFormError
        names.add(name)
        if isinstance(value, tuple) and value:
            yield from _flat(value, f"{before}{name}.", deepest - 1)
        elif isinstance(value, bool):
            yield f"{before}{name}", _WORDS[value]
        elif value is None or isinstance(value, str):
            yield f"{before}{name}", value
        else:
            raise OtherFormError


def _places(names: tuple[str, ...]) -> dict[str, int] | None:
    parts = {name for whole in names for name in (whole, whole.partition(".")[0])}
    if len(set(names)) < len(names) or any(name in _OF_OTHERS or is_name_of_event(name) for name in parts):
        return None
    places: dict[str, int] = {}
    known: set[str] = set()
    for place, name in enumerate(names):
        variable = variable_of_field(name)
        if variable is None:
            continue
        if variable in known:
            return None
        known.add(variable)
        if variable in READ or variable in IDS:
            places[variable] = place
    return places if {"httpMethod", "path"} <= places.keys() else None
