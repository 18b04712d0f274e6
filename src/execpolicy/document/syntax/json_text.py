"""Writes a document as JSON text: a document given as Python objects has places in this text."""

from __future__ import annotations

import json

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text

_INDENT = "  "


def json_text(node: Node, indent: str = "") -> str:
    r"""A document as JSON, indented. Numbers are written as they are: nothing is rounded.

    >>> from execpolicy.document.syntax.nodes import JsonNumber
    >>> json_text(JsonArray([Text("a"), JsonNumber("1.10")]))
    '[\n  "a",\n  1.10\n]'
    """
    inner = indent + _INDENT
    match node:
        case Text():
            return json.dumps(node.value, ensure_ascii=False)
        case JsonArray(items) if items:
            written = [f"{inner}{json_text(item, inner)}" for item in items]
            return "[\n" + ",\n".join(written) + f"\n{indent}]"
        case JsonObject(members) if members:
            written = [
                f"{inner}{json.dumps(name, ensure_ascii=False)}: {json_text(value, inner)}"
                for name, (_, _, value) in members.items()
            ]
            return "{\n" + ",\n".join(written) + f"\n{indent}}}"
        case JsonArray():
            return "[]"
        case JsonObject():
            return "{}"
        case _:
            return node.text
