"""Identifies the functions of authorizers in the document of an API file, so that versions can be compared (ANA-3)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text

_AUTHORIZERS, _FUNCTION = "authorizers", "function_arn"


def with_functions(document: JsonObject, identified: Callable[[str], str]) -> JsonObject:
    """The document in which the function of each authorizer is the text that identifies it.

    Args:
        document: the document of an API file.
        identified: returns the text that identifies a function, given its ARN or URI.
    """
    start, end, authorizers = document.members.get(_AUTHORIZERS, (0, 0, None))
    if not isinstance(authorizers, JsonObject):
        return document
    members: dict[str, Member] = {
        name: (at, to, _with_function(each, identified)) for name, (at, to, each) in authorizers.members.items()
    }
    changed = authorizers._replace(members=members)
    return document._replace(members={**document.members, _AUTHORIZERS: (start, end, changed)})


def _with_function(authorizer: Node, identified: Callable[[str], str]) -> Node:
    if not isinstance(authorizer, JsonObject):
        return authorizer
    start, end, function = authorizer.members.get(_FUNCTION, (0, 0, None))
    if not isinstance(function, Text):
        return authorizer
    text = function._replace(value=identified(function.value))
    return authorizer._replace(members={**authorizer.members, _FUNCTION: (start, end, text)})
