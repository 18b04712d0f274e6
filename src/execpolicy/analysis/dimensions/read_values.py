"""Values divided by what an operator reads in them: addresses, numbers, dates; and a finite number of single texts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.value_domain import (
    DomainKind,
    ValueDomain,
    best_first,
    operands_of,
    texts_of,
)
from execpolicy.analysis.values.ordered import Interval, OrderedCells, at
from execpolicy.language.condition import ConditionTest
from execpolicy.language.operators import date_equals, equal, in_network

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.values.ordered import Cut

#: Texts that no operator reads as a value of its type.
_UNREADABLE = ("other-text", "other-text-2", "other-text-3")
#: The comparisons that hold in the range of a value of the policy, and nowhere else.
_IN_RANGE = (equal, date_equals, in_network)


class Scale(ABC):
    """An order of the values that operators read in texts.

    Attributes:
        contents: what is read, in words.
        families: those of the operators that read texts so.
        blind_families: those of the operators that read no value in any text of this scale.
        always_cut: where the line is divided, whatever the conditions are.
    """

    __slots__ = ()
    contents: str
    families: frozenset[str]
    blind_families: frozenset[str] = frozenset()
    always_cut: tuple[Cut, ...] = ()

    @abstractmethod
    def read(self, text: str) -> Any:
        """The place of a text on the line; None for a text that is no value of the type."""

    @abstractmethod
    def sample(self, interval: Interval) -> tuple[Any, Any] | None:
        """A place in an interval, after its rank among the best; None if no value has a place there."""

    @abstractmethod
    def spellings(self, place: Any) -> Iterator[str]:
        """The texts that are read as a place, the usual one first: all of them, or more than a policy has."""

    def around(self, place: Any) -> tuple[Cut, Cut]:
        """The cuts around one place."""
        return at(place)

    def cuts(self, operand: Any) -> tuple[Cut, Cut]:
        """The ends of the range of a value of a policy: those of one place."""
        return self.around(operand)


class ReadValues(ValueDomain):
    """The cells of a scale, single texts, the texts that are no value of the type, and the empty text."""

    __slots__ = (
        "_best",
        "_cell_of_text",
        "_cells",
        "_empty",
        "_first_text",
        "_ranked",
        "_read_cells",
        "_scale",
        "_unreadable",
    )
    full: int

    def __init__(self, scale: Scale, conditions: Sequence[ConditionTest], *, any_text: bool, budget: Budget) -> None:
        self._scale = scale
        named = dict.fromkeys(text for each in conditions for text in _texts_named_by(each) if text)
        places = {text: scale.read(text) for text in named}
        cuts = [*scale.always_cut]
        for condition in conditions:
            if condition.operator.family in scale.families and not condition.is_null:
                cuts += [cut for operand in operands_of(condition) for cut in scale.cuts(operand)]
        for place in places.values():
            cuts += [] if place is None else scale.around(place)
        self._cells = OrderedCells(cuts)
        budget.take("dividing the values of a context key", len(self._cells) + len(named))
        #: For each cell, how good its example is, and the example.
        self._ranked: dict[int, tuple[Any, str]] = {}
        self._sample_intervals(named)
        self._first_text = cell = len(self._cells)
        self._cell_of_text: dict[str, int] = {}
        for text, place in places.items():
            if any_text or place is not None:
                self._cell_of_text[text] = cell
                self._ranked[cell] = ((0, 0), text)
                cell += 1
        self._unreadable = self._empty = 0
        self._read_cells = sum(1 << number for number in self._ranked if self._is_readable(number))
        if any_text:
            self._unreadable, self._empty = 1 << cell, 2 << cell
            other = next(text for text in _texts_besides(named) if scale.read(text) is None)
            self._ranked[cell] = ((2, 0), other)
            self._ranked[cell + 1] = ((3, 0), "")
        self.full = sum(1 << number for number in self._ranked)
        self._best = sorted(self._ranked, key=lambda number: self._ranked[number][0])

    def _sample_intervals(self, named: dict[str, None]) -> None:
        """Find an example of each cell of the line. A cell without other texts than named ones has no values."""
        for number, interval in enumerate(self._cells.intervals()):
            found = self._scale.sample(interval)
            if found is not None:
                rank, place = found
                text = next((text for text in self._scale.spellings(place) if text and text not in named), None)
                if text is not None:
                    self._ranked[number] = ((1, rank), text)

    def _is_readable(self, cell: int) -> bool:
        return cell < self._first_text or self._scale.read(self._ranked[cell][1]) is not None

    def parts(self, condition: ConditionTest) -> Iterable[int]:
        yield self._empty
        others = self.full & ~self._empty
        if condition.is_null or not condition.values:
            yield others
        elif condition.operator.family in self._scale.families:
            yield others & ~self._read_cells
            yield from self._parts_of_line(condition)
        else:
            named = sum({1 << self._cell_of_text[text] for text in _texts_named_by(condition) if self._has(text)})
            yield named
            yield others & ~named

    def _has(self, text: str) -> bool:
        return text in self._cell_of_text

    def _parts_of_line(self, condition: ConditionTest) -> Iterable[int]:
        """The readable values, as a condition on them tells them apart."""
        ranges = [self._scale.cuts(operand) for operand in operands_of(condition)]
        if condition.operator.test in _IN_RANGE:
            matched = 0
            for lower, upper in ranges:
                matched |= self._between(Interval(lower, upper))
            yield matched
            yield self._read_cells & ~matched
        else:
            own = OrderedCells(cut for both in ranges for cut in both)
            yield from map(self._between, own.intervals())

    def _between(self, interval: Interval) -> int:
        """The readable values of a range, single texts included."""
        found = self._cells.between(interval.lower, interval.upper)
        for text, cell in self._cell_of_text.items():
            place = self._scale.read(text)
            if place is not None and interval.has(place):
                found |= 1 << cell
        return found & self._read_cells

    def containing(self, text: str) -> int:
        if not text:
            return self._empty
        if text in self._cell_of_text:
            return 1 << self._cell_of_text[text]
        place = self._scale.read(text)
        return self._unreadable if place is None else self.full & 1 << self._cells.cell(place)

    def examples(self, values: Any) -> Iterator[str]:
        return (self._ranked[cell][1] for cell in best_first(values, self._best))


class ReadValuesKind(DomainKind):
    """Values that are divided by one scale; with ``any_text`` the key can have other texts too."""

    __slots__ = ("any_text", "scale")

    def __init__(self, scale: Scale, *, any_text: bool) -> None:
        self.scale = scale
        self.any_text = any_text

    def refusal(self, condition: ConditionTest) -> str | None:
        family = condition.operator.family
        known = {"Null", *self.scale.families, *(() if self.any_text else self.scale.blind_families)}
        if family in known or texts_of(condition) is not None or not condition.values:
            return None
        return f"its values are divided by {self.scale.contents}, which {condition.name} does not compare"

    def domain(self, conditions: Sequence[ConditionTest], budget: Budget) -> ReadValues:
        return ReadValues(self.scale, conditions, any_text=self.any_text, budget=budget)


def _texts_named_by(condition: ConditionTest) -> tuple[str, ...]:
    return texts_of(condition) or ()


def _texts_besides(named: dict[str, None]) -> Iterator[str]:
    """Texts of no type that no condition names."""
    yield from (text for text in _UNREADABLE if text not in named)
    longest = max(named, key=len, default="")
    yield f"{longest}-other-text"
