"""Searches a set of requests that is given by boxes: those in one box of each group, and in none of the excluded ones.

What is found is divided into boxes. A search that ends without one has proven that there is no such request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget


def search(start: Box, needed: Sequence[Sequence[Box]], excluded: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """Disjoint boxes that together are the requests that are sought.

    Args:
        start: the requests to search among. It limits every dimension: a box that is excluded is taken out of it.
        needed: groups of boxes; a request is in at least one box of each.
        excluded: the boxes that a request is in none of.
        budget: counts a step for each box that is looked at.

    Raises:
        BudgetExceededError: the budget has no step left.

    >>> from execpolicy.analysis.budget import Budget
    >>> list(search({"action": 0b111}, [[{"action": 0b011}]], [{"action": 0b001}], Budget()))
    [{'action': 2}]
    """
    budget.take("searching for a request")
    if not needed:
        yield from _outside(start, excluded, budget)
        return
    first, *others = needed
    earlier: list[Box] = []
    for box in first:
        shared = intersection(start, box)
        if shared is not None:
            # What an earlier box of the group has was searched before.
            yield from search(shared, others, [*earlier, *excluded], budget)
        earlier.append(box)


def _outside(within: Box, excluded: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """The part of a box that is in none of the others, as disjoint boxes."""
    budget.take("searching for a request", len(excluded))
    overlapping: list[tuple[Box, list[str]]] = []
    for box in excluded:
        cut = _cut(within, box)
        if cut is None:
            continue
        if not cut:
            return  # the whole box is excluded
        overlapping.append((box, cut))
    if not overlapping:
        yield within
        return
    # The box that leaves the fewest pieces is taken out first.
    taken, cut = min(overlapping, key=lambda each: len(each[1]))
    others = [box for box, _ in overlapping if box is not taken]
    rest = dict(within)
    for name in cut:
        piece = dict(rest)
        piece[name] = rest[name] & ~taken[name]
        yield from _outside(piece, others, budget)
        rest[name] = rest[name] & taken[name]


def _cut(within: Box, box: Box) -> list[str] | None:
    """The dimensions in which a box takes a part of another one away; None if they share no request."""
    cut = []
    for name, values in box.items():
        mine = within[name]
        if not mine & values:
            return None
        if mine & ~values:
            cut.append(name)
    return cut
