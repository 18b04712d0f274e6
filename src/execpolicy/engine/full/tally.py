"""The outcome of a request kept in counts, so that a statement that applies otherwise changes it in constant time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.combine import Table, combine
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from execpolicy.engine.full.statement_table import StatementRow

#: Gives how strongly an Allow that applies names the caller, surely and possibly.
Grants = Callable[[CompiledStatement, View], tuple[Grant, Grant]]
#: By layer, the statements that apply otherwise, each with the new truth.
Changes = Mapping[Layer, Mapping[int, Truth]]

_FROM_THE_STRONGEST = (Grant.DIRECT, Grant.ROLE, Grant.ACCOUNT)


class LayerTally:
    """Counts of the statements of a layer that apply, and of those that may (EVL-2, EVL-6, EVL-11).

    Args:
        levels: the number of levels. Each must allow, and any Deny counts.
        rows: every statement with its level.
        applies: for each statement whether it applies.
        view: the View of the request for this layer.
        grants: gives the grants of an Allow.
        by_statement: whether statements with one principal clause may have different grants.
    """

    __slots__ = (
        "_applies",
        "_by_statement",
        "_denies",
        "_found",
        "_grants",
        "_grants_of_levels",
        "_possible_grants_of_levels",
        "_rows",
        "_view",
    )

    def __init__(
        self,
        levels: int,
        rows: Sequence[StatementRow],
        applies: Sequence[Truth],
        view: View,
        grants: Grants,
        *,
        by_statement: bool = False,
    ) -> None:
        self._rows = rows
        self._applies = list(applies)
        self._view = view
        self._grants = grants
        self._by_statement = by_statement
        #: The grants by principal clause, by its identity: equal clauses of a layer are one object.
        self._found: dict[int, tuple[Grant, Grant]] = {}
        self._denies: dict[Truth, int] = {True: 0, None: 0}
        self._grants_of_levels = _WeakestLevel(levels)
        self._possible_grants_of_levels = _WeakestLevel(levels)
        for number, truth in enumerate(applies):
            if truth is not False:
                self._count(number, truth, 1)

    def change(self, number: int, truth: Truth) -> Truth:
        """Let a statement apply otherwise; the truth that it had is returned."""
        before = self._applies[number]
        self._count(number, before, -1)
        self._applies[number] = truth
        self._count(number, truth, 1)
        return before

    def _count(self, number: int, truth: Truth, by: int) -> None:
        if truth is False:
            return
        row = self._rows[number]
        statement, level = row.statement, row.level
        if statement.denies:
            self._denies[truth] += by
            return
        key = id(statement) if self._by_statement else id(statement.principal)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._grants(statement, self._view)
        grant, possible = found
        self._possible_grants_of_levels.count(level, possible, by)
        if truth:
            self._grants_of_levels.count(level, grant, by)

    def outcome(self) -> LayerOutcome:
        """The outcome of the layer."""
        return LayerOutcome(
            True if self._denies[True] else None if self._denies[None] else False,
            self._grants_of_levels.weakest(),
            self._possible_grants_of_levels.weakest(),
        )


class _WeakestLevel:
    """The weakest, over the levels, of the strongest grant in each."""

    __slots__ = ("_counts", "_levels")

    def __init__(self, levels: int) -> None:
        #: For each level how many Allows have each grant.
        self._counts = [[0] * len(Grant) for _ in range(levels)]
        #: How many levels have each grant as the strongest.
        self._levels = [levels, *[0] * (len(Grant) - 1)]

    def count(self, level: int, grant: Grant, by: int) -> None:
        counts = self._counts[level]
        self._levels[_strongest(counts)] -= 1
        counts[grant] += by
        self._levels[_strongest(counts)] += 1

    def weakest(self) -> Grant:
        return next((grant for grant in Grant if self._levels[grant]), Grant.NONE)


def _strongest(counts: Sequence[int]) -> Grant:
    for grant in _FROM_THE_STRONGEST:
        if counts[grant]:
            return grant
    return Grant.NONE


class RequestTally:
    """The outcomes of all layers, with the table that combines them.

    Args:
        outcomes: the outcome of each layer.
        tally: gives the tally of a layer, in which statements can apply otherwise.
        table: combines the outcomes.
    """

    __slots__ = ("_make", "_outcomes", "_table", "_tallies")

    def __init__(
        self, outcomes: Mapping[Layer, LayerOutcome], tally: Callable[[Layer], LayerTally], table: Table
    ) -> None:
        self._outcomes = outcomes
        self._make = tally
        self._tallies: dict[Layer, LayerTally] = {}
        self._table = table

    def possible_if(self, changes: Changes) -> frozenset[Outcome]:
        """The outcomes that are possible if some statements applied otherwise. The tally stays as it is."""
        changed = {layer: self._outcome_if(layer, statements) for layer, statements in changes.items() if statements}
        return combine({**self._outcomes, **changed}, self._table).possible

    def _outcome_if(self, layer: Layer, statements: Mapping[int, Truth]) -> LayerOutcome:
        tally = self._tallies.get(layer)
        if tally is None:
            tally = self._tallies[layer] = self._make(layer)
        undo = [(number, tally.change(number, truth)) for number, truth in statements.items()]
        found = tally.outcome()
        for number, truth in undo:
            tally.change(number, truth)
        return found
