"""An ordered line of values that is divided into cells: points, and the gaps between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    #: A place on the line where it is divided: a value, and on which side of it.
    Cut: TypeAlias = tuple[Any, int]

#: The sides of a value: a range from ``(value, BEFORE)`` has the value, one from ``(value, AFTER)`` does not.
BEFORE, AFTER = 0, 1


def at(value: Any) -> tuple[Cut, Cut]:
    """The cuts around one value.

    >>> at(5)
    ((5, 0), (5, 1))
    """
    return (value, BEFORE), (value, AFTER)


class Interval(NamedTuple):
    """All values between two neighbouring cuts; None stands for an end of the line.

    >>> [Interval(None, (5, AFTER)).has(value) for value in (5, 6)]
    [True, False]
    """

    lower: Cut | None
    upper: Cut | None

    def has(self, value: Any) -> bool:
        """Whether it has a value."""
        return (self.lower is None or self.lower <= (value, BEFORE)) and (
            self.upper is None or (value, AFTER) <= self.upper
        )


class OrderedCells:
    """A line divided at some cuts. Cell 0 is what is before the first cut, and so on; a set of cells is an int.

    >>> cells = OrderedCells([*at(5), *at(9)])
    >>> [cells.cell(value) for value in (4, 5, 6, 9, 10)]
    [0, 1, 2, 3, 4]
    >>> f"{cells.between((5, BEFORE), (9, AFTER)):b}"
    '1110'
    """

    __slots__ = ("_cuts",)

    def __init__(self, cuts: Iterable[Cut]) -> None:
        self._cuts = sorted(set(cuts))

    def __len__(self) -> int:
        return len(self._cuts) + 1

    def cell(self, value: Any) -> int:
        """The number of the cell that has a value."""
        return bisect_right(self._cuts, (value, BEFORE))

    def between(self, lower: Cut | None, upper: Cut | None) -> int:
        """The cells between two of the cuts."""
        start = 0 if lower is None else self.first_after(lower)
        end = len(self) if upper is None else self.first_after(upper)
        return (1 << end) - (1 << start) if end > start else 0

    def first_after(self, cut: Cut) -> int:
        """The number of the first cell after one of the cuts."""
        return bisect_left(self._cuts, cut) + 1

    def intervals(self) -> Iterator[Interval]:
        """The cells, in order."""
        ends = [None, *self._cuts, None]
        return map(Interval, ends[:-1], ends[1:])
