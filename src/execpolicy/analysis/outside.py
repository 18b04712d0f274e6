"""Proves that a change of a policy lets nothing in but described requests, whatever other policies say.

A request is let in by a change only if an Allow applies that did not, or grants more, or if a Deny no longer applies
(EVL-12). So it is enough that neither happens outside of what is described: no other policy has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import StatementBox
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.analysis.difference import used_up
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.granted_requests import GrantedRequests
from execpolicy.analysis.search import search
from execpolicy.analysis.side import PolicySide, base_view, statement_boxes
from execpolicy.analysis.space import Space

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.side import Statements
    from execpolicy.document.policy import Policy
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.language.grant import Grant

_OPENED = "requests may be let in that are not among those described"
_CLOSED = "requests may be refused that were not"


def compare_outside(
    described: Iterable[CompiledStatement], before: Policy, after: Policy, *, budget: int | None = None
) -> Comparison:
    """Compare two versions of a policy for the requests outside of some, with any policies around them.

    Args:
        described: the requests that are left out, as statements that apply to them.
        before: the policy before the change.
        after: the policy after it.
        budget: the number of steps of the search.

    Returns:
        EQUAL if no request outside is allowed, granted or no longer denied by the change, and no request at all is
        denied by it or no longer allowed. Else UNKNOWN with the reason: no witness is sought.
    """
    steps = budget_of(budget)
    left_out = tuple(described)
    try:
        found = tuple(dict.fromkeys(_differences(left_out, before, after, steps)))
    except BudgetExceededError as error:
        found = (used_up(steps, error),)
    return Comparison(Difference(unknown=found), Difference(), ())


def inclusions(groups: Sequence[Iterable[CompiledStatement]], *, budget: int) -> frozenset[tuple[int, int]]:
    """Which sets of requests are inside of which others.

    Args:
        groups: for each set, the statements that apply to its requests.
        budget: the number of steps for all of them.

    Returns:
        The pairs of numbers of which the first set is inside of the second, as far as the steps are enough.
    """
    steps = Budget(budget)
    found: set[tuple[int, int]] = set()
    try:
        statements = [[*group] for group in groups]
        every = [each for group in statements for each in group]
        space = Space(every, base_view(None), DimensionBuilders(any_service=True), steps)
        boxes = [[part.box for each in group for part in space.boxes(each)] for group in statements]
        for one, other in permutations(range(len(boxes)), 2):
            if not any(_is_left(box, boxes[other], space, steps) for box in boxes[one]):
                found.add((one, other))
    except BudgetExceededError:
        pass  # what is not found counts as not inside
    return frozenset(found)


def _differences(
    described: Sequence[CompiledStatement], before: Policy, after: Policy, budget: Budget
) -> Iterator[str]:
    """What may happen outside of the described requests, in words; nothing if it is proven that nothing does."""
    old, new = PolicySide(before), PolicySide(after)
    statements = [*old.statements(), *new.statements(), *described]
    any_service = old.any_service or new.any_service
    space = Space(statements, base_view(None), DimensionBuilders(any_service=any_service), budget)
    cover = _Cover(space, budget)
    negated = any(each.statement.principal is not None and each.statement.principal.negated for each in statements)
    for has_boundary in (False, True) if negated else (False,):
        left_out = [part.box for each in described for part in space.boxes(each, has_boundary=has_boundary)]
        was = statement_boxes(old.statements(), space, has_boundary=has_boundary)
        is_now = statement_boxes(new.statements(), space, has_boundary=has_boundary)
        if not (cover.denied(was[0], is_now[0], left_out) and cover.granted(is_now[1], was[1], left_out)):
            yield _OPENED
        if not (cover.denied(is_now[0], was[0], []) and cover.granted(was[1], is_now[1], [])):
            yield _CLOSED


class _Cover:
    """Whether all requests of some statements are covered by others, in one space."""

    def __init__(self, space: Space, budget: Budget) -> None:
        self._space = space
        self._budget = budget
        self._granted = GrantedRequests(space)

    def denied(self, denies: Statements, others: Statements, left_out: list[Box]) -> bool:
        """Whether every request that Denies apply to is one that others apply to, or is left out."""
        covers = [*left_out, *(each.box for each in others)]
        return not any(self._is_left(each.box, covers) for each in denies)

    def granted(self, allows: Statements, others: Statements, left_out: list[Box]) -> bool:
        """Whether every request that Allows apply to is granted as strongly by others, or is left out (EVL-4)."""
        return not any(
            self._is_left(box, [*left_out, *self._granting(grant, each, others)])
            for each in allows
            for grant, box in self._granted.by_grant(each).items()
        )

    def _granting(self, grant: Grant, judged: StatementBox, others: Statements) -> Iterator[Box]:
        for other in others:
            box = self._granted.granting(other, grant, judged)
            if box is not None:
                yield box

    def _is_left(self, box: Box, covers: Sequence[Box]) -> bool:
        return _is_left(box, covers, self._space, self._budget)


def _is_left(box: Box, covers: Sequence[Box], space: Space, budget: Budget) -> bool:
    """Whether a part of a box is in none of others. Requests that do not exist count too: the proof is the stronger."""
    start = intersection(space.everything, box)
    return start is not None and next(search(start, [], covers, budget), None) is not None
