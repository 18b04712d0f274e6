"""The statements that nearly allow a request: those whose fewest clauses fail, and the least important ones."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.explain.resource_reason import agreeing_length
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause

#: How far a clause that fails moves a statement from the request: another context is nearer than another path, and
#: that is nearer than another action or another caller.
_DISTANCES = (
    (ConditionClause, 1),
    (EmptyConditionClause, 5),
    (UnknownPartClause, 5),
    (ResourceClause, 10),
    (ActionClause, 100),
    (PrincipalClause, 100),
)


def nearest_allows(evaluated: LayerEvaluation) -> list[int]:
    """The rows of the Allow statements that do not apply and are the nearest to the request, the best ones first.

    Of those whose resource does not match, it is the ones that agree with the longest part of the resource.
    """
    distances = {at: _distance(evaluated, at) for at in _allows(evaluated)}
    least = min(distances.values(), default=0)
    rows = [at for at, distance in distances.items() if distance == least]
    if len(rows) < 2 or least < 10:
        return rows
    agreements = {at: _agreement(evaluated, at) for at in rows}
    longest = max(agreements.values())
    return [at for at in rows if agreements[at] == longest]


def failing_clauses(evaluated: LayerEvaluation, at: int) -> Iterator[Clause]:
    """The clauses of a statement that do not hold, or of which that is not known."""
    for number in evaluated.table.rows[at].clause_numbers:
        if not evaluated.truths[number]:
            yield evaluated.table.clauses[number]


def _allows(evaluated: LayerEvaluation) -> Iterator[int]:
    for at, (row, result) in enumerate(zip(evaluated.table.rows, evaluated.results, strict=True)):
        if result.applies is not True and not row.statement.denies:
            yield at


def _distance(evaluated: LayerEvaluation, at: int) -> int:
    return sum(
        distance
        for clause in failing_clauses(evaluated, at)
        for kind, distance in _DISTANCES
        if isinstance(clause, kind)
    )


def _agreement(evaluated: LayerEvaluation, at: int) -> int:
    """How many characters of the resource agree with the pattern that agrees with the most."""
    view = evaluated.view
    return sum(
        agreeing_length(clause, view)
        for clause in failing_clauses(evaluated, at)
        if isinstance(clause, ResourceClause) and not clause.negated
    )
