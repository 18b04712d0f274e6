"""Which of many resource patterns match a text, without trying them all.

A pattern is filed under literal segments that every text it matches must have: whole texts in a dict, those with a
literal head in a tree of segments, those with a literal tail in a tree read backwards, those with neither under one
segment between two slashes. Of the places where a pattern could stand it takes the least crowded. What is found there
is tried by the pattern's own matcher, unless the place alone proves that it matches. Patterns without any whole
literal segment, and those of a place where many are to be tried, are found by a few of their characters (residual.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy.engine.fast.residual import FEW, Residual
from execpolicy.language.glob import ANY, Matcher, Tokens, matcher


class Place:
    """What is filed at one place: numbers of patterns that match whatever comes there, and patterns to be tried."""

    __slots__ = ("below", "sure", "tried")

    def __init__(self) -> None:
        self.below: dict[str, Place] = {}
        self.sure: tuple[int, ...] = ()
        self.tried: tuple[tuple[int, Matcher], ...] | Residual = ()

    def under(self, segments: Iterable[str]) -> Place:
        """The place below this one along a path, made where it is not there."""
        place = self
        for segment in segments:
            next_place = place.below.get(segment)
            if next_place is None:
                next_place = place.below[segment] = Place()
            place = next_place
        return place


#: Where a pattern could be filed: under which of the three roots, and along which segments, joined by slashes.
_Address = tuple[str, str]


class ResourceIndex:
    """Finds the patterns that match a text.

    Args:
        patterns: normalised tokens, no two alike; a pattern's number is its place here.

    >>> from execpolicy.language.glob import tokens_of
    >>> ResourceIndex([tokens_of(text) for text in ("a/b", "a/*", "*/c", "?/b")]).look("a/b")
    (0, 1, 3)
    """

    __slots__ = ("always", "exact", "heads", "inner", "residual", "tails")

    def __init__(self, patterns: Iterable[Tokens]) -> None:
        self.always: tuple[int, ...] = ()
        self.exact: dict[str, int] = {}
        self.heads = Place()
        self.tails = Place()
        self.inner = Place()
        self.residual: Residual | None
        tried: list[tuple[int, Tokens]] = []
        for number, tokens in enumerate(patterns):
            if not self._file_what_is_sure(number, tokens):
                tried.append((number, tokens))
        self._file_what_is_tried(tried)

    def _file_what_is_sure(self, number: int, tokens: Tokens) -> bool:
        """File a pattern whose place proves that a text matches: beside what is compared there is at most one ``*``."""
        match tokens:
            case ():
                self.exact[""] = number
            case (str(text),):
                self.exact[text] = number
            case (wildcard,) if wildcard is ANY:
                self.always += (number,)
            case (str(head), last) if last is ANY and head.endswith("/"):
                self.heads.under(head.split("/")[:-1]).sure += (number,)
            case (first, str(tail)) if first is ANY and tail.startswith("/"):
                self.tails.under(tail.split("/")[:0:-1]).sure += (number,)
            case _:
                return False
        return True

    def _file_what_is_tried(self, patterns: Sequence[tuple[int, Tokens]]) -> None:
        """File patterns where the fewest of them could stand, the longer path of two."""
        addresses = [_addresses(tokens) for _, tokens in patterns]
        crowds: dict[_Address, int] = {}
        for possible in addresses:
            for address in possible:
                crowds[address] = crowds.get(address, 0) + 1
        roots = {"head": self.heads, "tail": self.tails, "inner": self.inner}
        filed: dict[Place, list[tuple[int, Tokens]]] = {}
        left = []
        for (number, tokens), possible in zip(patterns, addresses, strict=True):
            if not possible:
                left.append((number, tokens))
                continue
            root, path = min(possible, key=lambda address: (crowds[address], -address[1].count("/")))
            filed.setdefault(roots[root].under(path.split("/")), []).append((number, tokens))
        self.residual = Residual(left) if left else None
        for place, tried in filed.items():
            if len(tried) > FEW:
                place.tried = Residual(tried)
            else:
                place.tried = tuple((number, matcher(tokens)) for number, tokens in tried)

    def look(self, text: str) -> tuple[int, ...]:
        """The numbers of all patterns that match, each once; equal sets may come in several orders."""
        found = [*self.always]
        exact = self.exact.get(text)
        if exact is not None:
            found.append(exact)
        if self.heads.below or self.tails.below or self.inner.below:
            segments = text.split("/")
            self._walk(self.heads, segments[:-1], text, found)
            if self.inner.below:
                for segment in dict.fromkeys(segments[1:-1]):
                    place = self.inner.below.get(segment)
                    if place is not None:
                        _try(place.tried, text, found)
            self._walk(self.tails, segments[:0:-1], text, found)
        if self.residual is not None:
            self.residual.look(text, found)
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


def _try(tried: Iterable[tuple[int, Matcher]] | Residual, text: str, found: list[int]) -> None:
    if isinstance(tried, Residual):
        tried.look(text, found)
        return
    for number, match in tried:
        if match(text):
            found.append(number)


def _addresses(tokens: Tokens) -> list[_Address]:
    """Every place where a pattern can be filed. The whole segments at each are in every text that it matches."""
    possible: list[_Address] = []
    first, last = tokens[0], tokens[-1]
    if isinstance(first, str) and (slash := first.rfind("/")) >= 0:
        possible.append(("head", first[:slash]))
    if isinstance(last, str) and (slash := last.find("/")) >= 0:
        possible.append(("tail", "/".join(last.split("/")[:0:-1])))
    for token in tokens:
        if isinstance(token, str):
            # Beyond the first slash of the text, and before its last one.
            whole = token.split("/")[1:-1]
            possible.extend([("inner", segment) for segment in dict.fromkeys(whole)])
    return possible
