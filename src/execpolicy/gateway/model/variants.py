"""Parts of a file that differ with what is not known, and their values that are possible together (SRC-9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, Final, Generic, NamedTuple, TypeVar

from execpolicy.document.syntax.wording import listed
from execpolicy.errors import Source, UsageError

_T = TypeVar("_T")
_R = TypeVar("_R")
#: The most combinations of values of several parts for which a call is simulated.
MAX_WORLDS: Final = 256

#: The options that give values of pseudo parameters, by their names.
_OPTIONS: Final = {
    "the name of the stack": "parameters=",
    "the id of the stack": "parameters=",
    "the notification topics of the stack": "parameters=",
    "the account": "account=",
    "the region": "region=",
    "the partition": "region=",
    "the URL suffix": "region=",
}


class FileReadings(NamedTuple):
    """The readings of a file: what is assumed in each about what is not known (SRC-5).

    Attributes:
        source: the file.
        truths: for each reading the conditions that were evaluated, with their truth.
    """

    source: Source
    truths: tuple[tuple[tuple[str, bool], ...], ...]


class Origin(NamedTuple):
    """Where the values of a part come from.

    Attributes:
        readings: the readings of its file. Parts with equal readings have their values of one reading together.
        numbers: for each reading the number of its value; None where the part does not exist.
    """

    readings: FileReadings
    numbers: tuple[int | None, ...]


class Variants(NamedTuple, Generic[_T]):
    """A part of a file as it is read for each possible value of what is not known.

    Attributes:
        values: the different results; one if nothing that is not known matters.
        depends_on: the names of the unknown values that make the difference, such as ``the parameter Stage``. A caller
            that exists with some values only depends on them too.
        conditions: the names of the conditions of the template that make it.
        origin: the readings that the values come from; None if there is one reading only.
    """

    values: tuple[_T, ...]
    depends_on: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    origin: Origin | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is one value, and it exists whatever is not known."""
        may_be_missing = bool(self.depends_on) and self.origin is not None and None in self.origin.numbers
        return len(self.values) == 1 and not may_be_missing

    def value_or_variants(self) -> _T | Variants[_T]:
        """The value, if nothing that is not known matters; else the part itself, with its variants."""
        return self.values[0] if self.is_known else self

    def only(self, what: str) -> _T:
        """The value, if nothing that is not known matters; ``what`` is what messages call the part.

        Raises:
            UsageError: there are several values, or none, or the part exists with some values only.

        >>> Variants(("prod", "beta"), ("the parameter Stage",)).only("the stage")
        Traceback (most recent call last):
        execpolicy.errors.UsageError: the stage depends on the parameter Stage, which is not known
          give its value with parameters=
        """
        if self.is_known:
            return self.values[0]
        verb = "is" if len(self.depends_on) == 1 else "are"
        raise UsageError(
            f"{what} depends on {listed(self.depends_on, 'and')}, which {verb} not known", advice=self.advice()
        )

    def advice(self) -> str:
        """How to decide which value it is."""
        options = {option: None for name in self.depends_on if (option := _option_for(name))}
        values = "its value" if len(self.depends_on) == 1 else "their values"
        ways = [f"{values} with {listed([*options], 'and')}"] if options else []
        if self.conditions:
            ways.append(f"the truth of {listed(self.conditions, 'and')} with conditions=")
        return f"give {', or '.join(ways)}" if ways else "give the values that it depends on"

    def map(self, change: Callable[[_T], _R]) -> Variants[_R]:
        """The same part with a change made in each value.

        Args:
            change: makes the changed value.
        """
        return Variants(tuple(map(change, self.values)), self.depends_on, self.conditions, self.origin)

    def when(self, number: int) -> Iterator[tuple[str, bool]]:
        """The conditions that make the difference, with the truth that each of them has for a value.

        Args:
            number: the number of the value, from 0 on.
        """
        if self.origin is None:
            return
        readings, numbers = self.origin
        truths = [dict(each) for each, found in zip(readings.truths, numbers, strict=True) if found == number]
        for name in self.conditions:
            found = {each.get(name) for each in truths}
            truth = found.pop()
            if truth is not None and not found:
                yield name, truth


def _option_for(name: str) -> str:
    """The option that gives a value by its name; empty if none does, as for an import."""
    return "parameters=" if name.startswith("the parameter ") else _OPTIONS.get(name, "")


def values_of(part: _T | Variants[_T] | None) -> tuple[_T, ...]:
    """The values of a part that may be given as it is, or may be missing."""
    if part is None:
        return ()
    return part.values if isinstance(part, Variants) else (part,)


class World(NamedTuple):
    """Values of several parts that are possible together.

    Attributes:
        number: distinguishes the worlds of the first part; it does not depend on the other parts.
        values: the number of each part's value; None for a part that does not exist.
    """

    number: int
    values: tuple[int | None, ...]


def worlds(parts: Sequence[Variants[Any]], *, distinct: bool = True) -> list[World]:
    """The values that the parts can have together. Those of one file are of one reading.

    Args:
        parts: the first one is there in each world.
        distinct: whether readings with the same values are one world.

    Raises:
        UsageError: there are more than ``MAX_WORLDS``.
    """
    groups: list[tuple[FileReadings | None, list[tuple[int | None, ...]]]] = []
    places: list[tuple[int, int]] = []
    for part in parts:
        readings = None if part.origin is None else part.origin.readings
        numbers = tuple(range(len(part.values))) if part.origin is None else part.origin.numbers
        at = next((at for at, (known, _) in enumerate(groups) if known is not None and known == readings), len(groups))
        if at == len(groups):
            groups.append((readings, []))
        places.append((at, len(groups[at][1])))
        groups[at][1].append(numbers)
    columns = [list(enumerate(zip(*numbers, strict=True))) for _, numbers in groups]
    others = [list(dict.fromkeys(values for _, values in column)) for column in columns[1:]]
    first = [(number, values) for number, values in columns[0] if values[0] is not None]
    if distinct:
        numbers_of: dict[tuple[int | None, ...], int] = {}
        for number, values in first:
            numbers_of.setdefault(values, number)
        first = [(number, values) for values, number in numbers_of.items()]
    count = len(first) * prod(map(len, others))
    if count > MAX_WORLDS:
        raise UsageError(
            f"the call has {count} combinations of values that are not known, expected at most {MAX_WORLDS}",
            advice="give values with parameters=, or the truth of conditions with conditions=",
        )
    return [
        World(number, tuple((values, *rest)[group][at] for group, at in places))
        for number, values in first
        for rest in product(*others)
    ]
