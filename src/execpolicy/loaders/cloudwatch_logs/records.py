"""The data of records of Kinesis and Firehose, which log lines are sent through (LOG-7).

A function gets them as ``kinesis.data`` or ``data``, and ``aws kinesis get-records`` writes them as ``Data``. Each is
base64: a record of a subscription, which is compressed, or lines that API Gateway sent to a delivery stream itself.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, Node, Text
from execpolicy.errors import Source
from execpolicy.loaders.json_text import placed_text
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-7"
_NAMES: Final = (("Records", "kinesis", "data"), ("Records", "Data"), ("records", "data"))


def data_of_records(text: WrittenText, root: Node) -> list[WrittenText] | None:
    """The data of the records in a document; None if it has no such records."""
    for name, *path in _NAMES:
        records = member(root, name)
        if isinstance(records, JsonArray) and records.items:
            found = [member(each, *path) for each in records.items]
            texts = [placed_text(text, each) for each in found if isinstance(each, Text)]
            if len(texts) == len(found):
                return texts
    return None


def lines_of_data(data: WrittenText) -> Iterator[WrittenText]:
    """The lines in the data of a record that is not compressed; their places are in the decoded text.

    Raises:
        RequestError: it is no text in base64; with the place.
    """
    try:
        decoded = b64decode("".join(data.value.split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        message = "found data of a record that cannot be decoded, expected lines of a log in base64"
        raise data.error(message, "give the record as it was received", _RULE) from error
    whole = WrittenText(decoded, Source(f"{data.source.name} (decoded)", decoded), 0, len(decoded))
    start = 0
    for line in decoded.split("\n"):
        if line.strip():
            yield whole.part(start, start + len(line.rstrip("\r")))
        start += len(line) + 1
