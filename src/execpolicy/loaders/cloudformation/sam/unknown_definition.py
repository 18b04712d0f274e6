"""Definitions of APIs that are not known where the transform adds methods and their security (SRC-3, SRC-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy.document.syntax.node_members import member, members
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.loaders.cloudformation.sam.body import NO_METHODS
from execpolicy.loaders.cloudformation.sam.events import ApiEvent
from execpolicy.loaders.cloudformation.sam.resource_policy import POLICY
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource

#: Objects and lists of a definition to which the transform adds, or which it replaces.
_MERGED: Final = (
    *(("paths",), ("securityDefinitions",), ("components",), ("components", "securitySchemes"), ("servers",)),
    *((f"x-amazon-apigateway-{name}",) for name in ("cors", "endpoint-configuration", "gateway-responses")),
)


def unknown_definition(api: SamResource, events: Iterable[ApiEvent]) -> Text | None:
    """What is not known of the definition of an API, so that all of it is not known; None if it is known.

    What the transform makes of a part depends on what the part contains: to an operation without an integration it adds
    nothing, and a path that is not known may have each method.

    Args:
        api: the API.
        events: the events that lead through it.
    """
    body = api.property("DefinitionBody").value
    if body is None or api.property("DefinitionUri").is_true:
        return None
    lists = [api.property("Auth", "ResourcePolicy"), *(event.auth.member("ResourcePolicy") for event in events)]
    adds_statements = any(each.is_true for each in lists)
    parts = _parts(body, adds_statements=adds_statements)
    return next((part for part in parts if has_unknown_part(part)), None)


def _parts(body: Node, *, adds_statements: bool) -> Iterator[Node | None]:
    yield body
    for names in (*_MERGED, *([(POLICY,)] if adds_statements else [])):
        yield member(body, *names)
    for _, path in members(member(body, "paths")):
        yield path
        if isinstance(path, JsonObject):
            yield from (operation for name, operation in members(path) if name not in NO_METHODS)
