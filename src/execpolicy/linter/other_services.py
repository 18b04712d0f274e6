"""Policies of the resources of other services, such as trust policies and bucket policies: they decide no call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import nearest
from execpolicy.linter.documents.actions import is_like_execute_api

_ACTION: Final = re.compile(r"([A-Za-z0-9-]+):[A-Za-z0-9*?]+")
_PRINCIPALS: Final = frozenset({"Principal", "NotPrincipal"})
#: What manages APIs is written by mistake where a call is meant.
_OF_APIS: Final = ("execute-api", "apigateway")


def other_service_of(document: JsonObject) -> str:
    """The service of a policy whose statements all have a principal and actions of one other service; else empty.

    Args:
        document: a document with the member ``Statement``.
    """
    _, _, found = document.members["Statement"]
    statements = found.items if isinstance(found, JsonArray) else [found]
    services = {service for statement in statements for service in _services(statement)}
    if len(services) != 1:
        return ""
    service = services.pop()
    is_near = is_like_execute_api(service) or nearest(service, _OF_APIS) is not None
    return "" if is_near else service


def _services(statement: Node) -> Iterator[str]:
    """The services of the actions of a statement; an empty one where it may be about calls of an API."""
    members = statement.members if isinstance(statement, JsonObject) else {}
    if "Action" not in members or not _PRINCIPALS & {*members}:
        yield ""
        return
    _, _, found = members["Action"]
    for action in found.items if isinstance(found, JsonArray) else [found]:
        match = _ACTION.fullmatch(action.value) if isinstance(action, Text) else None
        yield match[1].lower() if match is not None else ""
