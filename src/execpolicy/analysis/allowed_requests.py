"""When requests are allowed, as sets: the boxes that deny, and what must allow together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.box import intersection
from execpolicy.analysis.search import search

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.engine.compile import CompiledStatement


class StatementBox(NamedTuple):
    """A statement with the requests that it applies to, or some of them: those of one of its parts."""

    statement: CompiledStatement
    box: Box


class AllowCombination(NamedTuple):
    """One combination of statements that allows requests: those of ``limits`` to which one of each group applies.

    Attributes:
        limits: the requests that it can allow, such as those of the caller's own account.
        needed: for each layer that must allow, its Allow statements.
        callers: whose requests these are, in words.
    """

    limits: Box
    needed: tuple[tuple[StatementBox, ...], ...]
    callers: str = ""

    def by_statement(self) -> Iterator[AllowCombination]:
        """The same combination for each statement of its first group by itself, with all of its parts."""
        if not self.needed:
            yield self
            return
        first, *others = self.needed
        for _, parts in groupby(first, key=lambda each: id(each.statement)):
            yield self._replace(needed=(tuple(parts), *others))


class AllowedRequests(NamedTuple):
    """The requests that are allowed: no Deny applies, and one of the combinations allows them."""

    denies: tuple[StatementBox, ...]
    combinations: tuple[AllowCombination, ...]


def requests_of(combination: AllowCombination, within: Box, excluded: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """The requests that a combination allows, without those of the excluded boxes."""
    start = intersection(within, combination.limits)
    if start is not None:
        yield from search(start, [[each.box for each in group] for group in combination.needed], excluded, budget)


def boxes_of(combination: AllowCombination, budget: Budget) -> list[Box]:
    """The same requests as boxes that may overlap: one for each choice of a statement from every group."""
    boxes: list[Box] = [combination.limits]
    for group in combination.needed:
        budget.take("combining the statements of several layers", len(boxes) * len(group))
        pairs = (intersection(box, each.box) for box in boxes for each in group)
        boxes = [box for box in pairs if box is not None]
    return boxes


def newly_allowed(
    within: Box, impossible: Sequence[Box], budget: Budget, *, before: AllowedRequests, after: AllowedRequests
) -> Iterator[Iterator[Box]]:
    """The requests that are allowed after a change, and were not before it.

    They come in several groups, each with other statements that are responsible: first those that no statement allowed
    before, then those that a Deny refused, for each Allow of the first layer that now needs one.

    Args:
        within: the requests that are compared; every dimension is limited.
        impossible: the combinations of values that no request has.
        budget: counts the steps.
        before: the requests that were allowed before.
        after: those that are allowed after it.
    """
    refused = [each.box for each in after.denies] + [*impossible]
    allowed_before = [box for combination in before.combinations for box in boxes_of(combination, budget)]
    denied_before = [each.box for each in before.denies]
    for combination in chain.from_iterable(combination.by_statement() for combination in after.combinations):
        yield requests_of(combination, within, [*refused, *denied_before, *allowed_before], budget)
    for deny in before.denies:
        denied = intersection(within, deny.box)
        if denied is None or any(_is_inside(denied, box) for box in refused):
            continue
        for combination in chain.from_iterable(combination.by_statement() for combination in after.combinations):
            yield requests_of(combination, denied, refused, budget)


def no_longer_denied(
    within: Box,
    impossible: Sequence[Box],
    budget: Budget,
    *,
    left: AllowCombination,
    before: AllowedRequests,
    after: AllowedRequests,
) -> Iterator[Iterator[Box]]:
    """The requests that a Deny refused before a change, and that are left to other policies after it.

    They come in groups, one for each Deny. ``left`` are the requests that other policies may allow; the other arguments
    are those of ``newly_allowed``.
    """
    refused = [each.box for each in after.denies] + [*impossible]
    allowed = [box for combination in after.combinations for box in boxes_of(combination, budget)]
    for deny in before.denies:
        denied = intersection(within, deny.box)
        if denied is not None and not any(_is_inside(denied, box) for box in refused):
            yield requests_of(left, denied, [*refused, *allowed], budget)


def _is_inside(box: Box, other: Box) -> bool:
    """Whether a box, which limits every dimension, is inside another one."""
    return not any(box[name] & ~values for name, values in other.items())
