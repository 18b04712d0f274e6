"""A resource of a template."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Text


class Resource(NamedTuple):
    """A resource whose properties are resolved: no functions are left.

    Each node has the place of what was written.

    Attributes:
        logical_id: its name in the template.
        name: the same with its place.
        type: such as ``AWS::ApiGateway::RestApi``.
        properties: an empty object at the place of the resource if it has none.
        node: the whole resource as it was written, for ``Metadata`` and other attributes.
    """

    logical_id: str
    name: Text
    type: str
    properties: JsonObject
    node: JsonObject
