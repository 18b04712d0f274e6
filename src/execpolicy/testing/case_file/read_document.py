"""Reads an entry of ``documents`` in a case file."""

from __future__ import annotations

from typing import Any

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, to_python
from execpolicy.testing.case_file.item import ERROR, ITEM_FIELDS, read_item_fields
from execpolicy.testing.case_file.model import LOADS, DocumentCase, DocumentError

DOCUMENT_FIELDS = (*ITEM_FIELDS, "kind", "text", "document", "expect", "errors")
ERROR_FIELDS = ("message", "line", "column", "path")


def read_document(problems: Problems, node: Node) -> DocumentCase | None:
    """A policy document with the expected errors; None if the entry is invalid."""
    fields = entry(problems, node, "a document", DOCUMENT_FIELDS)
    if fields is None:
        return None
    fields.must("name", "kind", "expect")
    about = read_item_fields(fields)
    kind = fields.choice("kind", [kind.value for kind in PolicyKind])
    expect = fields.choice("expect", (LOADS, ERROR))
    document = _content(fields)
    if expect == ERROR:
        fields.must("errors")
    elif expect == LOADS:
        fields.refuse(("errors",), "a document that loads", 'it requires "expect": "error": remove it')
    errors = _errors(fields, is_text=fields.has("text") or not fields.has("document"))
    if kind is None or expect is None or document is None:
        return None
    return DocumentCase(kind=PolicyKind(kind), document=document, expect=expect, errors=errors, **about)


def _content(fields: Fields) -> str | dict[str, Any] | None:
    text, document = fields.value("text"), fields.value("document")
    if text is not None and document is None:
        return _text(fields, text)
    if document is not None and text is None:
        return _mapping(fields, document)
    found = 'neither "text" nor "document"' if text is None else '"text" and "document"'
    fields.problems.report(fields.node, f"found {found}, expected one of them", "give the document in one form")
    return None


def _text(fields: Fields, node: Node) -> str:
    """A string, or the list of its lines. The case tests the errors in the text."""
    if isinstance(node, Text):
        return node.value
    if not isinstance(node, JsonArray):
        fields.wrong(node, "text", "a string or a list of lines")
        return ""
    for line in node.items:
        if not isinstance(line, Text):
            fields.wrong(line, "a line of text", "a string")
    return "\n".join(line.value for line in node.items if isinstance(line, Text))


def _mapping(fields: Fields, node: Node) -> dict[str, Any] | None:
    if not isinstance(node, JsonObject):
        fields.wrong(node, "document", "an object")
        return None
    document = to_python(node)
    assert isinstance(document, dict)
    return document


def _errors(fields: Fields, *, is_text: bool) -> tuple[DocumentError, ...]:
    value = fields.value("errors")
    nodes = fields.items("errors", "a list of errors")
    if isinstance(value, JsonArray) and not nodes:
        fields.problems.report(value, "found an empty list as errors", "list the errors of the document")
    errors = [_error(fields.problems, node, is_text=is_text) for node in nodes]
    return tuple(error for error in errors if error is not None)


def _error(problems: Problems, node: Node, *, is_text: bool) -> DocumentError | None:
    fields = entry(problems, node, "an error", ERROR_FIELDS)
    if fields is None:
        return None
    if is_text:
        fields.must("message", "line", "column")
    else:
        fields.must("message")
        advice = 'an object has no lines: give the place as "path"'
        fields.refuse(("line", "column"), "an error of a document given as an object", advice)
    message, path = fields.text("message"), fields.text("path")
    return DocumentError(message or "", fields.count("line"), fields.count("column"), path or "")
