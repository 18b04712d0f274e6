"""A line of an access log in JSON, as people write it: numbers without quotes, ``-`` for what is absent (LOG-1)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.nodes import JsonObject
from execpolicy.loaders.access_log.fields import GivenField
from execpolicy.loaders.json_text import JsonText, written_value
from execpolicy.loaders.written_text import WrittenText


def fields_of_json(text: WrittenText, document: JsonText) -> Iterator[GivenField]:
    """The fields of the root object, each with the names of the objects around it before its own."""
    if isinstance(document.root, JsonObject):
        yield from _fields(text, document, document.root, "")


def _fields(text: WrittenText, document: JsonText, node: JsonObject, before: str) -> Iterator[GivenField]:
    for name, (start, end, value) in node.members.items():
        whole = f"{before}{name}"
        if isinstance(value, JsonObject) and value.members:
            yield from _fields(text, document, value, f"{whole}.")
        else:
            written, fault = written_value(text, value, document.absent)
            yield GivenField(whole, text.part(start, end), written, fault)
