"""Counts cases, with the first of them in the order of the files."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_NUMBER = re.compile("([0-9]{1,18})")


class Example(NamedTuple):
    """A case: its place, such as ``file:line:column``, and its name."""

    place: str
    name: str


CaseOrder = tuple[tuple[str | int, ...], str]


def order_of(example: Example) -> CaseOrder:
    """The sort key of a case: its place, with numbers in numeric order, then its name."""
    parts = _NUMBER.split(example.place)
    return tuple(int(part) if number % 2 else part for number, part in enumerate(parts)), example.name


class CaseCount(NamedTuple):
    """The number of cases, and the first of them; None if there is none."""

    cases: int = 0
    first: Example | None = None

    def to_dict(self) -> dict[str, Any]:
        """The count in the JSON report."""
        return {"cases": self.cases, "first": None if self.first is None else self.first._asdict()}


class CaseCounter:
    """A count of cases that grows.

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
        """Add cases: how many, the first of them, and its sort key if known."""
        order = order_of(first) if order is None else order
        self.cases += cases
        if order < self.order:
            self.first, self.order = first, order

    def total(self) -> CaseCount:
        """The count."""
        return CaseCount(self.cases, self.first)


NO_CASES = CaseCount()
