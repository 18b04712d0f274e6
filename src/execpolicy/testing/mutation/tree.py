"""Small changes of the nodes of a document. Nodes are not modified; unchanged nodes are shared.

A new value has the offsets of the old one, from which ``edits`` finds the text to replace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text, member_path

#: The path from the root of a document to a node: names of members and indexes of items.
NodePath: TypeAlias = tuple[str | int, ...]


def child(node: Node, step: str | int) -> Node:
    """The member or item of a node."""
    if isinstance(node, JsonObject):
        assert isinstance(step, str)
        return node.members[step][2]
    assert isinstance(node, JsonArray)
    assert isinstance(step, int)
    return node.items[step]


def at(root: Node, path: NodePath) -> Node:
    """The node at a path."""
    for step in path:
        root = child(root, step)
    return root


def spelled(path: NodePath) -> str:
    """A path in messages: ``Statement[0].Action``."""
    text = ""
    for step in path:
        text = f"{text}[{step}]" if isinstance(step, int) else member_path(text, step)
    return text


def values(root: Node, path: NodePath) -> list[tuple[NodePath, Node]]:
    """The values at a path, each with its own path: the items of a list, or a single value (POL-2)."""
    node = at(root, path)
    if isinstance(node, JsonArray):
        return [((*path, index), item) for index, item in enumerate(node.items)]
    return [(path, node)]


def replaced(root: Node, path: NodePath, node: Node) -> Node:
    """The document with another node at a path."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    new = replaced(child(root, step), rest, node)
    if isinstance(root, JsonObject):
        assert isinstance(step, str)
        start, end, _ = root.members[step]
        return root._replace(members={**root.members, step: (start, end, new)})
    assert isinstance(root, JsonArray)
    return root._replace(items=[new if index == step else item for index, item in enumerate(root.items)])


def removed(root: Node, path: NodePath) -> Node:
    """The document without the member or item at a path."""
    parent, step = at(root, path[:-1]), path[-1]
    if isinstance(parent, JsonObject):
        members = {name: member for name, member in parent.members.items() if name != step}
        return replaced(root, path[:-1], parent._replace(members=members))
    assert isinstance(parent, JsonArray)
    items = [item for index, item in enumerate(parent.items) if index != step]
    return replaced(root, path[:-1], parent._replace(items=items))


def renamed(root: Node, path: NodePath, name: str) -> Node:
    """The document with another name for the member at a path."""
    parent, old = at(root, path[:-1]), path[-1]
    assert isinstance(parent, JsonObject)
    members = {name if each == old else each: member for each, member in parent.members.items()}
    return replaced(root, path[:-1], parent._replace(members=members))


def added_before(root: Node, path: NodePath, name: str, node: Node) -> Node:
    """The document with a new member before the one at a path."""
    parent, following = at(root, path[:-1]), path[-1]
    assert isinstance(parent, JsonObject)
    members: dict[str, Member] = {}
    for each, member in parent.members.items():
        if each == following:
            start = member[0]
            members[name] = (start, start, node)
        members[each] = member
    return replaced(root, path[:-1], parent._replace(members=members))


def retext(node: Node, value: str) -> Text:
    """A string with the offsets of a node."""
    return Text(value, node.start, node.end)


def name_of(root: Node, path: NodePath) -> Text:
    """The name of the member at a path, with its offsets."""
    parent, name = at(root, path[:-1]), path[-1]
    assert isinstance(parent, JsonObject)
    assert isinstance(name, str)
    start, end, _ = parent.members[name]
    return Text(name, start, end)


def statements(root: Node) -> Iterator[tuple[NodePath, JsonObject]]:
    """The statements of a valid document, each with its path."""
    for path, node in values(root, ("Statement",)):
        assert isinstance(node, JsonObject)
        yield path, node
