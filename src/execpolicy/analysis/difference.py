"""Finds what differs in one direction: requests of boxes, each confirmed before it is a witness (ANA-1, ANA-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import BudgetExceededError
from execpolicy.analysis.comparison import Difference
from execpolicy.analysis.witness import requests_in

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.space import Space
    from execpolicy.analysis.witness import RequestParts, Witness

    #: Makes the witness of a request of a box, if the simulation confirms it; else None, or why it cannot.
    Confirm: TypeAlias = Callable[[RequestParts, Box], Witness | str | None]

#: At most so many witnesses are given for each direction.
MAX_WITNESSES = 10
#: At most so many boxes of one group are tried.
_MAX_BOXES = 12


def difference(
    groups: Iterable[Iterator[Box]], space: Space, confirm: Confirm, budget: Budget, *, most: int = MAX_WITNESSES
) -> Difference:
    """The witnesses of groups of boxes, one for each pair of responsible statements, and what is not known.

    Args:
        groups: the boxes that differ; those of one group have the same statements that are responsible.
        space: the space of the boxes.
        confirm: makes a witness of a request.
        budget: the steps that the search takes.
        most: at most so many witnesses are sought.
    """
    witnesses: dict[object, Witness] = {}
    unknown: list[str] = []
    try:
        for group in groups:
            boxes = list(islice(group, _MAX_BOXES))
            witness = _first_confirmed(boxes, space, confirm)
            if not isinstance(witness, str):
                found = witnesses.get(witness.statements, witness)
                witnesses[witness.statements] = min(found, witness, key=lambda each: each.preference)
            elif boxes:
                unknown.append(witness)
            if len(witnesses) == most:
                break
    except BudgetExceededError as error:
        unknown.append(used_up(budget, error))
    in_order = sorted(witnesses.values(), key=lambda each: each.preference)
    return Difference(tuple(in_order), tuple(dict.fromkeys(unknown)))


def together(found: Iterable[Difference]) -> Difference:
    """The results of several searches in one direction as one result."""
    found = list(found)
    if len(found) == 1:
        return found[0]
    witnesses: dict[object, Witness] = {}
    for each in sorted((each for one in found for each in one.witnesses), key=lambda witness: witness.preference):
        witnesses.setdefault(each.statements, each)
    unknown = dict.fromkeys(reason for one in found for reason in one.unknown)
    return Difference(tuple(witnesses.values())[:MAX_WITNESSES], tuple(unknown))


def used_up(budget: Budget, error: BudgetExceededError) -> str:
    """The reason for an answer that is not known because the steps are used up."""
    return f"the budget of {budget.steps} steps is used up while {error.reason}"


def _first_confirmed(boxes: Sequence[Box], space: Space, confirm: Confirm) -> Witness | str:
    """The best request of some boxes that is confirmed; else why it is not known whether they have one."""
    candidates = [(parts, box) for box in boxes for parts in requests_in(box, space)]
    candidates.sort(key=lambda each: each[0].preference)
    reason = ""
    for parts, box in candidates:
        found = confirm(parts, box)
        if isinstance(found, str):
            reason = reason or found
        elif found is not None:
            return found
    for each in space.undivided.values():
        if any(box[each.name] != space.everything[each.name] for box in boxes):
            return str(each)
    return reason or "none of the requests that were tried is confirmed by the simulation"
