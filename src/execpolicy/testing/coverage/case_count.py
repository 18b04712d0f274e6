"""How many cases showed a thing, and which of them is named: the first in the order of the files."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_NUMBER = re.compile("([0-9]{1,18})")


class Example(NamedTuple):
    """A case by its place, ``file:line:column`` or what else tells where it stands, and its name."""

    place: str
    name: str


CaseOrder = tuple[tuple[str | int, ...], str]


def order_of(example: Example) -> CaseOrder:
    """By place, numbers in it counted as numbers, then by name: whoever adds the cases, the first one is the same."""
    parts = _NUMBER.split(example.place)
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts)), example.name


class CaseCount(NamedTuple):
    """How many cases, and the first of them; None where there is none."""

    cases: int = 0
    first: Example | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the JSON report tells it."""
        return {"cases": self.cases, "first": None if self.first is None else self.first._asdict()}


class CaseCounter:
    """A tally that grows.

    >>> count = CaseCounter(Example("cases.json:10:5", "Bob"))
    >>> count.add(1, Example("cases.json:9:5", "Ann"))
    >>> count.total()
    CaseCount(cases=2, first=Example(place='cases.json:9:5', name='Ann'))
    """

    __slots__ = ("cases", "first", "order")

    def __init__(self, first: Example, cases: int = 1) -> None:
        self.cases = cases
        self.first = first
        self.order = order_of(first)

    def add(self, cases: int, first: Example, order: CaseOrder | None = None) -> None:
        """So many cases more, and the first of them with its order, where that is known."""
        order = order_of(first) if order is None else order
        self.cases += cases
        if order < self.order:
            self.first, self.order = first, order

    def total(self) -> CaseCount:
        """What was counted."""
        return CaseCount(self.cases, self.first)


NO_CASES = CaseCount()
