"""Pairs the values of a plan with the expressions that give them (SRC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.written_places import WrittenPart, WrittenPlace
from execpolicy.errors import Source
from execpolicy.loaders.terraform.configuration import constant_of
from execpolicy.loaders.terraform.sources.agreement import agrees, body_agrees, expression_agrees
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclBlock,
    HclBody,
    HclExpression,
    HclObject,
    HclText,
    HclTuple,
)

#: Blocks that a plan has in the order of the sources. Others may be sets.
_ORDERED: Final = ("statement",)
#: More blocks than these are not paired.
_MOST_BLOCKS: Final = 300


class Pairing:
    """Pairs values with expressions of one file, and notes where each value is written.

    Args:
        source: the text of the file.
        parts: takes the places.
        on_text: takes each text and its expression, which may give a document in the text.
    """

    def __init__(
        self,
        source: Source,
        parts: list[WrittenPart],
        on_text: Callable[[Text, HclExpression], None] = lambda node, written: None,
    ) -> None:
        self.source = source
        self._parts = parts
        self._on_text = on_text

    def add(self, start: int, end: int, first: int, last: int) -> None:
        """Note where a part of the plan is written."""
        self._parts.append(WrittenPart(start, end, WrittenPlace(self.source, first, last)))

    def value(self, node: Node, written: HclExpression, *, in_order: bool = False) -> None:
        """Pair a value with an expression that can give it, and the parts of both.

        Args:
            node: the value.
            written: the expression.
            in_order: whether the value has the items of a list in the order of the expression. A set has not.
        """
        if not agrees(node, written):
            return
        self.add(node.start, node.end, written.start, written.end)
        if isinstance(node, Text):
            self._on_text(node, written)
        elif isinstance(node, JsonArray) and isinstance(written, HclTuple):
            self._items(node.items, written.items, in_order=in_order)
        elif isinstance(node, JsonObject) and isinstance(written, HclObject):
            for name, (start, end, value) in node.members.items():
                if name in written.members:
                    member = written.members[name]
                    self.add(start, end, member.start, member.end)
                    self.value(value, member.value, in_order=in_order)

    def _items(self, nodes: list[Node], written: tuple[HclExpression, ...], *, in_order: bool) -> None:
        pairs = zip(nodes, written, strict=False)
        is_same = len(nodes) == len(written)
        if is_same and (in_order or len(nodes) == 1) and all(agrees(node, item) for node, item in pairs):
            for node, item in zip(nodes, written, strict=True):
                self.value(node, item, in_order=in_order)
            return
        by_text: dict[str, list[HclExpression]] = {}
        for item in written:
            if isinstance(item, HclText) and item.value is not None:
                by_text.setdefault(item.value, []).append(item)
        for node in nodes:
            found = by_text.get(node.value, ()) if isinstance(node, Text) else ()
            if len(found) == 1:
                self.value(node, found[0])

    def items(self, node: Node, written: HclExpression) -> None:
        """Pair a value with a list, of which a policy has the only item without the list."""
        if not isinstance(node, JsonArray) and isinstance(written, HclTuple):
            self._items([node], written.items, in_order=False)
        else:
            self.value(node, written)

    def body(self, values: JsonObject, body: HclBody) -> None:
        """Pair the attributes and blocks of a block in a plan with those of the sources."""
        for name, (start, end, node) in values.members.items():
            attribute = body.attributes.get(name)
            if attribute is None:
                self._blocks(name, node, body)
            elif agrees(node, attribute.value):
                self.add(start, end, attribute.start, attribute.end)
                self.value(node, attribute.value)

    def _blocks(self, name: str, node: Node, body: HclBody) -> None:
        items = node.items if isinstance(node, JsonArray) else [node]
        made = body.dynamic_blocks_of(name)
        blocks = body.blocks_of(name)
        if made:
            if not blocks and len(made) == 1:
                self.add(node.start, node.end, made[0].start, made[0].end)
            return
        pairs = _paired([each for each in items if isinstance(each, JsonObject)], blocks, in_order=name in _ORDERED)
        if len(blocks) == 1 == len(pairs) == len(items):
            self.add(node.start, node.end, blocks[0].start, blocks[0].end)
        for item, block in pairs:
            self.add(item.start, item.end, block.start, block.end)
            self.body(item, block.body)

    def expressions(self, node: JsonObject, body: HclBody) -> None:
        """Pair the expressions in the configuration of a plan with those of the sources."""
        for name, (start, end, value) in node.members.items():
            attribute = body.attributes.get(name)
            if attribute is not None and expression_agrees(value, attribute.value):
                self.add(start, end, attribute.start, attribute.end)
                self.add(value.start, value.end, attribute.value.start, attribute.value.end)
                constant = constant_of(value)
                if constant is not None:
                    self.value(constant, attribute.value)
            elif attribute is None and isinstance(value, JsonArray):
                # Blocks that are made by dynamic are not among them; the others stand in their order.
                blocks = body.blocks_of(name)
                items = [each for each in value.items if isinstance(each, JsonObject)]
                if len(blocks) == len(items) and all(map(_expressions_agree, items, blocks)):
                    for item, block in zip(items, blocks, strict=True):
                        self.add(item.start, item.end, block.start, block.end)
                        self.expressions(item, block.body)


def _paired(items: list[JsonObject], blocks: list[HclBlock], *, in_order: bool) -> list[tuple[JsonObject, HclBlock]]:
    """The blocks that items of a plan are written as: each agrees with one of them, and no other one with it."""
    if in_order:
        pairs = [*zip(items, blocks, strict=False)]
        is_same = len(items) == len(blocks) and all(body_agrees(item, block.body) for item, block in pairs)
        return pairs if is_same else []
    if len(items) != len(blocks) or len(items) > _MOST_BLOCKS:
        return []
    found = [[block for block in blocks if body_agrees(item, block.body)] for item in items]
    return [
        (item, each[0])
        for item, each in zip(items, found, strict=True)
        if len(each) == 1 and sum(each[0] in other for other in found) == 1
    ]


def _expressions_agree(item: JsonObject, block: HclBlock) -> bool:
    found = ((value, block.body.attributes.get(name)) for name, (_, _, value) in item.members.items())
    return all(attribute is None or expression_agrees(value, attribute.value) for value, attribute in found)
