"""Which of many resource patterns match a text, without trying them all.

A pattern is filed under literal segments that every text it matches must have: whole texts in a dict, those with a
literal head in a tree of segments, those with a literal tail in a tree read backwards, those with neither under one
segment between two slashes. Of the places where a pattern could stand it takes the least crowded. What is found there
is tried by the pattern's own matcher, unless the place alone proves that it matches. Patterns without any whole
literal segment stay in a list that is tried for every text: the index is linear in those.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from execpolicy.language.glob import ANY, Matcher, Tokens


class Pattern(NamedTuple):
    """A pattern as normalised tokens, and the matcher that has the last word on it."""

    tokens: Tokens
    match: Matcher


class Place:
    """What is filed at one place: numbers of patterns that match whatever comes there, and patterns to be tried."""

    __slots__ = ("below", "sure", "tried")

    def __init__(self) -> None:
        self.below: dict[str, Place] = {}
        self.sure: tuple[int, ...] = ()
        self.tried: tuple[tuple[int, Matcher], ...] = ()

    def file(self, number: int, pattern: Pattern, *, sure: bool) -> None:
        if sure:
            self.sure += (number,)
        else:
            self.tried += ((number, pattern.match),)

    def under(self, segments: Iterable[str]) -> Place:
        """The place below this one along a path, made where it is not there."""
        place = self
        for segment in segments:
            place = place.below.setdefault(segment, Place())
        return place


class _Address(NamedTuple):
    """Where a pattern could be filed: under which of the three roots, along which segments."""

    root: str
    segments: tuple[str, ...]


class ResourceIndex:
    """Finds the patterns that match a text.

    >>> from execpolicy.language.glob import matcher, tokens_of
    >>> patterns = [Pattern(tokens_of(text), matcher(tokens_of(text))) for text in ("a/b", "a/*", "*/c", "?/b")]
    >>> ResourceIndex(patterns).look("a/b")
    (0, 1, 3)
    """

    __slots__ = ("always", "exact", "heads", "inner", "residual", "tails")

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        listed = list(patterns)
        self.always: tuple[int, ...] = ()
        self.exact: dict[str, tuple[int, ...]] = {}
        self.heads = Place()
        self.tails = Place()
        self.inner = Place()
        self.residual = Place()
        addresses = [_addresses(pattern.tokens) for pattern in listed]
        crowds: dict[Hashable, int] = {}
        for possible in addresses:
            for address in possible:
                crowds[address] = crowds.get(address, 0) + 1
        for number, (pattern, possible) in enumerate(zip(listed, addresses, strict=True)):
            self._file(number, pattern, possible, crowds)

    def _file(
        self, number: int, pattern: Pattern, possible: Iterable[_Address], crowds: Mapping[Hashable, int]
    ) -> None:
        tokens = pattern.tokens
        if tokens == (ANY,):
            self.always += (number,)
            return
        if len(tokens) <= 1 and all(isinstance(token, str) for token in tokens):
            text = "".join(str(token) for token in tokens)
            self.exact[text] = (*self.exact.get(text, ()), number)
            return
        best = min(
            possible,
            key=lambda place: (0 if _proves(place, tokens) else crowds[place], -len(place.segments)),
            default=None,
        )
        if best is None:
            self.residual.file(number, pattern, sure=False)
            return
        root = {"head": self.heads, "tail": self.tails, "inner": self.inner}[best.root]
        root.under(best.segments).file(number, pattern, sure=_proves(best, tokens))

    def look(self, text: str) -> tuple[int, ...]:
        """The numbers of all patterns that match, each once; equal sets may come in several orders."""
        found = [*self.always, *self.exact.get(text, ())]
        if self.heads.below or self.tails.below or self.inner.below:
            segments = text.split("/")
            self._walk(self.heads, segments[:-1], text, found)
            if self.inner.below:
                for segment in dict.fromkeys(segments[1:-1]):
                    place = self.inner.below.get(segment)
                    if place is not None:
                        _try(place.tried, text, found)
            self._walk(self.tails, segments[:0:-1], text, found)
        if self.residual.tried:
            _try(self.residual.tried, text, found)
        return tuple(found)

    def _walk(self, place: Place | None, segments: Iterable[str], text: str, found: list[int]) -> None:
        assert place is not None
        below = place.below
        for segment in segments:
            place = below.get(segment)
            if place is None:
                return
            below = place.below
            found += place.sure
            if place.tried:
                _try(place.tried, text, found)


def _try(tried: Iterable[tuple[int, Matcher]], text: str, found: list[int]) -> None:
    for number, match in tried:
        if match(text):
            found.append(number)


def _addresses(tokens: Tokens) -> list[_Address]:
    """Every place where a pattern can be filed. The whole segments at each are in every text that it matches."""
    if len(tokens) < 2:
        return []
    possible = []
    first, last = tokens[0], tokens[-1]
    if isinstance(first, str) and (head := first.split("/")[:-1]):
        possible.append(_Address("head", tuple(head)))
    if isinstance(last, str) and (tail := last.split("/")[1:]):
        possible.append(_Address("tail", tuple(reversed(tail))))
    for token in tokens:
        if isinstance(token, str):
            # Beyond the first slash of the text, and before its last one.
            whole = token.split("/")[1:-1]
            possible.extend(_Address("inner", (segment,)) for segment in dict.fromkeys(whole))
    return possible


def _proves(address: _Address, tokens: Tokens) -> bool:
    """Whether a text that leads to the place matches for sure: beside what was compared there is one ``*``."""
    if len(tokens) != 2 or address.root == "inner":
        return False
    first, last = tokens
    if address.root == "head":
        return last is ANY and isinstance(first, str) and first.endswith("/")
    return first is ANY and isinstance(last, str) and last.startswith("/")
