"""Compares wildcard patterns as sets of texts: whether one contains another, or whether they are disjoint.

Both patterns are evaluated in parallel over all texts. Characters that neither pattern names are equivalent. If too
many steps are needed, nothing is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, Tokens, Wildcard, matcher, normalised

#: The maximum number of pairs of states.
MAX_STATES = 4000
#: Whether a text is sought, given which of the two patterns match it.
_IsSought = Callable[[bool, bool], bool]
#: Represents every character that neither pattern names.
_OTHER = "\0"


class _PatternPositions:
    """The positions in a pattern that a text can reach, as the bits of an integer."""

    def __init__(self, pattern: Tokens) -> None:
        self._accepts: list[str | Wildcard] = []
        self._repeats: dict[int, Wildcard] = {}
        for token in pattern:
            if token in (ANY, ANY_IN_FIELD):
                assert isinstance(token, Wildcard)
                self._repeats[len(self._accepts)] = token
            else:
                self._accepts.extend(token if isinstance(token, str) else [token])

    def step(self, reached: int, char: str) -> int:
        """The positions after one more character."""
        after = 0
        for place in _bits(reached):
            if _takes(self._repeats.get(place), char):
                after |= 1 << place
            if place < len(self._accepts) and _takes(self._accepts[place], char):
                after |= 1 << place + 1
        return after

    def letters(self, reached: int) -> set[str]:
        """The characters that can lead to different positions: those that are named, and one for all others."""
        found: set[str] = set()
        for place in _bits(reached):
            token = self._accepts[place] if place < len(self._accepts) else None
            if isinstance(token, str):
                found.add(token)
            if isinstance(token, Wildcard) or place in self._repeats:
                found.update((":", _OTHER))
        return found

    def ends(self, reached: int) -> bool:
        """Whether a text can end here."""
        return bool(reached >> len(self._accepts) & 1)


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _takes(token: str | Wildcard | None, char: str) -> bool:
    if token is None or isinstance(token, str):
        return token == char
    return token in (ANY, ONE) or char != ":"


@lru_cache(maxsize=4096)
def contains(outer: Tokens, inner: Tokens) -> bool:
    """Whether it is certain that every text that ``inner`` matches is one that ``outer`` matches.

    >>> from execpolicy.language.glob import tokens_of
    >>> contains(tokens_of("GET/*"), tokens_of("GET/*/pets")), contains(tokens_of("GET/*/pets"), tokens_of("GET/*"))
    (True, False)
    """
    outer, inner = normalised(outer), normalised(inner)
    if outer in ((ANY,), inner):
        return True
    if all(isinstance(token, str) for token in inner):
        return matcher(outer)("".join(str(token) for token in inner))
    if _parted(outer, inner) or _longer_head(outer, inner):
        return False
    return _never(inner, outer, lambda in_inner, in_outer: in_inner and not in_outer)


@lru_cache(maxsize=4096)
def disjoint(one: Tokens, other: Tokens) -> bool:
    """Whether it is certain that no text is matched by both.

    >>> from execpolicy.language.glob import tokens_of
    >>> disjoint(tokens_of("GET/*"), tokens_of("*/pets")), disjoint(tokens_of("GET/*"), tokens_of("P*/pets"))
    (False, True)
    """
    one, other = normalised(one), normalised(other)
    return _parted(one, other) or _never(one, other, lambda in_one, in_other: in_one and in_other)


def _head(pattern: Tokens) -> str:
    return pattern[0] if pattern and isinstance(pattern[0], str) else ""


def _parted(one: Tokens, other: Tokens) -> bool:
    """Whether the patterns begin with different texts."""
    first, second = _head(one), _head(other)
    return not (first.startswith(second) or second.startswith(first))


def _longer_head(outer: Tokens, inner: Tokens) -> bool:
    """Whether the outer pattern needs a character at a place where the inner one accepts others."""
    return len(_head(outer)) > len(_head(inner))


def _never(one: Tokens, other: Tokens, found: _IsSought) -> bool:
    """Whether it is certain that no text is sought."""
    first, second = _PatternPositions(one), _PatternPositions(other)
    states = {(1, 1)}
    waiting = [(1, 1)]
    while waiting:
        here, there = waiting.pop()
        if found(first.ends(here), second.ends(there)):
            return False
        for letter in first.letters(here) | second.letters(there):
            after = first.step(here, letter)
            state = (after, second.step(there, letter))
            if after and state not in states:
                states.add(state)
                waiting.append(state)
        if len(states) > MAX_STATES:
            return False
    return True
