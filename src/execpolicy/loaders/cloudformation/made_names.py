"""Patterns of names that CloudFormation makes: whether they match is not known (SRC-7).

A role without RoleName has a name such as ``shop-PartnerRole-1A2B3C4D5E6F``. Its placeholder is the logical id, so that
a Deny on the pattern ``role/shop-*`` would miss it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import has_unknown, unknown_text

#: The types whose names CloudFormation makes, with the property that gives one; SAM makes roles of functions.
_NAMED_TYPES: Final = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::Serverless::Function": None,
    "AWS::Serverless::StateMachine": None,
}
_KEY: Final = "aws:principalarn"
NAME: Final = "the name that CloudFormation makes for a role or a user"


def has_made_name(type_name: str, node: JsonObject) -> bool:
    """Whether a resource is a role or a user, or has one, without a name in the template."""
    if type_name not in _NAMED_TYPES:
        return False
    property_name = _NAMED_TYPES[type_name]
    member = node.members.get("Properties")
    properties = member[2] if member is not None else None
    return property_name is None or not (isinstance(properties, JsonObject) and property_name in properties.members)


def with_unknown_names(document: JsonObject) -> JsonObject:
    """A policy in which patterns of names that deny are unknown values; it is the same object if it has none."""
    return _changed(document, "Statement", _statements)


def _statements(node: Node) -> Node:
    if isinstance(node, JsonArray):
        return _changed_items(node, _statements)
    if not isinstance(node, JsonObject):
        return node
    effect = node.members.get("Effect")
    allows = effect is not None and isinstance(effect[2], Text) and effect[2].value == "Allow"
    return _changed(node, "Condition", lambda block: _conditions(block, allows=allows))


def _conditions(block: Node, *, allows: bool) -> Node:
    if not isinstance(block, JsonObject):
        return block
    for operator in block.members:
        # What grants misses such a name, which denies more.
        if ("not" in operator.lower()) is allows:
            block = _changed(block, operator, _keys)
    return block


def _keys(node: Node) -> Node:
    if not isinstance(node, JsonObject):
        return node
    for key in node.members:
        if key.lower() == _KEY:
            node = _changed(node, key, _values)
    return node


def _values(node: Node) -> Node:
    if isinstance(node, JsonArray):
        return _changed_items(node, _values)
    if isinstance(node, Text) and _is_pattern_of_names(node.value):
        return Text(unknown_text(NAME), node.start, node.end)
    return node


def _is_pattern_of_names(value: str) -> bool:
    """Whether a wildcard stands for a part of a name: ``role/*`` is every role, ``role/shop-*`` depends on the name."""
    name = value.rpartition("/")[2].rpartition(":")[2]
    return not has_unknown(value) and any(sign in name for sign in "*?") and name != "*"


def _changed_items(node: JsonArray, change: Callable[[Node], Node]) -> JsonArray:
    """A list with changed items; the same list if no item changes."""
    items = [change(item) for item in node.items]
    is_same = all(new is old for new, old in zip(items, node.items, strict=True))
    return node if is_same else JsonArray(items, node.start, node.end)


def _changed(node: JsonObject, name: str, change: Callable[[Node], Node]) -> JsonObject:
    """An object with a changed member; the same object if the member does not change."""
    member = node.members.get(name)
    if member is None:
        return node
    start, end, value = member
    new = change(value)
    return node if new is value else node._replace(members={**node.members, name: (start, end, new)})
