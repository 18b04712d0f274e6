"""Which unknown values decide an indeterminate outcome (KEY-5, SRC-10).

A value decides if the outcome depends on it for some results of the other unknown clauses. Where a layer has only what
is unknown by that value, the result of each other layer is one of its extremes: the tables are monotone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from execpolicy.engine.combine import Table, combine
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.full.tally import Grants, LayerTally
from execpolicy.engine.layers import Layer, LayerOutcome, Outcome
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth

#: By layer, the numbers of the clauses that a name concerns.
ConcernedClauses = Mapping[Layer, Iterable[int]]
#: Whether the unknown Denies apply, and whether the unknown Allows do.
_Extreme = tuple[bool, bool]

_EXTREMES: tuple[_Extreme, ...] = tuple((denies, allows) for denies in (False, True) for allows in (False, True))


def deciding_names(
    layers: Mapping[Layer, LayerEvaluation], table: Table, concerned: Mapping[str, ConcernedClauses]
) -> list[str]:
    """The names whose unknown clauses decide an indeterminate outcome, for some results of the other unknown ones."""
    extremes = {layer: _Extremes(evaluated) for layer, evaluated in layers.items()}
    return [name for name, clauses in concerned.items() if _decides(extremes, table, clauses)]


def _decides(extremes: Mapping[Layer, _Extremes], table: Table, concerned: ConcernedClauses) -> bool:
    """Whether the outcome is not known for some extremes of what the concerned clauses leave."""
    opened = {layer: extremes[layer].opened_by(clauses) for layer, clauses in concerned.items()}
    opened = {layer: found for layer, found in opened.items() if found}
    if not opened:
        return False
    seen = set()
    # A Deny counts the same in all layers but the endpoint's, which is read first (EVL-7).
    for of_endpoint, of_others in product((False, True), repeat=2):
        outcomes = []
        for layer, each in extremes.items():
            denies = of_endpoint if layer is Layer.VPC_ENDPOINT else of_others
            by_extreme = opened.get(layer) or each.outcomes
            outcomes.append(dict.fromkeys(by_extreme[denies, allows] for allows in (False, True)))
        for chosen in product(*outcomes):
            if chosen not in seen:
                seen.add(chosen)
                if combine(dict(zip(extremes, chosen, strict=True)), table).outcome is Outcome.INDETERMINATE:
                    return True
    return False


class _Extremes:
    """One layer in which the unknown statements apply or not: all Denies and all Allows alike."""

    def __init__(self, evaluated: LayerEvaluation) -> None:
        self._evaluated = evaluated
        self._tallies = {extreme: self._tally(extreme, frozenset()) for extreme in _EXTREMES}
        #: The outcome of the layer for each extreme.
        self.outcomes = {extreme: tally.outcome() for extreme, tally in self._tallies.items()}

    def _tally(self, extreme: _Extreme, open_principals: frozenset[int]) -> LayerTally:
        """The tally for an extreme; how strongly the open principals name the caller is left as it is."""
        denies, allows = extreme
        rows = self._evaluated.table.rows
        applying: list[Truth] = [
            (denies if row.statement.denies else allows) if truth is None else truth
            for row, truth in zip(rows, self._evaluated.applies, strict=True)
        ]
        return self._evaluated.tally(applying, _grants(allows, open_principals))

    def opened_by(self, clauses: Iterable[int]) -> dict[_Extreme, LayerOutcome]:
        """The outcomes in which it is not known what the clauses concern; empty if they concern nothing."""
        clauses = tuple(clauses)
        statements = {row for number in clauses for row in self._left_unknown(number)}
        principals = frozenset(self._open_principals(clauses))
        if not statements and not principals:
            return {}
        changes: dict[int, Truth] = dict.fromkeys(statements)
        return {extreme: self._opened(extreme, changes, principals) for extreme in _EXTREMES}

    def _opened(self, extreme: _Extreme, changes: Mapping[int, Truth], principals: frozenset[int]) -> LayerOutcome:
        tally = self._tally(extreme, principals) if principals else self._tallies[extreme]
        others = self._of_other_levels(changes) if extreme[1] is False else {}
        undo = [(number, tally.change(number, truth)) for number, truth in {**others, **changes}.items()]
        outcome = tally.outcome()
        for number, truth in undo:
            tally.change(number, truth)
        return outcome

    def _of_other_levels(self, changes: Mapping[int, Truth]) -> dict[int, Truth]:
        """The unknown Allows of the levels without a changed statement, which all have to allow (EVL-2)."""
        table = self._evaluated.table
        if table.levels < 2:
            return {}
        levels = {table.rows[number].level for number in changes}
        return {
            number: True
            for number, (row, truth) in enumerate(zip(table.rows, self._evaluated.applies, strict=True))
            if truth is None and not row.statement.denies and row.level not in levels
        }

    def _left_unknown(self, clause: int) -> Iterator[int]:
        """The unknown statements that have a clause, if the clause is unknown."""
        evaluated = self._evaluated
        if evaluated.truths[clause] is None:
            for row in evaluated.table.rows_by_clause[clause]:
                if evaluated.results[row].applies is None:
                    yield row

    def _open_principals(self, clauses: Iterable[int]) -> Iterator[int]:
        """The principals among clauses that name the caller surely, and possibly more strongly (EVL-4)."""
        evaluated = self._evaluated
        for number in clauses:
            if evaluated.truths[number]:
                for row in evaluated.table.rows_by_clause[number]:
                    statement = evaluated.table.rows[row].statement
                    if statement.principal is evaluated.table.clauses[number] and not statement.denies:
                        sure, possible = statement.grant(evaluated.view)
                        if sure is not possible:
                            yield id(statement.principal)


def _grants(allows: bool, open_principals: frozenset[int]) -> Grants:
    """How strongly statements name the caller at an extreme.

    One that only may name the caller is taken to do so: whether it does is whether the statement applies.
    """

    def grants(statement: CompiledStatement, view: View) -> tuple[Grant, Grant]:
        sure, possible = statement.grant(view)
        if id(statement.principal) in open_principals:
            return sure, possible
        grant = possible if allows else sure or possible
        return grant, grant

    return grants
