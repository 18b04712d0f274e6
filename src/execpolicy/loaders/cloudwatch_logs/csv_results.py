"""Results of CloudWatch Logs Insights as CSV: the names of the fields, then a record for each line (LOG-7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-7"
#: A field: in quotes, in which a quote is doubled, or as it is.
_FIELD: Final = re.compile(r'"((?:[^"]|"")*)"|([^,\r\n"]*)')
_END: Final = re.compile(r"\r?\n|\Z")


def messages_of_csv(text: WrittenText, name: str) -> list[WrittenText]:
    """The fields of one name.

    Args:
        text: the text, whose first record has the names.
        name: the name of the field.

    Raises:
        RequestError: a record cannot be read; with the place.
    """
    records = [*_records(text)]
    at = [field.value for field in records[0]].index(name)
    for record in records[1:]:
        if len(record) != len(records[0]):
            message = f"found a record with {len(record)} fields, expected {len(records[0])} as in the first one"
            raise record[0].error(message, "give the results as they are exported", _RULE)
    return [record[at] for record in records[1:]]


def _records(text: WrittenText) -> Iterator[list[WrittenText]]:
    at = 0
    while at < len(text.value):
        record = []
        while True:
            match = _FIELD.match(text.value, at)
            assert match is not None, "a field can be empty"
            in_quotes = match[1] is not None
            start, end = match.span(1 if in_quotes else 2)
            value = match[1].replace('""', '"') if in_quotes else match[2]
            record.append(WrittenText(value, text.source, text.start + start, text.start + end))
            at = match.end()
            if text.value[at : at + 1] != ",":
                break
            at += 1
        ends = _END.match(text.value, at)
        if ends is None:
            place = text.part(at, at + 1)
            raise place.error(f"found {quoted(place.value)} after a field, expected a comma", "close the quotes", _RULE)
        at = ends.end()
        yield record
