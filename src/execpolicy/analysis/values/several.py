"""Sets of lists of values: those of a property that may be absent, have one value, or have several."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from execpolicy.analysis.values.value_set import ValueSet


class Lists(NamedTuple):
    """The lists of two or more values that are all allowed, and among which is one of each required set.

    Each required set is a part of the allowed one and not all of it, and none contains another.
    """

    allowed: ValueSet
    required: tuple[ValueSet, ...] = ()


class SeveralValues:
    """A set of lists of values, closed under ``&``, ``|`` and ``~``.

    Attributes:
        full: all values that a list can have.
        absent: whether the empty list belongs to the set.
        one: the values that belong to it alone.
        several: the lists of two or more values that belong to it, as a union.

    >>> some_of_the_first = SeveralValues(0b11, False, 0b01, [Lists(0b11, (0b01,))])
    >>> (some_of_the_first & ~SeveralValues(0b11, True, 0b01, [Lists(0b01)])).several
    (Lists(allowed=3, required=(1, 2)),)
    """

    __slots__ = ("absent", "full", "one", "several")

    def __init__(self, full: ValueSet, absent: bool, one: ValueSet, several: Iterable[Lists] = ()) -> None:
        self.full = full
        self.absent = absent
        self.one = one
        self.several = tuple(several)

    def __and__(self, other: SeveralValues) -> SeveralValues:
        pairs = [(mine, theirs) for mine in self.several for theirs in other.several]
        both = [lists_of(mine.allowed & theirs.allowed, (*mine.required, *theirs.required)) for mine, theirs in pairs]
        return SeveralValues(self.full, self.absent and other.absent, self.one & other.one, _largest(both))

    def __or__(self, other: SeveralValues) -> SeveralValues:
        several = _largest([*self.several, *other.several])
        return SeveralValues(self.full, self.absent or other.absent, self.one | other.one, several)

    def __invert__(self) -> SeveralValues:
        rest = SeveralValues(self.full, True, self.full, [Lists(self.full)])
        for each in self.several:
            # What is not such a list has a value that is not allowed, or none of a required set.
            others = [lists_of(self.full, (self.full & ~each.allowed,))]
            others += [lists_of(self.full & ~required, ()) for required in each.required]
            rest &= SeveralValues(self.full, True, self.full, _largest(others))
        return SeveralValues(self.full, not self.absent, self.full & ~self.one, rest.several)

    def __bool__(self) -> bool:
        return self.absent or bool(self.one) or bool(self.several)

    def __repr__(self) -> str:
        return f"SeveralValues({self.full!r}, {self.absent!r}, {self.one!r}, {self.several!r})"


def lists_of(allowed: ValueSet, required: Iterable[ValueSet]) -> Lists | None:
    """The lists of allowed values that have one of each required set; None if there are none.

    >>> lists_of(0b111, (0b1001, 0b011, 0b111)), lists_of(0b1, (0b10,))
    (Lists(allowed=7, required=(1,)), None)
    """
    if not allowed:
        return None
    needed = [each & allowed for each in required]
    if not all(needed):
        return None
    kept: list[ValueSet] = []
    for each in needed:
        if allowed & ~each and not any(not other & ~each for other in kept):
            kept = [other for other in kept if each & ~other]
            kept.append(each)
    return Lists(allowed, tuple(kept))


def _largest(several: Iterable[Lists | None]) -> list[Lists]:
    """The same lists in fewer parts: without those that another part has."""
    kept: list[Lists] = []
    for each in several:
        if each is not None and not any(_contains(other, each) for other in kept):
            kept = [other for other in kept if not _contains(each, other)]
            kept.append(each)
    return kept


def _contains(one: Lists, other: Lists) -> bool:
    """Whether all lists of the second part belong to the first."""
    if other.allowed & ~one.allowed:
        return False
    certain = (*other.required, other.allowed)
    return all(any(not each & ~required for each in certain) for required in one.required)
