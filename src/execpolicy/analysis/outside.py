"""Proves that a change of a policy lets nothing in but described requests, whatever other policies say.

A request is let in by a change only if an Allow applies that did not, or grants more, or if a Deny no longer applies
(EVL-12). So it is enough that neither happens outside of what is described: no other policy has to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.analysis.covering import Covering
from execpolicy.analysis.difference import used_up
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.side import PolicySide, base_view, statement_boxes
from execpolicy.analysis.space import Space
from execpolicy.document.kinds import PolicyKind

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.document.policy import Policy
    from execpolicy.engine.compile import CompiledStatement

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
        boxes = [[part for each in group for part in space.boxes(each)] for group in statements]
        covering = _covering(space, (), steps)
        for one, other in permutations(range(len(boxes)), 2):
            if all(covering.has_only(each, boxes[other]) for each in boxes[one]):
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
    negated = any(each.statement.principal is not None and each.statement.principal.negated for each in statements)
    for has_boundary in (False, True) if negated else (False,):
        left_out = [part.box for each in described for part in space.boxes(each, has_boundary=has_boundary)]
        outside, anywhere = _covering(space, left_out, budget), _covering(space, (), budget)
        was = statement_boxes(old.statements(), space, has_boundary=has_boundary)
        is_now = statement_boxes(new.statements(), space, has_boundary=has_boundary)
        if not (outside.is_covered(was[0], is_now[0]) and outside.is_covered(is_now[1], was[1])):
            yield _OPENED
        if not (anywhere.is_covered(is_now[0], was[0]) and anywhere.is_covered(was[1], is_now[1])):
            yield _CLOSED


def _covering(space: Space, left_out: Sequence[Box], budget: Budget) -> Covering:
    """Compares statements. Requests that do not exist count too, and how strongly an Allow names, of whatever kind."""
    return Covering(space, space.everything, left_out, PolicyKind.RESOURCE, budget)
