"""Finds which of many patterns match a text, in one pass over it, however many patterns there are (RES-1, RES-2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, Wildcard, normalised

#: The most steps that are kept.
_MOST_STEPS: Final = 200_000


class MatchedPatterns:
    """An automaton of all patterns: its state is the set of places in the patterns that a text can reach, as bits.

    A step from one state by one character is made once and then kept, so that texts that begin alike share their steps.

    Args:
        patterns: the patterns.
        of_ends: patterns of the end of a text, which ``begun`` begins at its place.

    >>> from execpolicy.language.glob import tokens_of
    >>> found = MatchedPatterns([tokens_of("GET/*"), tokens_of("*/pets"), tokens_of("GET/a?")])
    >>> found.of("GET/pets") == found.of("GET/more/pets"), found.of("GET/pets") == found.of("GET/ab")
    (True, False)
    """

    def __init__(self, patterns: Iterable[Tokens], of_ends: Iterable[Tokens] = ()) -> None:
        units: list[str | Wildcard | None] = []
        self._final = self._repeat = self._repeat_in_field = 0
        self._first = self._first_of_ends = 0
        ends = [normalised(each) for each in of_ends]
        for number, pattern in enumerate((*ends, *map(normalised, patterns))):
            if number < len(ends):
                self._first_of_ends |= 1 << len(units)
            else:
                self._first |= 1 << len(units)
            for token in pattern:
                if token is ANY:
                    self._repeat |= 1 << len(units)
                elif token is ANY_IN_FIELD:
                    self._repeat_in_field |= 1 << len(units)
                else:
                    units.extend(token if isinstance(token, str) else (token,))
            self._final |= 1 << len(units)
            units.append(None)  # no character continues after the end
        self._accepts: dict[str, int] = {}
        self._accepts_any = self._accepts_in_field = 0
        for place, unit in enumerate(units):
            if unit is ONE:
                self._accepts_any |= 1 << place
            elif unit is ONE_IN_FIELD:
                self._accepts_in_field |= 1 << place
            elif isinstance(unit, str):
                self._accepts[unit] = self._accepts.get(unit, 0) | 1 << place
        self._steps: dict[int, dict[str, int]] = {}
        self._kept = 0

    def begun(self, text: str, end: int) -> int:
        """The state after the beginning of a text.

        Args:
            text: the beginning.
            end: the place in it at which the end of the text begins.
        """
        return self.after(text) | self.after(text[end:], self._first_of_ends)

    def after(self, text: str, state: int | None = None) -> int:
        """The state after a text.

        Args:
            text: the text.
            state: the state before it; None for the one at the beginning.
        """
        reached = self._first if state is None else state
        steps = self._steps
        for char in text:
            known = steps.get(reached)
            following = None if known is None else known.get(char)
            reached = self._new_step(reached, char) if following is None else following
        return reached

    def of(self, text: str, state: int | None = None) -> int:
        """The patterns that match a text, as a number: two texts with the same number match the same patterns.

        Args:
            text: the text, or the rest of it.
            state: the state after what is before that; None for the whole text.
        """
        return self.after(text, state) & self._final

    def _new_step(self, reached: int, char: str) -> int:
        if self._kept >= _MOST_STEPS:
            self._steps.clear()
            self._kept = 0
        accepted = self._accepts.get(char, 0) | self._accepts_any
        repeated = self._repeat
        if char != ":":
            accepted |= self._accepts_in_field
            repeated |= self._repeat_in_field
        following = (reached & accepted) << 1 | reached & repeated
        self._steps.setdefault(reached, {})[char] = following
        self._kept += 1
        return following
