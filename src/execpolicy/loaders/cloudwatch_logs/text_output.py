"""The messages in what ``aws logs get-log-events`` and ``filter-log-events`` write with ``--output text`` (LOG-7).

A row has the values of a log event, with tabs between them, in the alphabetical order of their names.
"""

from __future__ import annotations

import re
from typing import Final

from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-7"
_TOKENS: Final = r"[bf]/[^\s]+(?:\t[bf]/[^\s]+)?[ \t]*\r?(?:\n|\Z)"
_BEGINS: Final = re.compile(rf"(?:{_TOKENS})?EVENTS\t")
_ROWS: Final = re.compile(rf"(?m)^(?=EVENTS\t|SEARCHEDLOGSTREAMS\t|{_TOKENS})")
#: ``ingestionTime``, ``message`` and ``timestamp``, with ``eventId`` and ``logStreamName`` of filter-log-events.
_ROW: Final = re.compile(
    r"EVENTS\t(?:[0-9]{20,80}\t[0-9]{10,16}\t[^\t\n]+|[0-9]{10,16})\t(?P<message>.*)\t[0-9]{10,16}\s*", re.DOTALL
)


def messages_of_text_output(text: WrittenText) -> list[WrittenText] | None:
    """The messages of the rows; None for another text.

    Raises:
        RequestError: a row is none of a log event; with the place.
    """
    if _BEGINS.match(text.value) is None:
        return None
    found: list[WrittenText] = []
    starts = [match.start() for match in _ROWS.finditer(text.value)]
    for start, end in zip(starts, [*starts[1:], len(text.value)], strict=True):
        if not text.value.startswith("EVENTS\t", start):
            continue
        row = _ROW.fullmatch(text.value, start, end)
        if row is None:
            message = "found a row that is no log event, expected its times and its message with tabs between them"
            raise text.part(start, start + len("EVENTS")).error(message, "give --output json", _RULE)
        found.append(text.part(*row.span("message")))
    return found
