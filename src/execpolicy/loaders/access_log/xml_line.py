"""A line of an access log in XML, as the console offers it: one element with attributes and plain elements (LOG-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.access_log.fields import GivenField
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-1"
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]{0,100}"
_ROOT: Final = re.compile(rf"\s*<({_NAME})((?:\s++{_NAME}=\"[^\"<]*+\")*+)\s*>")
_ATTRIBUTE: Final = re.compile(rf"({_NAME})=\"([^\"<]*)\"")
#: Values are not escaped: one that has the sign < looks like an element.
_ELEMENT: Final = re.compile(rf"\s*<({_NAME})>([^<]*+)</\1>")


def fields_of_xml(text: WrittenText) -> Iterator[GivenField]:
    """The attributes of the root, and the elements in it.

    Raises:
        RequestError: it is no such line; with the place.
    """
    line = text.value
    root = _ROOT.match(line)
    if root is None:
        raise _unexpected(text, 0, 'an element such as <request id="…">')
    for match in _ATTRIBUTE.finditer(line, *root.span(2)):
        # The console's example has the id of the request as "id".
        name = "requestId" if match[1] == "id" else match[1]
        yield GivenField(name, text.part(*match.span(1)), text.part(*match.span(2)))
    position = root.end()
    while (element := _ELEMENT.match(line, position)) is not None:
        yield GivenField(element[1], text.part(*element.span(1)), text.part(*element.span(2)))
        position = element.end()
    end = re.compile(rf"\s*</{re.escape(root[1])}>\s*").match(line, position)
    if end is None or end.end() != len(line):
        start = position if end is None else end.end()
        raise _unexpected(text, start, f"an element with a plain value, or </{root[1]}> at the end")


def _unexpected(text: WrittenText, at: int, expected: str) -> Exception:
    line = text.value
    at += len(line[at:]) - len(line[at:].lstrip())
    found = quoted(line[at:], 30) if at < len(line) else "the end of the line"
    advice = "for a line of another form give the format of the log, with log_format= or --log-format"
    return text.part(at, min(at + 1, len(line))).error(f"found {found}, expected {expected}", advice, _RULE)
