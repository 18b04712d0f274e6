"""A resource of SAM with the Globals."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.template_nodes import is_true


class Value(NamedTuple):
    """A value of a template, with what is written: the transform treats functions in a way of its own.

    Attributes:
        value: the resolved value; None if there is none.
        written: what stands in the template; None if nothing does.
    """

    value: Node | None
    written: Node | None

    def member(self, *names: str) -> Value:
        """The value under these names in nested objects."""
        return Value(member(self.value, *names), member(self.written, *names))

    @property
    def is_true(self) -> bool:
        """Whether the transform takes the value as true."""
        return is_true(self.value, self.written)

    @property
    def items(self) -> list[Value]:
        """The items of a list; the value itself if it is none."""
        if not isinstance(self.value, JsonArray):
            return [self] if self.value is not None else []
        written = self.written.items if isinstance(self.written, JsonArray) else []
        if len(written) != len(self.value.items):
            return [Value(item, None) for item in self.value.items]
        return [Value(item, other) for item, other in zip(self.value.items, written, strict=True)]


class SamResource(NamedTuple):
    """A resource of SAM.

    Attributes:
        resource: the resource as the template has it.
        kind: its type without the prefix, such as ``Api``.
        all: its properties, merged with the Globals.
    """

    resource: Resource
    kind: str
    all: Value

    @property
    def logical_id(self) -> str:
        return self.resource.logical_id

    @property
    def at(self) -> Node:
        """The place of the resource: its logical id."""
        return self.resource.name

    @property
    def properties(self) -> JsonObject:
        return self.all.value if isinstance(self.all.value, JsonObject) else self.resource.properties

    def property(self, *names: str) -> Value:
        """A property, or what is inside of it."""
        return self.all.member(*names)

    def generated(self, type_name: str, properties: JsonObject, logical_id: str | None = None) -> Resource:
        """A resource of CloudFormation that SAM makes of this one, at its place."""
        name = self.resource.name
        identifier = logical_id if logical_id is not None else self.logical_id
        return Resource(identifier, name._replace(value=identifier), type_name, properties, self.resource.node)
