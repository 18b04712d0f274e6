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
    # A stack, and not calls: there may be more groups and boxes than calls within calls.
    waiting = [iter([(start, excluded)])]
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            continue
        within, outside = found
        budget.take("searching for a request")
        group = len(waiting) - 1
        if group == len(needed):
            yield from _outside(within, outside, budget)
        else:
            waiting.append(_in_group(within, needed[group], outside))


def _in_group(within: Box, group: Sequence[Box], excluded: Sequence[Box]) -> Iterator[tuple[Box, Sequence[Box]]]:
    """What a box shares with each box of a group, with what is excluded there."""
    earlier: list[Box] = []
    for box in group:
        shared = intersection(within, box)
        if shared is not None:
            # What an earlier box of the group has was searched before.
            yield shared, [*earlier, *excluded]
        earlier.append(box)


def _outside(within: Box, excluded: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """The part of a box that is in none of the others, as disjoint boxes."""
    waiting = [(within, excluded)]
    while waiting:
        box, others = waiting.pop()
        budget.take("searching for a request", len(others))
        found = _overlapping(box, others)
        if found == []:
            yield box
        elif found is not None:
            pieces = _pieces(box, found)
            waiting.extend(reversed(pieces))


def _overlapping(within: Box, excluded: Sequence[Box]) -> list[tuple[Box, list[str]]] | None:
    """The excluded boxes that take a part of a box away, with the dimensions in which; None if one takes all of it."""
    overlapping: list[tuple[Box, list[str]]] = []
    for box in excluded:
        cut = _cut(within, box)
        if cut is None:
            continue
        if not cut:
            return None
        overlapping.append((box, cut))
    return overlapping


def _pieces(within: Box, overlapping: Sequence[tuple[Box, list[str]]]) -> list[tuple[Box, Sequence[Box]]]:
    """What one excluded box leaves of a box, each piece with the other excluded boxes."""
    # The box that leaves the fewest pieces is taken out first.
    taken, cut = min(overlapping, key=lambda each: len(each[1]))
    others = [box for box, _ in overlapping if box is not taken]
    rest = dict(within)
    pieces: list[tuple[Box, Sequence[Box]]] = []
    for name in cut:
        pieces.append(({**rest, name: rest[name] & ~taken[name]}, others))
        rest[name] = rest[name] & taken[name]
    return pieces


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
