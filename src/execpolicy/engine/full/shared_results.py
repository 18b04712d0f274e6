"""What all evaluations of a layer share that differ only in the resource.

It is kept with the results of the requests of one caller, for one action, in one context.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.full.statement_result import StatementResult
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Any, TypeVar

    from execpolicy.engine.full.statement_table import StatementTable, UnmatchedRows
    from execpolicy.engine.view import View

    V = TypeVar("V")


class SharedResults:
    """The results of one layer that are the same for any resource.

    Args:
        table: the statements of the layer.
        view: a View of one of the requests. It is not kept: it has the resource of its request.
    """

    __slots__ = ("_found", "constant", "matched", "unmatched")

    def __init__(self, table: StatementTable, view: View) -> None:
        #: The results of the constant clauses.
        self.constant: list[Truth] = [clause.test(view) for clause in table.constant_clauses]
        #: The result of each group where its resource matches.
        self.matched: list[StatementResult] = [group.result(self.constant, True, view) for group in table.groups]
        #: The result of each row where its resource does not match.
        self.unmatched: UnmatchedRows = table.unmatched(tuple(self.constant), view)
        self._found: dict[Hashable, Any] = {}

    def once(self, name: Hashable, find: Callable[[], V]) -> V:
        """What ``find`` returns for any of the requests, found for the first one that needs it.

        ``name`` says what it is. There are as many names as the policies have keys, and a few more.
        """
        found: Any = self._found.get(name, self)
        if found is self:
            found = self._found[name] = find()
        known: V = found
        return known
