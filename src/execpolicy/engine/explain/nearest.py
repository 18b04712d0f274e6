"""The statements that nearly allow a request: those whose fewest clauses fail, and the least important ones.

Statements that differ only in the resource are as far from a request whose resource none of them matches. So the
distance is found by group, and only the other statements are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.records import NamedTuple
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.explain.resource_reason import agreeing_length
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.glob import common_head

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
_OF_RESOURCE = 10


class NearestAllows(NamedTuple):
    """The Allow statements of a layer that do not apply and in which the least important clauses fail.

    Attributes:
        distance: how far they are from the request; 0 if there is none.
        others: the rows of those whose resource matches, or that are in no group.
        unmatched: the rows of those of groups whose resource does not match.
    """

    distance: int
    others: Sequence[int]
    unmatched: Sequence[int]


def nearest_allows(evaluated: LayerEvaluation) -> list[int]:
    """The rows of the Allow statements that do not apply and are the nearest to the request, the best ones first.

    Of those whose resource does not match, it is the ones that agree with the longest part of the resource.
    """
    found = by_distance(evaluated)
    rows = sorted((*found.others, *found.unmatched))
    if len(rows) < 2 or found.distance < _OF_RESOURCE:
        return rows
    agreements = {at: _agreement(evaluated, at) for at in found.others}
    agreements.update(_longest_agreements(evaluated, found.unmatched))
    longest = max(agreements.values())
    return [at for at in rows if agreements.get(at) == longest]


def by_distance(evaluated: LayerEvaluation) -> NearestAllows:
    """The Allow statements of a layer whose least important clauses fail."""
    table = evaluated.table
    matched = {at for number in evaluated.matched for at in table.rows_by_clause[number]}
    others = {
        at: _distance_of_row(evaluated, at)
        for at in sorted(matched.union(table.ungrouped_rows))
        if table.rows[at].effect == "Allow" and evaluated.results[at].applies is not True
    }
    least = min(others.values(), default=None)
    unmatched: list[int] = []
    for distance, group in evaluated.shared.once("distances", lambda: _distances_of_groups(evaluated)):
        if least is not None and distance > least:
            break
        rows = [at for at in table.allows_by_group[group] if at not in matched]
        if rows:
            unmatched += rows
            least = distance
    nearest = [at for at, distance in others.items() if distance == least]
    return NearestAllows(least or 0, nearest, unmatched)


def failing_clauses(evaluated: LayerEvaluation, at: int) -> Iterator[Clause]:
    """The clauses of a statement that do not hold, or of which that is not known."""
    for number in evaluated.table.rows[at].clause_numbers:
        if not evaluated.truths[number]:
            yield evaluated.table.clauses[number]


def _distance_of_row(evaluated: LayerEvaluation, at: int) -> int:
    return sum(map(_distance, failing_clauses(evaluated, at)))


def _distance(clause: Clause) -> int:
    return next(distance for kind, distance in _DISTANCES if isinstance(clause, kind))


def _distances_of_groups(evaluated: LayerEvaluation) -> list[tuple[int, int]]:
    """The distance of each group of statements whose resource does not match, the least first."""
    clauses, constant = evaluated.table.constant_clauses, evaluated.shared.constant

    def failing(truths: Iterable[int]) -> int:
        return sum(_distance(clauses[number]) for number in truths if number >= 0 and not constant[number])

    groups = enumerate(evaluated.table.groups)
    return sorted((_OF_RESOURCE + failing(group.clause_numbers), number) for number, group in groups)


def _agreement(evaluated: LayerEvaluation, at: int) -> int:
    """How many characters of the resource agree with the pattern that agrees with the most."""
    view = evaluated.view
    return sum(
        agreeing_length(clause, view)
        for clause in failing_clauses(evaluated, at)
        if isinstance(clause, ResourceClause) and not clause.negated
    )


def _longest_agreements(evaluated: LayerEvaluation, rows: Iterable[int]) -> dict[int, int]:
    """The agreements of statements in groups whose resource does not match, without those that others exceed.

    A pattern whose literal beginning does not match agrees as far as that. Of these, segment by segment, those are left
    out that agree with less of the resource than the others.
    """
    resource, heads = evaluated.subject.resource, evaluated.table.heads
    left, whole = [], []
    for at in rows:
        head = heads[at]
        if head is None or resource.startswith(head):
            whole.append(at)
        else:
            left.append((at, head))
    found = {at: _agreement(evaluated, at) for at in whole}
    end = resource.find("/") + 1
    while end and (further := [each for each in left if each[1].startswith(resource[:end])]):
        left, end = further, resource.find("/", end) + 1
    found.update((at, common_head(head, resource)) for at, head in left)
    return found
