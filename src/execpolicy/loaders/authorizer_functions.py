"""The functions of authorizers in the document of an API file: which one it is, as another version says it (ANA-3)."""

from __future__ import annotations

from collections.abc import Callable

from execpolicy.document.syntax.nodes import JsonObject, Member, Node, Text

_AUTHORIZERS, _FUNCTION = "authorizers", "function_arn"


def with_functions(document: JsonObject, identified: Callable[[str], str]) -> JsonObject:
    """The document with the functions of its authorizers by what identifies them.

    Args:
        document: the document of an API file.
        identified: makes the text that identifies a function, of the ARN or the URI that stands there.
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
