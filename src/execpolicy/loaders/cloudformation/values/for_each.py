"""The loops of the transform AWS::LanguageExtensions, written out (SRC-2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import MAX_STRING, MAX_VALUES, JsonArray, JsonObject, Member, Node, Text, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.loaders.cloudformation.values.scalars import scalar_text

FOR_EACH: Final = "Fn::ForEach::"
_VARIABLE: Final = re.compile(r"([$&])\{(\w+)\}")
#: So many characters of a text count as a value.
_CHARACTERS: Final = 64
_FORM: Final = "a list of an identifier, a list of values, and an object"


class ForEach:
    """Writes out the loops of a part of a template.

    Args:
        problems: collects loops of a wrong form, and those over a list that is not known.
        resolve: the value of a list; it is unknown where it depends on a condition or a resource.
    """

    def __init__(self, problems: Problems, resolve: Callable[[Node], Node | None]) -> None:
        self._problems = problems
        self._resolve = resolve
        self._count = 0

    def written_out(self, node: JsonObject) -> JsonObject:
        """A section without loops."""
        found = self._node(node, {})
        assert isinstance(found, JsonObject), "an object stays one"
        return found

    def _node(self, node: Node, values: Mapping[str, str]) -> Node:
        """A node with the values of the loops around it."""
        self._count += 1
        if self._count > MAX_VALUES:
            message = f"found loops that make more than {MAX_VALUES} values"
            self._problems.report(node, message, "is this the right file?")
            self._problems.check()
        match node:
            case Text():
                return self._text(node, values) if values else node
            case JsonArray(items):
                return JsonArray([self._node(item, values) for item in items], node.start, node.end)
            case JsonObject({"Ref": (_, _, Text(name))}) if name in values and len(node.members) == 1:
                return Text(values[name], node.start, node.end)
            case JsonObject():
                members: dict[str, Member] = {}
                self._members(node, values, members)
                return JsonObject(members, node.start, node.end)
        return node

    def _text(self, node: Text, values: Mapping[str, str]) -> Text:
        length = len(node.value) + sum(len(values.get(match[2], "")) for match in _VARIABLE.finditer(node.value))
        if length > MAX_STRING:
            message = f"found a loop that makes a text of more than {MAX_STRING} characters"
            self._problems.report(node, message, "no template needs such a text: is this the right file?")
            return node
        self._count += length // _CHARACTERS
        return Text(_replaced(node.value, values), node.start, node.end)

    def _members(self, node: JsonObject, values: Mapping[str, str], members: dict[str, Member]) -> None:
        for written, member in node.members.items():
            start, end, value = member
            if written.startswith(FOR_EACH):
                self._loop(written, member, values, members)
                continue
            name = self._text(Text(written, start, end), values).value if values else written
            if name in members:
                message = f"found the name {quoted(name)} twice in one object"
                self._problems.report_name(member, message, "use the identifier of the loop in the name")
                continue
            members[name] = (start, end, self._node(value, values))

    def _loop(self, name: str, member: Member, values: Mapping[str, str], members: dict[str, Member]) -> None:
        match member[2]:
            case JsonArray([Text(identifier), collection, JsonObject() as body]):
                pass
            case _:
                message = f"found {describe(member[2])} as {name}, expected {_FORM}"
                self._problems.report(member[2], message, f"write {_FORM}")
                return
        for item in self._items(self._node(collection, values), collection):
            self._members(body, {**values, identifier: item}, members)

    def _items(self, node: Node, written: Node) -> list[str]:
        resolved = self._resolve(node)
        items = [self._resolve(item) for item in resolved.items] if isinstance(resolved, JsonArray) else [resolved]
        # A parameter that is a list is also accepted as the only item of a list.
        flat = [inner for item in items for inner in (item.items if isinstance(item, JsonArray) else [item])]
        texts = [scalar_text(item) for item in flat]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts) or any(has_unknown(text) for text in known):
            message = "found a loop over values that are not known"
            self._problems.report(written, message, "give the parameter with --parameter, or write the values")
            return []
        if not isinstance(resolved, JsonArray):
            found = describe(written)
            self._problems.report(written, f"found {found} as the values of a loop, expected a list", "write a list")
            return []
        return known


def _replaced(text: str, values: Mapping[str, str]) -> str:
    """A text with the values of the loops around it; ``&{Name}`` is the value without what is no letter or digit."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match[2])
        if known is None:
            return match.group()
        return known if match[1] == "$" else "".join(char for char in known if char.isascii() and char.isalnum())

    return _VARIABLE.sub(value, text)
