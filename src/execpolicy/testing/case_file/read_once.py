"""What a case file names in several places and is read once; an error is reported at each of the places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import Text
from execpolicy.errors import ExecPolicyError

_Value = TypeVar("_Value")


class ReadOnce(Generic[_Value]):
    """Values by the text that names them.

    Args:
        problems: collects the errors.
        read: gives the value that a text names, or raises ExecPolicyError.
    """

    def __init__(self, problems: Problems, read: Callable[[str], _Value]) -> None:
        self._problems = problems
        self._read = read
        self._known: dict[str, _Value | ExecPolicyError] = {}

    def value(self, node: Text) -> _Value | None:
        """The value that a text of the file names; None if it cannot be read."""
        if node.value not in self._known:
            try:
                self._known[node.value] = self._read(node.value)
            except ExecPolicyError as error:
                self._known[node.value] = error
        found = self._known[node.value]
        if isinstance(found, ExecPolicyError):
            self._problems.refused(node, found)
            return None
        return found
