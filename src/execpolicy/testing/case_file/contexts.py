"""Reads the context keys of requests and calls."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import JsonObject, Node, Text, to_python
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context, unknown_key_error
from execpolicy.language.key_names import invalid_key_name, is_known
from execpolicy.testing.case_file.callers_and_targets import NodeError


def allow_key_field(name: str) -> str:
    """The field that accepts a condition key that is not in the catalogue."""
    return f'"allow_unknown_keys": [{quoted(name)}]'


class ContextReader:
    """Reads the contexts of a file. A context that all cells of a matrix share is read once."""

    def __init__(self, allow_unknown: tuple[str, ...] = ()) -> None:
        self._allow_unknown = allow_unknown
        # By the id of the node, which is kept so that no other node gets the same id.
        self._read: dict[tuple[int, bool], tuple[Node | None, Context]] = {}

    @classmethod
    def of(cls, file: Fields) -> ContextReader:
        """The reader for a file, which can accept keys that are not in the catalogue."""
        names = file.texts("allow_unknown_keys") or ()
        admitted = []
        for name in names:
            fault = invalid_key_name(name.value)
            if fault is None:
                admitted.append(name.value)
            else:
                file.problems.report(name, *fault, "KEY-1")
        return cls(tuple(admitted))

    def context(self, fields: Fields, errors: list[NodeError]) -> Context | None:
        """The context of a case, empty if the case has none; None if it is invalid."""
        complete = fields.flag("complete", default=True)
        node = fields.value("context")
        key = (id(node), complete)
        if key not in self._read:
            context = self._new_context(fields, node, complete, errors)
            if context is None:
                return None
            self._read[key] = (node, context)
        return self._read[key][1]

    def _new_context(
        self, fields: Fields, node: Node | None, complete: bool, errors: list[NodeError]
    ) -> Context | None:
        """A context. Whether policies use its keys is checked once, where the case is read."""
        if node is None:
            return Context(complete=complete, allow_unknown=self._allow_unknown)
        values = to_python(node)
        if not isinstance(values, dict):
            fields.wrong(node, "context", "an object of values by condition key")
            return None
        try:
            self._check_names(values)
            return Context(values, complete=complete, allow_unknown=self._allow_unknown).with_accepted_names()
        except ExecPolicyError as error:
            errors.append(NodeError(node_of_error(fields, error, node), error))
            return None

    def _check_names(self, names: Iterable[str]) -> None:
        """Refuse unknown keys as ``Context`` does, with the field of case files in the advice."""
        admitted = {name.lower() for name in self._allow_unknown}
        for name in names:
            if name and not is_known(name) and name.lower() not in admitted:
                raise unknown_key_error(name, option_to_accept=allow_key_field)


def node_of_error(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The part of a case that an error is about. The source of an error is named after it, such as ``<resource>``."""
    name = error.source.name.strip("<>") if error.source is not None else ""
    field, _, key = name.partition(" ")
    node = fields.value(field)
    if key and isinstance(node, JsonObject) and key in node.members:
        start, end, value = node.members[key]
        node = Text(key, start, end) if error.rule == "KEY-1" else value
    return node if node is not None else whole
