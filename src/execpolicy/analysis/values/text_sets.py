"""Sets of texts where there are too many cells: unions of conjunctions of patterns, none of them empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.joint_automaton import WITHIN
from execpolicy.analysis.values.text_cells import MAX_EXAMPLES
from execpolicy.analysis.values.text_domain import TextDomain
from execpolicy.analysis.values.text_search import TextSearch, bits

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_pattern import TextPattern

    #: The bits of the patterns that match the texts, and of those that do not.
    Conjunction: TypeAlias = tuple[int, int]


class TextSet:
    """Texts by the patterns that match them and those that do not, and perhaps the value that is no text."""

    __slots__ = ("absent", "alternatives", "search")

    def __init__(self, search: TextSearch, alternatives: frozenset[Conjunction], absent: bool) -> None:
        self.search = search
        self.alternatives = alternatives
        self.absent = absent

    def __and__(self, other: TextSet | TextsOutside) -> TextSet:
        if isinstance(other, TextsOutside):
            return self._without(other.inside)
        alternatives = _intersection(self.alternatives, other.alternatives, self.search)
        return TextSet(self.search, alternatives, self.absent and other.absent)

    def __or__(self, other: TextSet) -> TextSet:
        alternatives = _widest({*self.alternatives, *other.alternatives})
        return TextSet(self.search, alternatives, self.absent or other.absent)

    def __invert__(self) -> TextsOutside:
        return TextsOutside(self)

    def __bool__(self) -> bool:
        return self.absent or bool(self.alternatives)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TextSet):
            return NotImplemented
        return (self.alternatives, self.absent) == (other.alternatives, other.absent)

    def __hash__(self) -> int:
        return hash((self.alternatives, self.absent))

    def _without(self, other: TextSet) -> TextSet:
        """The texts that another set does not have."""
        patterns = sum(positive for positive, negative in other.alternatives if _is_pattern(positive, negative))
        left = _without_patterns(self.alternatives, patterns, self.search)
        for conjunction in sorted(other.alternatives):
            if not _is_pattern(*conjunction):
                left = _widest(piece for each in left for piece in _difference(each, conjunction, self.search))
        return TextSet(self.search, left, self.absent and not other.absent)


class TextsOutside:
    """What is not in a set: it is found where it is combined with another set."""

    __slots__ = ("inside",)

    def __init__(self, inside: TextSet) -> None:
        self.inside = inside

    def __and__(self, other: TextSet) -> TextSet:
        return other & self

    def __invert__(self) -> TextSet:
        return self.inside


def _intersection(
    one: frozenset[Conjunction], other: frozenset[Conjunction], search: TextSearch
) -> frozenset[Conjunction]:
    # What a conjunction of both sets has in common with others is a part of it.
    shared, rest = one & other, other - one
    both = {(first | third, second | fourth) for first, second in one - other for third, fourth in rest}
    return _widest((*shared, *(each for each in both if search.find(*each) is not None)))


def _is_pattern(positive: int, negative: int) -> bool:
    """Whether a conjunction is the texts of one pattern."""
    return not negative and positive.bit_count() == 1


def _without_patterns(
    conjunctions: frozenset[Conjunction], patterns: int, search: TextSearch
) -> frozenset[Conjunction]:
    """The texts that none of these patterns matches. Patterns that match none of the texts anyway are not named."""
    pieces = []
    for positive, negative in conjunctions:
        others = negative | patterns & ~search.excluded(positive)
        if not positive & others and search.find(positive, others) is not None:
            pieces.append((positive, others))
    return _widest(pieces)


def _difference(one: Conjunction, other: Conjunction, search: TextSearch) -> Iterator[Conjunction]:
    """The texts of one conjunction that another does not have, as conjunctions that may overlap."""
    positive, negative = one
    if positive & other[1] or other[0] & (negative | search.excluded(positive)):
        yield one
        return
    pieces = [(positive, negative | bit) for bit in bits(other[0] & ~positive)]
    pieces += [(positive | bit, negative) for bit in bits(other[1] & ~negative)]
    for piece in pieces:
        if search.find(*piece) is not None:
            yield piece


def _widest(conjunctions: Iterable[Conjunction]) -> frozenset[Conjunction]:
    """The conjunctions without those that others contain: a wider one names fewer patterns."""
    distinct = frozenset(conjunctions)
    if len(distinct) < 2:
        return distinct
    kept: list[Conjunction] = []
    for _, group in groupby(sorted(distinct, key=_size), key=lambda each: _size(each)[0]):
        kept += [each for each in group if not any(_contains(wide, each) for wide in kept)]
    return frozenset(kept)


def _contains(wide: Conjunction, narrow: Conjunction) -> bool:
    return not wide[0] & ~narrow[0] and not wide[1] & ~narrow[1]


def _size(conjunction: Conjunction) -> tuple[int, Conjunction]:
    return conjunction[0].bit_count() + conjunction[1].bit_count(), conjunction


class TextSets(TextDomain):
    """A domain whose sets are found when they are needed."""

    __slots__ = ("_bits_of", "_learned", "_preferred", "_search")
    full: TextSet
    present: TextSet
    absent: TextSet

    def __init__(
        self,
        patterns: Sequence[TextPattern],
        *,
        within: TextPattern,
        preferred: Iterable[str] = (),
        beginnings: Iterable[str] = (),
        optional: bool = False,
        budget: Budget,
    ) -> None:
        self._search = TextSearch(within, patterns, budget, tuple(beginnings))
        self._preferred = preferred
        #: The preferred texts that are possible, with the patterns that match them, once they are needed.
        self._learned: list[tuple[int, str]] | None = None
        self._bits_of = {pattern: WITHIN << place + 1 for place, pattern in enumerate(patterns)}
        self.present = self._set([(0, 0)])
        self.full = self._set([(0, 0)], absent=optional)
        self.absent = self._set([], absent=optional)

    def _set(self, conjunctions: Iterable[Conjunction], *, absent: bool = False) -> TextSet:
        possible = (each for each in conjunctions if self._search.find(*each) is not None)
        return TextSet(self._search, _widest(possible), absent)

    def matching(self, *patterns: TextPattern) -> TextSet:
        """As TextDomain says."""
        return self._set((self._bits_of[pattern], 0) for pattern in patterns)

    def containing(self, text: str) -> TextSet:
        """As TextDomain says."""
        matched = self._search.learn(text)
        if not matched & WITHIN:
            return self._set([])
        everything = sum(self._bits_of.values())
        return self._set([(matched & everything, everything & ~matched)])

    def example(self, values: Any) -> str:
        """As TextDomain says."""
        return self._found(min(values.alternatives, key=_size))

    def examples(self, values: Any) -> Iterator[str]:
        """As TextDomain says."""
        return islice(dict.fromkeys(self._examples(values)), MAX_EXAMPLES)

    def _examples(self, values: TextSet) -> Iterator[str]:
        if self._learned is None:
            learned = [(self._search.learn(text), text) for text in self._preferred]
            self._learned = [each for each in learned if each[0] & WITHIN]
        shown = set()
        for matched, text in self._learned:
            of_text = [each for each in values.alternatives if _has(each, matched)]
            if of_text:
                yield text
                shown.update(of_text)
        yield from map(self._found, sorted(values.alternatives - shown, key=_size))

    def _found(self, conjunction: Conjunction) -> str:
        found = self._search.find(*conjunction)
        assert found is not None, "a set has no empty conjunction"
        return found


def _has(conjunction: Conjunction, matched: int) -> bool:
    """Whether texts that patterns match are in a conjunction."""
    positive, negative = conjunction
    return matched & positive == positive and not matched & negative
