"""Patterns without a whole literal segment, such as ``…*-k1-*``: found by a few characters that a text must have.

A text that a pattern matches contains each of its literal pieces. Of a few patterns, each is tried where its rarest
piece is in the text. Many are indexed by four characters of a piece, those that the fewest other patterns have, and a
text is read once, character by character: the time is that of the shorter one, the text or the list of patterns.
Patterns without so long a piece are tried for every text.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.glob import matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from execpolicy.language.glob import Matcher, Tokens

#: The number of characters by which patterns are indexed.
GRAM = 4
#: The largest number of patterns that is not indexed: to read a text takes as long as to look for their pieces.
FEW = 32


class Residual:
    """Patterns by pieces of text.

    >>> from execpolicy.language.glob import tokens_of
    >>> found = []
    >>> Residual([(0, tokens_of("*-k1-*")), (1, tokens_of("*-k2-*"))]).add_matching("a-k2-b", found)
    >>> found
    [1]
    """

    __slots__ = ("by_gram", "by_piece", "others")

    def __init__(self, patterns: Sequence[tuple[int, Tokens]]) -> None:
        counts = _counts([_pieces(tokens) for _, tokens in patterns])
        #: Every pattern with its rarest piece.
        self.by_piece: tuple[tuple[str, int, Matcher], ...] = tuple(
            (_rarest(_pieces(tokens), counts), number, matcher(tokens)) for number, tokens in patterns
        )
        #: The patterns by four characters, if there are many, and the patterns without four such characters.
        self.by_gram: dict[str, list[tuple[int, Matcher]]] = {}
        self.others: list[tuple[str, int, Matcher]] = []
        if len(patterns) > FEW:
            self._add([_grams(_pieces(tokens)) for _, tokens in patterns])

    def _add(self, grams: Sequence[Sequence[str]]) -> None:
        counts = _counts(grams)
        for entry, mine in zip(self.by_piece, grams, strict=True):
            if mine:
                self.by_gram.setdefault(_rarest(mine, counts), []).append(entry[1:])
            else:
                self.others.append(entry)

    def add_matching(self, text: str, found: list[int]) -> None:
        """Add the numbers of the patterns that match."""
        tried: Iterable[tuple[str, int, Matcher]] = self.by_piece
        if len(text) < len(self.by_gram):
            tried = self.others
            for gram in self.by_gram.keys() & {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}:
                found += [number for number, match in self.by_gram[gram] if match(text)]
        for piece, number, match in tried:
            if piece in text and match(text):
                found.append(number)


def _pieces(tokens: Tokens) -> list[str]:
    return [token for token in tokens if isinstance(token, str)]


def _grams(pieces: Iterable[str]) -> list[str]:
    return [piece[at : at + GRAM] for piece in pieces for at in range(len(piece) - GRAM + 1)]


def _counts(texts: Iterable[Iterable[str]]) -> dict[str, int]:
    """How many patterns have each text."""
    counts: dict[str, int] = {}
    for several in texts:
        for text in set(several):
            counts[text] = counts.get(text, 0) + 1
    return counts


def _rarest(texts: Iterable[str], counts: dict[str, int]) -> str:
    """The text that the fewest patterns have, the longest of those; empty where there is none."""
    return min(texts, key=lambda text: (counts[text], -len(text)), default="")
