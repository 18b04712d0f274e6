"""Policies with values that are not known (SRC-10), as a loader of templates reads them.

In a document ``<<Name>>`` stands for the unknown value ``the parameter Name``.
"""

from __future__ import annotations

import json
import re
from typing import Any

from execpolicy import Policy, Source
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.literals import PolicyKindName

NAME = "template.json"
_UNKNOWN = re.compile(r"<<([^<>]*)>>")


def policy_with_unknown(document: object, kind: PolicyKindName = "resource") -> Policy:
    """A policy whose texts have unknown values; ``document`` is JSON as text, or Python objects."""
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    root, faults = read_json(text)
    assert root is not None
    assert not faults
    return Policy.from_node(_with_unknown(root), kind=kind, name=NAME, source=Source(NAME, text))


def parameter(name: str) -> str:
    """The name of the unknown value that ``<<name>>`` stands for."""
    return f"the parameter {name}"


def with_values(document: Any, values: dict[str, str]) -> Any:
    """The document with values in place of the unknown ones."""
    if isinstance(document, str):
        return _UNKNOWN.sub(lambda found: values[found[1]], document)
    if isinstance(document, list):
        return [with_values(item, values) for item in document]
    if isinstance(document, dict):
        return {with_values(name, values): with_values(value, values) for name, value in document.items()}
    return document


def _text(value: str) -> str:
    return _UNKNOWN.sub(lambda found: unknown_text(parameter(found[1])), value)


def _with_unknown(node: Node) -> Node:
    match node:
        case Text():
            return node._replace(value=_text(node.value))
        case JsonArray():
            return node._replace(items=[_with_unknown(item) for item in node.items])
        case JsonObject():
            members = {
                _text(name): (start, end, _with_unknown(value)) for name, (start, end, value) in node.members.items()
            }
            return node._replace(members=members)
        case _:
            return node
