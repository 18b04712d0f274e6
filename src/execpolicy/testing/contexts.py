"""The condition keys of requests and calls."""

from __future__ import annotations

from execpolicy.document.fields import Fields
from execpolicy.document.nodes import JsonObject, Node, plain
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.testing.parties import Refusal


class Contexts:
    """The contexts of a file: what all cells of a matrix share is read once."""

    def __init__(self) -> None:
        # By the identity of the node, which is kept so that no other one takes its place.
        self._read: dict[tuple[int, bool], tuple[Node | None, Context]] = {}

    def context(self, fields: Fields, refused: list[Refusal]) -> Context | None:
        """The context of a case, empty where it tells of none; None for what is none."""
        complete = fields.flag("complete", default=True)
        node = fields.value("context")
        key = (id(node), complete)
        if key not in self._read:
            context = _context(fields, node, complete, refused)
            if context is None:
                return None
            self._read[key] = (node, context)
        return self._read[key][1]


def _context(fields: Fields, node: Node | None, complete: bool, refused: list[Refusal]) -> Context | None:
    if node is None:
        return Context(complete=complete)
    values = plain(node)
    if not isinstance(values, dict):
        fields.wrong(node, "context", "an object of values by condition key")
        return None
    try:
        return Context(values, complete=complete)
    except ExecPolicyError as error:
        refused.append(Refusal(blamed(fields, error, node), error))
        return None


def blamed(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The part of a case that an error speaks of: errors name the text that they read ``<resource>`` and so on."""
    name = error.source.name.strip("<>") if error.source is not None else ""
    field, _, key = name.partition(" ")
    node = fields.value(field)
    if key and isinstance(node, JsonObject) and key in node.members:
        node = node.members[key][2]
    return node if node is not None else whole
