"""Lines of a log in JSON that are no JSON: an error with its place, and no response of API Gateway (LOG-1)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.errors import Diagnostic, RequestError, Source
from execpolicy.loaders.access_log.field_names import variable_of_field
from execpolicy.loaders.call_texts import texts_of_any_length
from execpolicy.loaders.json_text import read_json_text
from execpolicy.loaders.written_text import WrittenText

_NAME: Final = re.compile(r'"([\w.$ -]{1,80})"\s*:')
#: What a line of a log or an event has, and no response of API Gateway: what was called.
_CALLED: Final = ("httpMethod", "path", "resourcePath", "routeKey")
_OF_EVENTS: Final = ("requestContext", "rawPath")


def broken_log_line(text: Source) -> Diagnostic | None:
    """The error in a text that begins as a line of a log in JSON and is no JSON; None for any other text.

    A response may begin with ``{`` and be no JSON: one with text after it, or as Python shows it.

    >>> found = broken_log_line(Source("TEXT", '{"httpMethod": "GET", "path": "/a", "status": 403'))
    >>> found is not None and found.message
    'the object opened here is never closed'
    >>> broken_log_line(Source("TEXT", '{"message": "Forbidden"} with status code: 403'))
    """
    value = text.text.strip()
    if not value.startswith("{"):
        return None
    names = _NAME.findall(value)
    if not any(variable_of_field(name) in _CALLED or name in _OF_EVENTS for name in names):
        return None
    start = text.text.index("{")
    whole = WrittenText(value, text, start, start + len(value))
    lines = _lines(whole)
    if not all(each.value.lstrip().startswith("{") for each in lines):
        return _fault(whole)
    faults = [_fault(each) for each in lines]
    return None if None in faults else faults[0]


def _lines(whole: WrittenText) -> list[WrittenText]:
    """The lines of a text that are not empty."""
    found, start = [], 0
    for line in whole.value.split("\n"):
        if line.strip():
            found.append(whole.part(start, start + len(line.rstrip("\r"))))
        start += len(line) + 1
    return found


def _fault(text: WrittenText) -> Diagnostic | None:
    """The error in a text; None if it begins with a whole document."""
    try:
        read_json_text(text, texts_of_any_length)
    except RequestError as error:
        fault = error.diagnostic
    else:
        return None
    assert fault.span is not None, "an error in a text has its place"
    at = text.source.offset(fault.span.line, fault.span.column) - text.start
    before = text.part(0, at)
    return None if before.value.strip() and _fault_in(before) is None else fault


def _fault_in(text: WrittenText) -> Diagnostic | None:
    try:
        read_json_text(text, texts_of_any_length)
    except RequestError as error:
        return error.diagnostic
    return None
