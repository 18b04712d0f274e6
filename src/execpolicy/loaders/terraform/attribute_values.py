"""The values of the attributes of an instance: known, not set, or known only after apply (SRC-4, SRC-5)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNull, JsonObject, Member, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.references import ExpressionScope
from execpolicy.loaders.terraform.sections import Instance, TerraformFile, member

#: Unknown values have their names in texts: a longer one is cut.
_NAME_WIDTH: Final = 300


class AttributeValue(NamedTuple):
    """The value of an attribute.

    Attributes:
        node: the value, with unknown texts in place of what is known only after apply.
        place: the place of its name.
        expression: what stands for it in the configuration; None if that is not known.
        is_unknown: whether nothing of it is known.
    """

    node: Node
    place: tuple[int, int]
    expression: Node | None
    is_unknown: bool


class InstanceAttributes:
    """The attributes of an instance.

    Attributes:
        instance: the instance.
        scope: where its expressions stand.
        expressions: the expressions of its attributes; None if the file does not have them.
    """

    def __init__(self, instance: Instance, unknown: Node | None, configuration: Configuration | None) -> None:
        self.instance = instance
        resource = configuration.resource(instance.address) if configuration is not None else None
        self.scope = ExpressionScope(instance.address.modules, instance.address.key, resource)
        self.expressions = configuration.expressions(instance.address) if configuration is not None else None
        self._unknown: Mapping[str, Member] = unknown.members if isinstance(unknown, JsonObject) else {}
        self._read: dict[str, AttributeValue | None] = {}

    @property
    def names(self) -> list[str]:
        """The names of the attributes that have a value, or may have one."""
        return [*dict.fromkeys((*self.instance.values.members, *self._unknown))]

    def is_set(self, name: str) -> bool:
        """Whether the configuration gives an attribute, as far as the file says it."""
        return self.expressions is None or name in self.expressions.members

    def value(self, name: str) -> AttributeValue | None:
        """The value of an attribute; None if it has none, or if nobody set it and AWS assigns it."""
        if name not in self._read:
            self._read[name] = self._value(name)
        return self._read[name]

    def known_text(self, name: str) -> str | None:
        """The text of an attribute that is known."""
        node = member(self.instance.values, name)
        return node.value if isinstance(node, Text) and node.value else None

    def _value(self, name: str) -> AttributeValue | None:
        start, end, node = self.instance.values.members.get(name, (0, 0, None))
        unknown = self._unknown.get(name, (0, 0, None))[2]
        expression = member(self.expressions, name)
        at: Node = self.instance.name
        if expression is not None:
            at = expression
        if node is None:
            start, end = at.start, at.end
        # Of a block that ``dynamic`` makes, the configuration does not say what is set.
        known_expressions = self.expressions is not None and (expression is not None or node is None)
        path = f"{self.instance.id}.{name}"
        found = _Merged(at, has_expressions=known_expressions).of(node, unknown, expression, path)
        if found is None or _is_empty(found):
            return None
        return AttributeValue(found, (start, end), expression, _is_true(unknown))


class _Merged:
    """Makes one value of a known part and of what says which parts are known after apply.

    Args:
        at: the node whose place unknown values have.
        has_expressions: whether an attribute without an expression is one that nobody set.
    """

    def __init__(self, at: Node, *, has_expressions: bool) -> None:
        self._at = at
        self._has_expressions = has_expressions

    def of(self, node: Node | None, unknown: Node | None, expression: Node | None, path: str) -> Node | None:
        """The value; None for none."""
        if _is_true(unknown):
            if expression is None and self._has_expressions:
                return None
            at = expression or unknown or self._at
            return Text(unknown_text(shortened(path)), at.start, at.end)
        if isinstance(unknown, JsonObject) and (node is None or isinstance(node, JsonObject)):
            return self._object(node, unknown, expression, path)
        if isinstance(unknown, JsonArray) and isinstance(node, JsonArray):
            return self._list(node, unknown, expression, path)
        return None if node is None or isinstance(node, JsonNull) else node

    def _object(
        self, node: JsonObject | None, unknown: JsonObject, expression: Node | None, path: str
    ) -> JsonObject | None:
        known = node.members if node is not None else {}
        members: dict[str, Member] = {}
        is_block = isinstance(expression, JsonObject) and expression.members and not _is_expression(expression)
        for name in dict.fromkeys((*known, *unknown.members)):
            start, end, value = known.get(name, (self._at.start, self._at.end, None))
            inner = member(expression, name) if is_block else expression
            found = self.of(value, unknown.members.get(name, (0, 0, None))[2], inner, f"{path}.{name}")
            if found is not None:
                members[name] = (start, end, found)
        if not members and node is None:
            return None
        at = node if node is not None else self._at
        return JsonObject(members, at.start, at.end)

    def _list(self, node: JsonArray, unknown: JsonArray, expression: Node | None, path: str) -> JsonArray:
        items: list[Node] = []
        for number, value in enumerate(node.items):
            what = unknown.items[number] if number < len(unknown.items) else None
            inner = expression
            if isinstance(expression, JsonArray):  # blocks, whose order may be another one
                inner = expression.items[0] if len(expression.items) == 1 else _all_blocks(expression)
            found = self.of(value, what, inner, f"{path}[{number}]")
            if found is not None:
                items.append(found)
        return JsonArray(items, node.start, node.end)


def _all_blocks(expression: JsonArray) -> JsonObject:
    """What any of several blocks sets."""
    members: dict[str, Member] = {}
    for block in expression.items:
        members.update(block.members if isinstance(block, JsonObject) else {})
    return JsonObject(members, expression.start, expression.end)


def attributes_of(file: TerraformFile, instance: Instance, configuration: Configuration | None) -> InstanceAttributes:
    """The attributes of an instance of a file."""
    change = file.changes.get(instance.id)
    return InstanceAttributes(instance, change.after_unknown if change is not None else None, configuration)


def shortened(name: str) -> str:
    """The name of an unknown value; a long one is cut, and stays unique."""
    if len(name) <= _NAME_WIDTH:
        return name
    return f"{name[:_NAME_WIDTH]}… ({sha256(name.encode()).hexdigest()[:12]})"


def _is_expression(node: Node) -> bool:
    """Whether a node of the configuration is an expression, and no block."""
    return isinstance(node, JsonObject) and not node.members.keys().isdisjoint(("references", "constant_value"))


def _is_true(node: Node | None) -> bool:
    return isinstance(node, JsonBoolean) and node.text == "true"


def _is_empty(node: Node) -> bool:
    """Whether a value is what Terraform stores for an attribute that nobody set."""
    match node:
        case Text(value):
            return not value
        case JsonArray(items):
            return not items
        case JsonObject(members):
            return not members
    return False
