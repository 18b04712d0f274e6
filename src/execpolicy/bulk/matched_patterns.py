"""Finds which of many patterns match a text, in one pass over it, however many patterns there are (RES-1, RES-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Wildcard

#: The most steps that are kept.
_MOST_STEPS: Final = 200_000


class PathPart(Enum):
    """A part of the path of a route that is not literal text: one segment, or all that follow, at least one."""

    SEGMENT = "{}"
    REST = "{+}"


SEGMENT, REST = PathPart.SEGMENT, PathPart.REST
#: A pattern: texts, wildcards, and parts of paths.
AnyTokens = Sequence[str | Wildcard | PathPart]


class PatternState(dict[str, "PatternState"]):
    """What a text has reached: for each place where it may begin the places of the patterns; and the next states.

    Attributes:
        places: the places in the patterns, as bits, for each beginning.
        found: the patterns that end here, as bits, for each beginning.
    """

    __slots__ = ("found", "places")

    def __init__(self, places: tuple[int, ...], found: tuple[int, ...]) -> None:
        super().__init__()
        self.places = places
        self.found = found


class MatchedPatterns:
    """An automaton of all patterns.

    A step from one state by one character is made once and then kept, so that texts that begin alike share their steps.

    Args:
        groups: the patterns, in groups that begin at different places of a text.

    >>> from execpolicy.language.glob import tokens_of
    >>> patterns = MatchedPatterns([[tokens_of("GET/*"), tokens_of("*/pets"), tokens_of("GET/a?")]])
    >>> begin = patterns.state([patterns.first(0)])
    >>> found = [patterns.after(text, begin).found for text in ("GET/pets", "GET/more/pets", "GET/ab")]
    >>> found[0] == found[1], found[0] == found[2]
    (True, False)
    """

    def __init__(self, groups: Sequence[Iterable[AnyTokens]]) -> None:
        units: list[str | Wildcard | PathPart | None] = []
        self._firsts: list[int] = []
        self._final = self._repeat = self._repeat_in_field = self._repeat_in_segment = 0
        for patterns in groups:
            first = 0
            for pattern in patterns:
                first |= 1 << len(units)
                for token in pattern:
                    self._add(units, token)
                self._final |= 1 << len(units)
                units.append(None)  # no character continues after the end
            self._firsts.append(first)
        self._accepts: dict[str, int] = {}
        self._accepts_any = self._accepts_in_field = self._accepts_in_segment = 0
        for place, unit in enumerate(units):
            if unit is ONE or unit is REST:
                self._accepts_any |= 1 << place
            elif unit is ONE_IN_FIELD:
                self._accepts_in_field |= 1 << place
            elif unit is SEGMENT:
                self._accepts_in_segment |= 1 << place
            elif isinstance(unit, str):
                self._accepts[unit] = self._accepts.get(unit, 0) | 1 << place
        self._states: dict[tuple[int, ...], PatternState] = {}
        self._steps = 0

    def _add(self, units: list[str | Wildcard | PathPart | None], token: str | Wildcard | PathPart) -> None:
        if token is ANY:
            self._repeat |= 1 << len(units)
        elif token is ANY_IN_FIELD:
            self._repeat_in_field |= 1 << len(units)
        else:
            units.extend(token if isinstance(token, str) else (token,))
            if token is REST:
                self._repeat |= 1 << len(units)
            elif token is SEGMENT:
                self._repeat_in_segment |= 1 << len(units)

    def first(self, group: int) -> int:
        """The places at which the patterns of a group begin, as bits.

        Args:
            group: the number of the group.
        """
        return self._firsts[group]

    def state(self, places: Iterable[int]) -> PatternState:
        """The state that has reached some places, for each beginning.

        Args:
            places: the places as bits.
        """
        key = tuple(places)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = PatternState(key, tuple(each & self._final for each in key))
        return found

    def after(self, text: str, state: PatternState) -> PatternState:
        """The state after a text.

        Args:
            text: the text.
            state: the state before it.
        """
        for char in text:
            following = state.get(char)
            state = self._new_step(state, char) if following is None else following
        return state

    def _new_step(self, state: PatternState, char: str) -> PatternState:
        if self._steps >= _MOST_STEPS:
            for each in self._states.values():
                each.clear()
            self._states.clear()
            self._steps = 0
        accepted = self._accepts.get(char, 0) | self._accepts_any
        repeated = self._repeat
        if char != ":":
            accepted |= self._accepts_in_field
            repeated |= self._repeat_in_field
        if char != "/":
            accepted |= self._accepts_in_segment
            repeated |= self._repeat_in_segment
        following = self.state((each & accepted) << 1 | each & repeated for each in state.places)
        state[char] = following
        self._steps += 1
        return following
