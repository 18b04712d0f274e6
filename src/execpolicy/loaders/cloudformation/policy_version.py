"""Policies whose Version is not known: a reading of the template for each version (POL-4, SRC-10)."""

from __future__ import annotations

from execpolicy.document.model import NEW_VERSION, OLD_VERSION
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.loaders.cloudformation.stack import Stack

_VERSION = "Version"
#: Without it a text has no variable, and means the same in each version.
_OF_VARIABLES = "$"


def with_known_version(stack: Stack, document: JsonObject, *, only_new: bool = False) -> JsonObject:
    """The document with a version in place of one that is not known.

    AWS accepts two versions. Where they differ in what the document means, a reading assumes each of them.

    Args:
        stack: the template.
        document: the policy document.
        only_new: whether a document of its kind has to have the current version (POL-8).
    """
    _, _, version = document.members.get(_VERSION, (0, 0, None))
    if not has_unknown_part(version):
        return document
    start, end, _ = document.members[_VERSION]
    is_new = only_new or not _may_have_variables(document) or stack.equals(version, NEW_VERSION)
    known = version._replace(value=NEW_VERSION if is_new else OLD_VERSION)
    return document._replace(members={**document.members, _VERSION: (start, end, known)})


def _may_have_variables(node: Node) -> bool:
    match node:
        case Text(value):
            return _OF_VARIABLES in value
        case JsonArray(items):
            return any(map(_may_have_variables, items))
        case JsonObject(members):
            return any(_may_have_variables(value) for _, _, value in members.values())
    return False
