"""Changes of the nodes of a document: an item more in a list, a list in place of one value, a member more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text

if TYPE_CHECKING:
    from typing import TypeAlias

    #: JSON as Python has it, for what is written new.
    JsonValue: TypeAlias = "str | Sequence[JsonValue] | Mapping[str, JsonValue]"


class ChangeForm(Enum):
    """How a document is changed."""

    #: Values are added at the end of a list.
    ITEM = "item"
    #: A value that stands alone becomes a list of it and others.
    LIST = "list"
    #: A member is added at the end of an object.
    MEMBER = "member"


class NodeChange(NamedTuple):
    """One change of a document.

    Attributes:
        form: how it is changed.
        node: the list, the value or the object that is changed.
        parent: the object that has the node as a member; the node itself where it is not needed.
        values: what is added; one value for a member.
        name: the name of the member that is added.
    """

    form: ChangeForm
    node: Node
    parent: Node
    values: tuple[JsonValue, ...]
    name: str = ""


def added_values(node: Node, parent: Node, *values: JsonValue) -> NodeChange:
    """The change that adds values to a list, or to a value that stands without a list."""
    form = ChangeForm.ITEM if isinstance(node, JsonArray) else ChangeForm.LIST
    return NodeChange(form, node, parent, values)


def added_member(node: JsonObject, name: str, value: JsonValue) -> NodeChange:
    """The change that adds a member to an object."""
    return NodeChange(ChangeForm.MEMBER, node, node, (value,), name)


def changed(root: Node, changes: Iterable[NodeChange]) -> Node:
    """The document with all changes made. New nodes stand at the place of the node that is changed."""
    by_node: dict[int, list[NodeChange]] = {}
    for each in changes:
        by_node.setdefault(id(each.node), []).append(each)

    def matching(node: Node) -> Sequence[NodeChange]:
        return by_node.get(id(node), ())

    return _rebuilt(root, matching)


def changed_by_place(root: Node, changes: Sequence[NodeChange]) -> Node:
    """As ``changed``, for a document in which the changed nodes are found by where they stand."""
    places: dict[tuple[int, int], list[NodeChange]] = {}
    for each in changes:
        places.setdefault((each.node.start, each.node.end), []).append(each)

    def matching(node: Node) -> Sequence[NodeChange]:
        here = places.get((node.start, node.end), [])
        found = [each for each in here if each.form is ChangeForm.LIST or type(node) is type(each.node)]
        # A function stands at the place of its own argument: the outer one of the two is changed.
        here[:] = [each for each in here if each not in found]
        return found

    return _rebuilt(root, matching)


def _rebuilt(node: Node, matching: Callable[[Node], Sequence[NodeChange]]) -> Node:
    changes, rebuilt = matching(node), node
    if isinstance(node, JsonArray):
        rebuilt = node._replace(items=[_rebuilt(item, matching) for item in node.items])
    elif isinstance(node, JsonObject):
        members = {name: (start, end, _rebuilt(value, matching)) for name, (start, end, value) in node.members.items()}
        rebuilt = node._replace(members=members)
    for change in changes:
        rebuilt = _applied(rebuilt, change)
    return rebuilt


def _applied(node: Node, change: NodeChange) -> Node:
    values = [node_of(each, change.node.start, change.node.end) for each in change.values]
    if change.form is ChangeForm.LIST:
        return JsonArray([node, *values], node.start, node.end)
    if isinstance(node, JsonArray):
        return node._replace(items=[*node.items, *values])
    assert isinstance(node, JsonObject), "an item is added to a list, and a member to an object"
    return node._replace(members={**node.members, change.name: (node.start, node.end, values[0])})


def node_of(value: JsonValue, start: int, end: int) -> Node:
    """The node of a value that is written new, at the place of another one."""
    if isinstance(value, str):
        return Text(value, start, end)
    if isinstance(value, Mapping):
        members = {name: (start, end, node_of(each, start, end)) for name, each in value.items()}
        return JsonObject(members, start, end)
    return JsonArray([node_of(each, start, end) for each in value], start, end)


def same_values(one: Node, other: Node) -> bool:
    """Whether two documents have the same values in the same order, wherever they stand."""
    if type(one) is not type(other):
        return False
    if isinstance(one, JsonArray) and isinstance(other, JsonArray):
        return len(one.items) == len(other.items) and all(map(same_values, one.items, other.items))
    if isinstance(one, JsonObject) and isinstance(other, JsonObject):
        if [*one.members] != [*other.members]:
            return False
        return all(same_values(value, other.members[name][2]) for name, (_, _, value) in one.members.items())
    return one[0] == other[0]
