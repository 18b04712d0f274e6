"""Short forms of the fields of an API file: one text for a list, and routes as a list of their keys."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text
from execpolicy.document.syntax.wording import quoted

_FORM: Final = (
    "write the key of a route, such as GET /orders; routes with authorization stand in an object, by their keys"
)


def in_full(problems: Problems, document: Node) -> Node:
    """The document with ``stages`` as a list or an object, and with ``routes`` as an object.

    Args:
        problems: collects what is wrong in a short form.
        document: the whole content of the file.
    """
    if not isinstance(document, JsonObject):
        return document
    members = dict(document.members)
    for name, read in (("stages", _stages), ("routes", _routes)):
        if name in members:
            start, end, value = members[name]
            members[name] = (start, end, read(problems, value))
    return document._replace(members=members)


def _stages(_: Problems, value: Node) -> Node:
    return JsonArray([value], value.start, value.end) if isinstance(value, Text) else value


def _routes(problems: Problems, value: Node) -> Node:
    if not isinstance(value, (Text, JsonArray)):
        return value
    routes: dict[str, Member] = {}
    for key in [value] if isinstance(value, Text) else value.items:
        if not isinstance(key, Text):
            problems.report(key, "found a route that is no text in a list of routes", _FORM)
        elif key.value in routes:
            problems.report(key, f"found the route {quoted(key.value)} twice", "remove one of them")
        else:
            routes[key.value] = (key.start, key.end, JsonObject({}, key.start, key.end))
    return JsonObject(routes, value.start, value.end)
