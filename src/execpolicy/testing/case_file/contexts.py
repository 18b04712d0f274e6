"""The condition keys of requests and calls."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import JsonObject, Node, Text, to_python
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context, unknown_key_error
from execpolicy.language.key_names import fault_of_admitted, is_known
from execpolicy.testing.case_file.callers_and_targets import NodeError


def allow_key_field(name: str) -> str:
    """How a case file admits a key that is not known."""
    return f'"allow_unknown_keys": [{quoted(name)}]'


class ContextReader:
    """The contexts of a file: what all cells of a matrix share is read once."""

    def __init__(self, allow_unknown: tuple[str, ...] = ()) -> None:
        self._allow_unknown = allow_unknown
        # By the identity of the node, which is kept so that no other one takes its place.
        self._read: dict[tuple[int, bool], tuple[Node | None, Context]] = {}

    @classmethod
    def of(cls, file: Fields) -> ContextReader:
        """The contexts of a file, which may accept keys that the catalogue does not have."""
        names = file.texts("allow_unknown_keys") or ()
        admitted = []
        for name in names:
            fault = fault_of_admitted(name.value)
            if fault is None:
                admitted.append(name.value)
            else:
                file.problems.report(name, *fault, "KEY-1")
        return cls(tuple(admitted))

    def context(self, fields: Fields, errors: list[NodeError]) -> Context | None:
        """The context of a case, empty where it tells of none; None for what is none."""
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
        """A context whose keys no policies are asked about: that is done where a case is read, and once."""
        if node is None:
            return Context(complete=complete, allow_unknown=self._allow_unknown)
        values = to_python(node)
        if not isinstance(values, dict):
            fields.wrong(node, "context", "an object of values by condition key")
            return None
        try:
            self._check_names(values)
            return Context(values, complete=complete, allow_unknown=self._allow_unknown).accepted()
        except ExecPolicyError as error:
            errors.append(NodeError(node_of_error(fields, error, node), error))
            return None

    def _check_names(self, names: Iterable[str]) -> None:
        """Refuse a key that is not known, as a context does, but with the option of case files in the advice."""
        admitted = {name.lower() for name in self._allow_unknown}
        for name in names:
            if name and not is_known(name) and name.lower() not in admitted:
                raise unknown_key_error(name, admit=allow_key_field)


def node_of_error(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The part of a case that an error speaks of: errors name the text that they read ``<resource>`` and so on."""
    name = error.source.name.strip("<>") if error.source is not None else ""
    field, _, key = name.partition(" ")
    node = fields.value(field)
    if key and isinstance(node, JsonObject) and key in node.members:
        start, end, value = node.members[key]
        node = Text(key, start, end) if error.rule == "KEY-1" else value
    return node if node is not None else whole
