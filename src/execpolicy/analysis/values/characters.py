"""Sets of characters: those that are listed, or all but those."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from execpolicy._base.records import NamedTuple

#: The characters of examples, the most readable first.
_READABLE = (
    string.ascii_lowercase
    + string.digits
    + string.ascii_uppercase
    + "-_.~/=@+,:;!$&'()[]{}<>|^`#%*?\"\\ "
    + "".join(map(chr, range(0xC0, 0x100)))
)
_PLACES = {character: place for place, character in enumerate(_READABLE)}
#: Where other characters of examples begin: letters of Africa, Asia and so on, then signs.
_FIRST_OTHER = 0x100
_SURROGATES = range(0xD800, 0xE000)
#: Letters with a case are in the first two planes of Unicode.
_AFTER_LETTERS_WITH_CASE = 0x20000


class CharacterSet(NamedTuple):
    """A set of characters: the listed ones, or with ``negated`` all others. Surrogates are no characters."""

    listed: frozenset[str]
    negated: bool = False

    def has(self, character: str) -> bool:
        """Whether a character belongs to the set.

        >>> none_of(":").has("a"), none_of(":").has(":")
        (True, False)
        """
        return (character in self.listed) is not self.negated

    def contains(self, other: CharacterSet) -> bool:
        """Whether it has every character of another set."""
        if self.negated:
            return self.listed <= other.listed if other.negated else not self.listed & other.listed
        return not other.negated and other.listed <= self.listed

    def readable(self) -> Iterator[str]:
        """Its characters, the most readable first."""
        if not self.negated:
            yield from sorted(self.listed, key=lambda character: (_PLACES.get(character, len(_PLACES)), character))
            return
        yield from (character for character in _READABLE if character not in self.listed)
        for code in range(_FIRST_OTHER, 0x110000):
            if code not in _SURROGATES and chr(code) not in self.listed:
                yield chr(code)
        yield from (chr(code) for code in range(_FIRST_OTHER) if chr(code) not in _PLACES and self.has(chr(code)))


def one_of(characters: Iterable[str]) -> CharacterSet:
    """The set of these characters."""
    return CharacterSet(frozenset(characters))


def none_of(characters: Iterable[str]) -> CharacterSet:
    """The set of all characters but these."""
    return CharacterSet(frozenset(characters), negated=True)


ANY_CHARACTER = none_of("")
NO_COLON = none_of(":")
DIGITS = one_of(string.digits)
LOWER_CASE = one_of(string.ascii_lowercase)
LETTERS = one_of(string.ascii_letters)


def union(*sets: CharacterSet) -> CharacterSet:
    """The characters of listed sets, together."""
    assert not any(each.negated for each in sets), "a union of sets that list their characters"
    return one_of(character for each in sets for character in each.listed)


@lru_cache(maxsize=1024)
def either_case(character: str, fold: Callable[[str], str]) -> CharacterSet:
    """The characters that are equal to one where the case does not count (CND-18).

    Args:
        character: the character.
        fold: takes the case from a text, letter by letter.

    >>> from execpolicy.language.letter_case import with_ascii_folded, with_letters_folded
    >>> [len(either_case(letter, with_ascii_folded).listed) for letter in "KL1é"]
    [2, 2, 1, 1]
    >>> [len(either_case(letter, with_letters_folded).listed) for letter in "KL1é"]
    [3, 2, 1, 2]
    """
    return one_of((character, *_by_folded(fold).get(fold(character), ())))


@lru_cache(maxsize=4)
def _by_folded(fold: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    """The letters with a case, by what they are without it."""
    found: dict[str, list[str]] = {}
    for letter in map(chr, range(_AFTER_LETTERS_WITH_CASE)):
        if letter.lower() != letter or letter.upper() != letter:
            found.setdefault(fold(letter), []).append(letter)
    return found


def regions(sets: Iterable[CharacterSet]) -> tuple[CharacterSet, ...]:
    """Disjoint sets, not empty, of the characters that are in some of these: each set has all of a region, or none.

    >>> regions([none_of(":"), DIGITS]) == (none_of(":0123456789"), DIGITS)
    True
    """
    given = tuple(sets)
    others = tuple(each.negated for each in given)
    by_sets: dict[tuple[bool, ...], set[str]] = {}
    for character in sorted(frozenset().union(*(each.listed for each in given))):
        by_sets.setdefault(tuple(each.has(character) for each in given), set()).add(character)
    by_sets.pop(others, None)
    finite = tuple(one_of(found) for inside, found in by_sets.items() if any(inside))
    if not any(others):
        return finite
    return (none_of(frozenset().union(*by_sets.values())), *finite)
