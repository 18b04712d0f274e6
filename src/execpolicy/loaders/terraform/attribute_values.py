"""The values of the attributes of an instance: known, not set, or known only after apply (SRC-4, SRC-5)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNull, JsonObject, Member, Node, Text
from execpolicy.document.unknown_value import unknown_text
from execpolicy.loaders.terraform.configuration import Configuration
from execpolicy.loaders.terraform.hidden_blocks import WhyHidden
from execpolicy.loaders.terraform.references import ExpressionScope
from execpolicy.loaders.terraform.resource_types import FILLED_IN_BLOCKS, WRITTEN_BLOCKS
from execpolicy.loaders.terraform.sections import Instance, PlannedChange

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

    Args:
        instance: the instance.
        change: its planned change; None without one.
        configuration: the configuration of the plan; None for a state.
        why_hidden: why it is not known whether ``dynamic`` makes a block.

    Attributes:
        instance: the instance.
        scope: where its expressions stand.
        expressions: the expressions of its attributes; None if the file does not have them.
    """

    def __init__(
        self,
        instance: Instance,
        change: PlannedChange | None,
        configuration: Configuration | None,
        why_hidden: WhyHidden,
    ) -> None:
        self.instance = instance
        resource = configuration.resource(instance.address) if configuration is not None else None
        self.scope = ExpressionScope(instance.address.modules, resource)
        self.expressions = configuration.expressions(instance.address) if configuration is not None else None
        unknown = change.after_unknown if change is not None else None
        self._unknown: Mapping[str, Member] = unknown.members if isinstance(unknown, JsonObject) else {}
        #: Whether an attribute that the configuration does not set has AWS's default: an update keeps what it has.
        self._has_defaults = self.expressions is not None and not (change is not None and "update" in change.actions)
        self._why_hidden = why_hidden
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
        is_all = self._has_defaults and not self.why_hidden(name)
        shown = _Shown(expression, is_all=is_all, has_defaults=self._has_defaults).of_value(node)
        found = _Merged(at).of(node, unknown, shown, (self.instance.id, name))
        if found is None or is_empty(found):
            return None
        return AttributeValue(found, (start, end), shown.of_blocks(node).expression, _is_true(unknown))

    def why_hidden(self, name: str) -> str:
        """Why it is not known whether ``dynamic`` makes a block that AWS fills in otherwise; empty if it is known."""
        is_hidden = self._has_defaults and name in FILLED_IN_BLOCKS and not self.is_set(name)
        return self._why_hidden(self.instance, name) if is_hidden else ""


class _Shown(NamedTuple):
    """What the configuration shows of a value: its expression, and whether a value without one is not set.

    The configuration leaves out blocks that ``dynamic`` makes, and what stands in them. ``has_defaults`` says whether
    AWS gives a value to what is not set.
    """

    expression: Node | None
    is_all: bool
    has_defaults: bool

    def of_value(self, node: Node | None) -> _Shown:
        """The same for a value: one that is there without an expression is a default, or made by ``dynamic``."""
        return self._replace(is_all=self.is_all and (self.expression is not None or node is None))

    def of_member(self, name: str, node: Node | None) -> _Shown:
        """What is shown of a member of a block, or of an item of a map that one expression gives."""
        expression = self.expression
        if not (isinstance(expression, JsonObject) and expression.members and not _is_expression(expression)):
            return self
        return self._replace(expression=member(expression, name)).of_value(node)

    def of_blocks(self, node: Node | None) -> _Shown:
        """The same for a list; of blocks nothing is shown if there are others than those of the configuration.

        All is shown of one block that is written.
        """
        blocks = self.expression
        if not isinstance(blocks, JsonArray):
            return self
        if isinstance(node, JsonArray) and len(node.items) == len(blocks.items):
            return self._replace(is_all=self.has_defaults if len(blocks.items) == 1 else self.is_all)
        return self._replace(expression=None, is_all=False)

    def of_item(self) -> _Shown:
        """What is shown of an item; blocks may be in another order than their expressions."""
        blocks = self.expression
        if not isinstance(blocks, JsonArray):
            return self
        return self._replace(expression=blocks.items[0] if len(blocks.items) == 1 else _all_blocks(blocks))


class _Merged:
    """Makes one value of a known part and of what says which parts are known after apply.

    Args:
        at: the node whose place unknown values have.
    """

    def __init__(self, at: Node) -> None:
        self._at = at

    def of(self, node: Node | None, unknown: Node | None, shown: _Shown, path: tuple[str, str]) -> Node | None:
        """The value; None for none.

        Args:
            node: the known part.
            unknown: what says which parts are not known.
            shown: what the configuration shows of it.
            path: where it stands, and its name.
        """
        where, name = path
        full = f"{where}{name}" if name.startswith("[") else f"{where}.{name}"
        if _is_true(unknown):
            if shown.expression is None and shown.is_all and name not in WRITTEN_BLOCKS:
                return None
            at = shown.expression or unknown or self._at
            return Text(unknown_text(shortened(full)), at.start, at.end)
        if isinstance(unknown, JsonObject) and (node is None or isinstance(node, JsonObject)):
            return self._object(node, unknown, shown, full)
        if isinstance(unknown, JsonArray) and isinstance(node, JsonArray):
            return self._list(node, unknown, shown.of_blocks(node).of_item(), full)
        return None if node is None or isinstance(node, JsonNull) else node

    def _object(self, node: JsonObject | None, unknown: JsonObject, shown: _Shown, path: str) -> JsonObject | None:
        known = node.members if node is not None else {}
        members: dict[str, Member] = {}
        for name in dict.fromkeys((*known, *unknown.members)):
            start, end, value = known.get(name, (self._at.start, self._at.end, None))
            what = unknown.members.get(name, (0, 0, None))[2]
            found = self.of(value, what, shown.of_member(name, value), (path, name))
            if found is not None:
                members[name] = (start, end, found)
        if not members and node is None:
            return None
        at = node if node is not None else self._at
        return JsonObject(members, at.start, at.end)

    def _list(self, node: JsonArray, unknown: JsonArray, shown: _Shown, path: str) -> JsonArray:
        items: list[Node] = []
        for number, value in enumerate(node.items):
            what = unknown.items[number] if number < len(unknown.items) else None
            found = self.of(value, what, shown, (path, f"[{number}]"))
            if found is not None:
                items.append(found)
        return JsonArray(items, node.start, node.end)


def _all_blocks(expression: JsonArray) -> JsonObject:
    """What any of several blocks sets."""
    members: dict[str, Member] = {}
    for block in expression.items:
        members.update(block.members if isinstance(block, JsonObject) else {})
    return JsonObject(members, expression.start, expression.end)


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


def is_empty(node: Node) -> bool:
    """Whether a value is what Terraform stores for an attribute that nobody set."""
    match node:
        case Text(value):
            return not value
        case JsonArray(items):
            return not items
        case JsonObject(members):
            return not members
    return False
