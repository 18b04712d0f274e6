"""The clauses of the policies of many callers, compiled with one table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

from execpolicy.engine.caller import Caller
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.engine.clause import Clause


class CompiledClauses:
    """The clauses of policies: equal clauses are one object."""

    def __init__(self) -> None:
        self._table = ClauseTable()
        self._known: dict[Policy, tuple[tuple[str, tuple[Clause, ...]], ...]] = {}

    def _statements(self, policy: Policy) -> tuple[tuple[str, tuple[Clause, ...]], ...]:
        """The effect and the clauses of each statement."""
        found = self._known.get(policy)
        if found is None:
            found = self._known[policy] = tuple(
                (each.statement.effect, tuple(occurrence.clause for occurrence in each.occurrences))
                for each in compile_policy(policy, self._table).statements
            )
        return found

    def of(self, policies: Iterable[Policy]) -> tuple[Clause, ...]:
        """The clauses of policies, each once."""
        statements = (each for policy in policies for each in self._statements(policy))
        return tuple(dict.fromkeys(clause for _, clauses in statements for clause in clauses))

    def layers(self, caller: Caller) -> tuple[Hashable, ...]:
        """The policies of a caller by layer, equal where their clauses are."""
        boundary = None if caller.boundary is None else self._statements(caller.boundary)
        return (
            tuple(map(self._statements, caller.identity)),
            boundary,
            tuple(map(self._statements, caller.session)),
            tuple(tuple(map(self._statements, level)) for level in caller.scps),
        )
