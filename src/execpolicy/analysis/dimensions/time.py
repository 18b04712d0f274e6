"""The one time of a request, which aws:CurrentTime and aws:EpochTime give (KEY-3, CND-7, CND-17).

The two agree in their whole seconds. A fraction of a second may be given for one of them alone, so that the line of
times is divided into blocks of whole seconds; within a block, each key has cells of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import accumulate, product
from math import floor
from operator import or_

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.conditions import check_fixed, condition_of
from execpolicy.analysis.dimensions.date_key import date_cuts
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.names import TIME
from execpolicy.analysis.dimensions.value_domain import best_first, operands_of
from execpolicy.analysis.values.decimals import nearest
from execpolicy.analysis.values.ordered import BEFORE, Interval, OrderedCells
from execpolicy.analysis.values.times import FIRST_MOMENT, USUAL_TIME, YEAR_10000, epoch_text, time_text
from execpolicy.engine.clause import spelled
from execpolicy.language.dates import read_date
from execpolicy.language.operators import date_equals, equal

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.ordered import Cut
    from execpolicy.engine.clause import Clause
    from execpolicy.language.condition import ConditionTest

CURRENT_TIME, EPOCH_TIME = "aws:currenttime", "aws:epochtime"
#: The families of operators that read a time, and those that read no value in any.
_FAMILIES, _BLIND_FAMILIES = ("Date", "Numeric"), ("IpAddress", "Bool", "Null")
#: No request has the seconds of a time before 1970. A time after the year 9999 is a number for both keys.
_ENDS = ((FIRST_MOMENT, BEFORE), (Decimal(0), BEFORE), (YEAR_10000, BEFORE))


class _Moment(NamedTuple):
    """An example of a cell: what both keys say, in seconds since 1970."""

    current: Decimal
    epoch: Decimal


class Time(Dimension):
    """The times of requests. Every request has one."""

    __slots__ = ("_best", "_keys", "_lines", "_moments")
    full: int

    def __init__(self, cuts: dict[str, list[Cut]], keys: frozenset[str], budget: Budget) -> None:
        self.name = TIME
        #: The keys that conditions read.
        self._keys = keys
        self._moments: list[_Moment] = []
        # A time before 1970 has no seconds that are known: where conditions read them, no request has such a time.
        start = Decimal(0) if EPOCH_TIME in keys else FIRST_MOMENT
        for block in _blocks(start, [*cuts[CURRENT_TIME], *cuts[EPOCH_TIME]]):
            current, epoch = (list(_within(block, cuts[key])) for key in (CURRENT_TIME, EPOCH_TIME))
            budget.take("dividing the times", len(current) * len(epoch))
            self._moments += _moments_of(current, epoch)
        self._best = sorted(range(len(self._moments)), key=lambda cell: _distance(self._moments[cell]))
        self.absent = 0
        self.full = (1 << len(self._moments)) - 1
        self._lines = {
            CURRENT_TIME: _Line([moment.current for moment in self._moments], cuts[CURRENT_TIME]),
            EPOCH_TIME: _Line([moment.epoch for moment in self._moments], cuts[EPOCH_TIME]),
        }

    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        condition = condition_of(clause)
        for values in _parts_of_line(self._lines[condition.key], condition, self.full):
            if values:
                yield UniformSet(values, next(self.examples(values)))

    def containing(self, example: ValueExample) -> int:
        given = [example.keys.get(key) for key in (CURRENT_TIME, EPOCH_TIME)]
        current, epoch = (read_date(texts[0]) if texts else None for texts in given)
        current = epoch if current is None else current
        assert current is not None, "every request has a time"
        epoch = current if epoch is None else epoch
        return self._lines[CURRENT_TIME].containing(current) & self._lines[EPOCH_TIME].containing(epoch)

    def examples(self, values: Any) -> Iterator[ValueExample]:
        return (self._example(self._moments[cell]) for cell in best_first(values, self._best))

    def _example(self, moment: _Moment) -> ValueExample:
        keys = {}
        if EPOCH_TIME in self._keys:
            keys[EPOCH_TIME] = (epoch_text(moment.epoch),)
        if CURRENT_TIME in self._keys or not keys:
            keys[CURRENT_TIME] = (time_text(moment.current),)
        return ValueExample(keys=keys)


class _Line:
    """The times of one key: which cells of the dimension are in a range of them."""

    __slots__ = ("_before", "_cells")

    def __init__(self, times: list[Decimal], cuts: Iterable[Cut]) -> None:
        self._cells = OrderedCells([*_ENDS, *cuts])
        masks = [0] * len(self._cells)
        for number, seconds in enumerate(times):
            masks[self._cells.cell(seconds)] |= 1 << number
        #: For each cell of the line, the cells of the dimension that are before it.
        self._before = list(accumulate(masks, or_, initial=0))

    def between(self, lower: Cut | None, upper: Cut | None) -> int:
        """The cells of the dimension that have their time between two of the cuts."""
        start = 0 if lower is None else self._cells.first_after(lower)
        end = len(self._cells) if upper is None else self._cells.first_after(upper)
        return self._before[end] & ~self._before[start] if end > start else 0

    def containing(self, seconds: Decimal) -> int:
        """The cells of the dimension whose time is in the same cell of the line."""
        number = self._cells.cell(seconds)
        return self._before[number + 1] & ~self._before[number]


def _blocks(start: Decimal, cuts: Iterable[Cut]) -> Iterator[Interval]:
    """Whole seconds, as few of them as there can be: a cut is between two of them, or within one of a single second."""
    whole = {end[0] for end in _ENDS}
    for value, side in cuts:
        second = floor(value)
        whole.add(Decimal(second))
        if (value, side) != (second, BEFORE):
            whole.add(Decimal(second + 1))
    ordered = sorted((value, BEFORE) for value in whole if value >= start)
    return map(Interval, ordered, [*ordered[1:], None])


def _within(block: Interval, cuts: list[Cut]) -> Iterator[Interval]:
    """The cells of one key in a block."""
    assert block.lower is not None, "the line of times has a beginning"
    start = bisect_right(cuts, block.lower)
    end = len(cuts) if block.upper is None else bisect_left(cuts, block.upper)
    ends = [block.lower, *cuts[start:end], block.upper]
    return map(Interval, ends[:-1], ends[1:])


def _moments_of(current: list[Interval], epoch: list[Interval]) -> Iterator[_Moment]:
    """An example for each pair of cells of the two keys in one block."""
    for one, other in product(current, epoch):
        time = nearest(one, USUAL_TIME)
        yield _Moment(time, time if other.has(time) else nearest(other, USUAL_TIME))


def _distance(moment: _Moment) -> tuple[bool, Decimal]:
    """How far a time is from the usual one; one with a fraction of a second is farther than any other."""
    return any(time != floor(time) for time in moment), max(abs(time - USUAL_TIME) for time in moment)


def _parts_of_line(line: _Line, condition: ConditionTest, full: int) -> Iterator[int]:
    """The times, as a condition tells them apart."""
    if condition.operator.family not in _FAMILIES or not condition.values:
        yield full
        return
    # A date has no number in it, except after the year 9999.
    has_number = condition.operator.family == "Date" or condition.key == EPOCH_TIME
    readable = full if has_number else line.between((YEAR_10000, BEFORE), None)
    yield full & ~readable
    ranges = [date_cuts(operand) for operand in operands_of(condition)]
    if condition.operator.test in (equal, date_equals):
        matched = 0
        for lower, upper in ranges:
            matched |= line.between(lower, upper)
        yield readable & matched
        yield readable & ~matched
    else:
        for interval in OrderedCells(cut for both in ranges for cut in both).intervals():
            yield readable & line.between(interval.lower, interval.upper)


class TimeBuilder(DimensionBuilder):
    """Collects the conditions on aws:CurrentTime and aws:EpochTime."""

    __slots__ = ("_cuts", "_keys")

    def __init__(self) -> None:
        self.name = TIME
        self._keys: set[str] = set()
        self._cuts: dict[str, set[Cut]] = {CURRENT_TIME: set(), EPOCH_TIME: set()}

    def add(self, clause: Clause) -> None:
        condition = check_fixed(clause)
        family = condition.operator.family
        if family in _FAMILIES:
            self._cuts[condition.key].update(cut for each in operands_of(condition) for cut in date_cuts(each))
        elif family not in _BLIND_FAMILIES and condition.values:
            raise NotComparableError(clause, f"{condition.name} compares the text of {spelled(condition.key)}")
        self._keys.add(condition.key)

    def build(self, budget: Budget) -> Time:
        cuts = {key: sorted(cuts) for key, cuts in self._cuts.items()}
        return Time(cuts, frozenset(self._keys), budget)
