"""The dimension of a context key that may have several values (CND-11, CND-12, CND-13)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.conditions import condition_of
from execpolicy.analysis.dimensions.dimension import Dimension, UniformSet, ValueExample
from execpolicy.analysis.dimensions.value_domain import MAX_EXAMPLES, ValueDomain
from execpolicy.analysis.values.several import Lists, SeveralValues, lists_of

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause
    from execpolicy.language.condition import ConditionTest
    from execpolicy.language.truth import Truth


class _Group(NamedTuple):
    """Values that are alike as members of a list, with one of them."""

    values: ValueSet
    example: str


class KeyOfSeveralValues(Dimension):
    """The lists of values of one key; the empty list stands for its absence.

    Whether a condition holds for a list depends on which groups of values the list has members of, where the members
    of a group have the same result alone. So no more than a few combinations of groups are tried, and not all lists.
    """

    __slots__ = ("_domain", "_key")
    absent: SeveralValues
    full: SeveralValues

    def __init__(self, name: str, key: str, domain: ValueDomain) -> None:
        self.name = name
        self._key = key
        self._domain = domain
        nothing = domain.full & ~domain.full
        self.absent = SeveralValues(domain.full, True, nothing)
        self.full = SeveralValues(domain.full, True, domain.full, map(Lists, domain.common()))

    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        yield UniformSet(self.absent, self._example())
        condition = condition_of(clause)
        groups: dict[object, _Group] = {}
        for values in filter(None, self._domain.parts(condition)):
            example = next(self._domain.examples(values))
            yield UniformSet(self._set(values), self._example(example))
            # As the only value, the empty text counts as none, in a list it is one.
            alike = _result(condition, example) if example else ""
            found = groups.get(alike)
            groups[alike] = _Group(values if found is None else found.values | values, example)
        yield from self._parts_of_lists(condition, tuple(groups.values()))

    def _parts_of_lists(self, condition: ConditionTest, groups: tuple[_Group, ...]) -> Iterable[UniformSet]:
        """The lists of two or more values, by the result of a condition."""
        by_result: dict[Truth, list[int]] = {}
        for members in range(1, 1 << len(groups)):
            by_result.setdefault(_result(condition, *_examples_of(groups, members)), []).append(members)
        for combinations in by_result.values():
            several = [
                lists_of(_union(groups, allowed), [_union(groups, each) for each in required])
                for allowed, required in _cover(len(groups), tuple(combinations))
            ]
            values = self.full & self._set(None, [each for each in several if each is not None])
            if values:
                yield UniformSet(values, next(self.examples(values)))

    def containing(self, example: ValueExample) -> SeveralValues:
        texts = example.keys[self._key]
        found = [self._domain.containing(text) for text in texts]
        if not texts:
            return self.absent
        if not all(found):
            return self._set(None)
        if len(texts) == 1:
            return self._set(found[0])
        allowed = found[0]
        for each in found:
            allowed = allowed | each
        lists = lists_of(allowed, found)
        return self.full & self._set(None, [] if lists is None else [lists])

    def examples(self, values: Any) -> Iterator[ValueExample]:
        return islice(self._all_examples(values), MAX_EXAMPLES)

    def _all_examples(self, values: SeveralValues) -> Iterator[ValueExample]:
        if values.absent:
            yield self._example()
        if values.one:
            yield from map(self._example, islice(self._domain.examples(values.one), MAX_EXAMPLES // 2))
        for lists in values.several:
            yield from (self._example(*texts) for texts in self._lists(lists))

    def _lists(self, lists: Lists) -> Iterator[tuple[str, ...]]:
        """Short lists: with a member for each required set, and a second one if there is but one."""
        needed: list[ValueSet] = []
        for required in lists.required or (lists.allowed,):
            place = next((place for place, each in enumerate(needed) if each & required), None)
            if place is None:
                needed.append(required)
            else:
                needed[place] = needed[place] & required
        texts = tuple(next(self._domain.examples(each)) for each in needed)
        if len(texts) > 1:
            yield texts
            return
        others = (text for text in self._domain.examples(lists.allowed) if text and text not in texts)
        yield from ((*texts, text) for text in islice(others, 1))
        yield texts * 2

    def _set(self, one: ValueSet | None, several: Sequence[Lists] = ()) -> SeveralValues:
        return SeveralValues(self._domain.full, False, self.absent.one if one is None else one, several)

    def _example(self, *texts: str) -> ValueExample:
        return ValueExample(keys={self._key: texts})


def _result(condition: ConditionTest, *texts: str) -> Truth:
    """The result for these values of the key, which is all that the condition reads."""
    return condition.test(lambda key: texts)


def _examples_of(groups: Sequence[_Group], members: int) -> tuple[str, ...]:
    """A list with members of exactly these groups."""
    texts = tuple(group.example for place, group in enumerate(groups) if members >> place & 1)
    return texts * 2 if len(texts) == 1 else texts


def _union(groups: Sequence[_Group], members: int) -> ValueSet:
    first, *others = (group.values for place, group in enumerate(groups) if members >> place & 1)
    for each in others:
        first = first | each
    return first


@lru_cache(maxsize=1024)
def _cover(groups: int, combinations: tuple[int, ...]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Combinations of groups as allowed and required ones, with as few parts as are found.

    >>> _cover(2, (0b01, 0b11))
    ((3, (1,)),)
    """
    wanted = set(combinations)
    found: list[tuple[int, tuple[int, ...]]] = []
    for allowed in sorted(range(1, 1 << groups), key=int.bit_count, reverse=True):
        for required in sorted(range(1, 1 << groups), key=int.bit_count, reverse=True):
            if required & ~allowed:
                continue
            covered = {each for each in range(1, 1 << groups) if not each & ~allowed and each & required}
            if covered <= set(combinations) and covered & wanted:
                found.append((allowed, () if required == allowed else (required,)))
                wanted -= covered
    exact = ((each, tuple(1 << place for place in range(groups) if each >> place & 1)) for each in sorted(wanted))
    return (*found, *exact)
