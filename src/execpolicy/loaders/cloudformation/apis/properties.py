"""The properties of a resource, or of an object in them, with the types of CloudFormation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy.document.syntax.fields import wrong_type
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
)
from execpolicy.document.syntax.wording import did_you_mean, how_to_give, listed, quoted
from execpolicy.document.unknown_parts import has_unknown_part, is_unknown_text
from execpolicy.document.unknown_value import has_unknown, unknown_names, with_unknown_in_words
from execpolicy.loaders.built_nodes import list_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack


class Properties:
    """The properties of a resource, or an object in them. Those that are not understood are reported at once.

    CloudFormation converts single values: a number or a boolean may be written as text. A text that is not known as a
    whole can stand for a value of any type, and is returned as it is.

    Args:
        stack: the template.
        node: the object.
        what: what messages call it, such as ``the AWS::ApiGateway::Method GetOrder``.
        read: the names that are read.
        ignored: the names that cannot bear on authorization; the template lists them.
    """

    def __init__(
        self, stack: Stack, node: JsonObject, what: str, read: Iterable[str], ignored: Iterable[str] = ()
    ) -> None:
        self.node = node
        self.what = what
        self._stack = stack
        self._problems = stack.problems
        known = (*read, *ignored)
        for name, member in node.members.items():
            if name not in known:
                message = f"found {quoted(name)}, which is not a property of {what}"
                self._problems.report_name(member, message, did_you_mean(name, known))
            elif name in ignored:
                stack.ignore(member[2], f"{name} of {what}")

    def has(self, name: str) -> bool:
        """Whether the property is given."""
        return name in self.node.members

    def value(self, name: str) -> Node | None:
        """The value of a property as it is."""
        member = self.node.members.get(name)
        return member[2] if member is not None else None

    def at(self, name: str) -> Node:
        """The node whose place is that of a property: its value, or the whole if it is not given."""
        return self.value(name) or self.node

    def must(self, *names: str) -> bool:
        """Whether all of these properties are given; missing ones are reported."""
        missing = [name for name in names if not self.has(name)]
        for name in missing:
            self._problems.report(self.node, f"found {self.what} without {quoted(name)}", f"add {quoted(name)}")
        return not missing

    def report(self, name: str, message: str, advice: str) -> None:
        """Report a problem of a property."""
        self._problems.report(self.at(name), message, advice)

    def refuse(self, name: str, why: str, advice: str) -> None:
        """Report a property, if it is given."""
        member = self.node.members.get(name)
        if member is not None:
            self._problems.report_name(member, f"found {quoted(name)} in {self.what}: {why}", advice)

    def ignore(self, name: str, why: str) -> None:
        """List a property, if it is given, as one that has no effect here."""
        if self.has(name):
            self._stack.ignore(self.at(name), f"{name} of {self.what}: {why}")

    def text(self, name: str, *, may_be_empty: bool = False) -> Text | None:
        """A single value as text."""
        value = self.value(name)
        return None if value is None else self._text(value, name, may_be_empty=may_be_empty)

    def known_text(self, name: str) -> str | None:
        """A single value that has to be known."""
        found = self.text(name)
        if found is None or not has_unknown(found.value):
            return None if found is None else found.value
        message = f"found {with_unknown_in_words(found.value)} as {name}, which has to be known"
        self.report(name, message, how_to_give(unknown_names(found.value)))
        return None

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        """A text that is one of several, and that has to be known."""
        known, found = tuple(choices), self.known_text(name)
        if found is None or found in known:
            return found
        message = f"found {quoted(found)} as {name}, expected {listed(known)}"
        self.report(name, message, did_you_mean(found, known))
        return None

    def flag(self, name: str) -> JsonBoolean | Text | None:
        """``true`` or ``false``, or an unknown text."""
        value = self.value(name)
        if value is None or isinstance(value, JsonBoolean) or has_unknown_part(value):
            return value
        if isinstance(value, Text) and value.value in ("true", "false"):
            return JsonBoolean(value.value, value.start, value.end)
        wrong_type(self._problems, value, name, "true or false")
        return None

    def is_true(self, name: str) -> bool:
        """Whether a flag is true, or may be."""
        found = self.flag(name)
        return isinstance(found, Text) or (found is not None and found.text == "true")

    def number(self, name: str) -> JsonNumber | Text | None:
        """A whole number, or an unknown text."""
        value = self.value(name)
        if value is None or has_unknown_part(value):
            return value
        digits = value.text if isinstance(value, JsonNumber) else value.value if isinstance(value, Text) else ""
        if digits.isascii() and digits.isdigit():
            return JsonNumber(digits.lstrip("0") or "0", value.start, value.end)
        wrong_type(self._problems, value, name, "a whole number")
        return None

    def texts(self, name: str) -> JsonArray | None:
        """A list of single values."""
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, JsonArray):
            wrong_type(self._problems, value, name, "a list of strings")
            return None
        found = [self._text(item, name) for item in value.items]
        return list_at([item for item in found if item is not None], value)

    def named_texts(self, name: str) -> JsonObject | None:
        """An object of single values by name."""
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, JsonObject):
            wrong_type(self._problems, value, name, "an object of strings")
            return None
        found: dict[str, Member] = {}
        for key, (start, end, item) in value.members.items():
            text = self._text(item, f"{key} of {name}", may_be_empty=True)
            if text is not None:
                found[key] = (start, end, text)
        return JsonObject(found, value.start, value.end)

    def unknown(self, name: str) -> Text | None:
        """The unknown value of a property of which it is not even known whether it is given."""
        value = self.value(name)
        return value if isinstance(value, Text) and is_unknown_text(value) else None

    def inner(self, name: str, read: Iterable[str], ignored: Iterable[str] = ()) -> Properties | None:
        """The properties of an object."""
        value = self.value(name)
        if isinstance(value, JsonObject):
            return Properties(self._stack, value, f"{name} of {self.what}", read, ignored)
        if value is not None:
            wrong_type(self._problems, value, name, "an object")
        return None

    def each(self, name: str, read: Iterable[str], ignored: Iterable[str] = ()) -> Iterator[Properties]:
        """The properties of each object of a list."""
        value = self.value(name)
        if isinstance(value, JsonArray):
            for item in value.items:
                if isinstance(item, JsonObject):
                    yield Properties(self._stack, item, f"{name} of {self.what}", read, ignored)
                else:
                    wrong_type(self._problems, item, f"an item of {name}", "an object")
        elif value is not None:
            wrong_type(self._problems, value, name, "a list of objects")

    def _text(self, value: Node, name: str, *, may_be_empty: bool = False) -> Text | None:
        if isinstance(value, (JsonNumber, JsonBoolean)):
            return text_at(value.text, value)
        if not isinstance(value, Text):
            wrong_type(self._problems, value, name, "a string")
            return None
        if not value.value and not may_be_empty:
            self._problems.report(value, f"found an empty string as {name}", "fill it in, or leave it out")
            return None
        return value


def properties_of(stack: Stack, resource: Resource, read: Iterable[str], ignored: Iterable[str] = ()) -> Properties:
    """The properties of a resource."""
    return Properties(stack, resource.properties, f"the {resource.type} {resource.logical_id}", read, ignored)
