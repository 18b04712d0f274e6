"""The members of an object in a JSON text, each with its place: null is as absent as a member that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    Text,
    describe,
)
from execpolicy.errors import RequestError
from execpolicy.loaders.json_text import placed_text
from execpolicy.loaders.written_text import WrittenText


class JsonMembers(NamedTuple):
    """The members of one object.

    Attributes:
        text: the JSON text.
        node: the object.
        where: the path of the object, with a dot at its end; empty for the root.
        rule: the rule that errors name.
    """

    text: WrittenText
    node: JsonObject
    where: str
    rule: str

    def node_of(self, name: str) -> Node | None:
        """The value of a member; None if there is none, or null."""
        member = self.node.members.get(name)
        return None if member is None or isinstance(member[2], JsonNull) else member[2]

    def has(self, name: str) -> bool:
        """Whether there is such a member, which may be null."""
        return name in self.node.members

    def text_of(self, name: str) -> WrittenText | None:
        """A string with its place.

        Raises:
            RequestError: it is of another type.
        """
        node = self.node_of(name)
        if node is None:
            return None
        if not isinstance(node, Text):
            raise self.wrong(name, node, "a string")
        return placed_text(self.text, node)

    def scalar_of(self, name: str) -> WrittenText | None:
        """A string, a number or a boolean as text, with its place.

        Raises:
            RequestError: it is an object or a list.
        """
        node = self.node_of(name)
        if isinstance(node, (JsonNumber, JsonBoolean)):
            return self.text.part(node.start, node.end)
        return self.text_of(name)

    def object_of(self, name: str) -> JsonMembers | None:
        """An object.

        Raises:
            RequestError: it is of another type.
        """
        node = self.node_of(name)
        if node is None:
            return None
        if not isinstance(node, JsonObject):
            raise self.wrong(name, node, "an object")
        return JsonMembers(self.text, node, f"{self.where}{name}.", self.rule)

    def objects_of(self, name: str) -> list[JsonMembers]:
        """The objects in a list; none if there is no list.

        Raises:
            RequestError: it is no list of objects.
        """
        node = self.node_of(name)
        if node is None:
            return []
        if not isinstance(node, JsonArray):
            raise self.wrong(name, node, "a list of objects")
        found: list[JsonMembers] = []
        for number, item in enumerate(node.items):
            if not isinstance(item, JsonObject):
                raise self.wrong(f"{name}[{number}]", item, "an object")
            found.append(JsonMembers(self.text, item, f"{self.where}{name}[{number}].", self.rule))
        return found

    def texts_by_name(self, name: str) -> dict[str, list[str]] | None:
        """An object whose members are strings or lists of strings; None if it is not there.

        Raises:
            RequestError: it is of another type.
        """
        inner = self.object_of(name)
        if inner is None:
            return None
        return {key: list(inner._texts(key)) for key in inner.node.members}

    def _texts(self, name: str) -> Iterator[str]:
        node = self.node_of(name)
        for item in node.items if isinstance(node, JsonArray) else [node]:
            if item is None:
                continue
            if not isinstance(item, Text):
                raise self.wrong(name, item, "a string or a list of strings")
            yield item.value

    def strings_of(self, name: str) -> list[str]:
        """The strings of a list, or the only string; none if there is none.

        Raises:
            RequestError: it is of another type.
        """
        return list(self._texts(name))

    def place_of(self, name: str) -> WrittenText:
        """The place of the name of a member; that of the object if it has none."""
        member = self.node.members.get(name)
        start, end = (self.node.start, self.node.start + 1) if member is None else member[:2]
        return self.text.part(start, end)

    def wrong(self, name: str, node: Node, expected: str) -> RequestError:
        """The error about a member of a wrong type."""
        place = self.text.part(node.start, node.end)
        message = f"found {describe(node)} as {self.where}{name}, expected {expected}"
        return place.error(message, f"write {expected}", self.rule)

    def missing(self, name: str, what: str) -> RequestError:
        """The error about a member that has to be there."""
        place = self.text.part(self.node.start, self.node.start + 1)
        return place.error(f"found {what} without {self.where}{name}", f'add "{name}"', self.rule)
