"""Regular expressions that people configure, matched in time that grows with the text alone (AUT-4, docs/adr/014).

``re`` goes back and tries again, which for some expressions takes longer than anybody waits. Here all ways through an
expression are followed at once, from the end of the text to its beginning: so what is looked for ahead is known when
it is asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from execpolicy.gateway.expression_program import ExpressionError, Part, Step, compile_expression

__all__ = ["Expression", "ExpressionError", "read_expression"]

#: As many situations are remembered; a text of one kind of characters has a handful.
_KEPT: Final = 1_000


class Expression:
    """An expression that has to match the whole of a text.

    >>> Expression("^(a+)+$").matches("a" * 30 + "!")
    False
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._steps, stretches = compile_expression(text)
        ends = [*stretches[1:], len(self._steps)]
        # What is looked for ahead has to be known first, and a step mostly leads to one after it.
        self._stretches = [self._moves(start, end) for start, end in zip(stretches, ends, strict=True)][::-1]
        self._borders = [(part, re.compile(part.text, part.flags)) for part in self._parts("border")]
        self._chars = [(re.compile(part.text, part.flags), self._places(part)) for part in self._parts("char")]
        # Most borders are at the ends of a text, so that nobody looks for them in between.
        self._at_ends = all(_is_at_an_end(part) for part, _ in self._borders)
        self._inside = (False,) * len(self._borders)
        #: The steps of the expression itself, without what is looked for ahead.
        self._own = (1 << ends[0]) - 1
        self._seen = sum(1 << place for place, step in enumerate(self._steps) if step.kind == "seen")
        self._accept = 1 << next(place for place, step in enumerate(self._steps) if step.kind == "accept")
        self._takers: dict[str, int] = {}
        self._known: dict[tuple[int, str, tuple[bool, ...]], int] = {}

    def matches(self, text: str) -> bool:
        """Whether the expression matches a text, all of it."""
        open_ = self._closed(self._accept | self._seen, self._at_borders(text, len(text)))
        for place in range(len(text) - 1, -1, -1):
            situation = (open_, text[place], self._at_borders(text, place))
            found = self._known.get(situation)
            if found is None:
                found = self._before(*situation)
            open_ = found
            if not open_ & self._own:
                return False
        return bool(open_ & 1)

    def _before(self, open_: int, char: str, borders: tuple[bool, ...]) -> int:
        """The steps from which the end can be reached, one character earlier."""
        found = self._closed(self._taking(char) & open_ >> 1 | self._seen, borders)
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[open_, char, borders] = found
        return found

    def _taking(self, char: str) -> int:
        """The steps that take a character."""
        if char not in self._takers:
            if len(self._takers) >= _KEPT:
                self._takers.clear()
            self._takers[char] = sum(places for one, places in self._chars if one.fullmatch(char))
        return self._takers[char]

    def _closed(self, open_: int, borders: tuple[bool, ...]) -> int:
        """With the steps from which those that are open are reached without taking a character."""
        holds = {part: held for (part, _), held in zip(self._borders, borders, strict=True)}
        for moves in self._stretches:
            before = -1
            while before != open_:
                before = open_
                for place, step in moves:
                    if _leads_on(step, place, open_, holds):
                        open_ |= 1 << place
        return open_

    def _at_borders(self, text: str, place: int) -> tuple[bool, ...]:
        if self._at_ends and 0 < place < len(text) - 1:
            return self._inside
        return tuple(border.match(text, place) is not None for _, border in self._borders)

    def _moves(self, start: int, end: int) -> list[tuple[int, Step]]:
        """The steps of a stretch that take no character, the last first."""
        moves = [(place, self._steps[place]) for place in range(start, end)]
        return [(place, step) for place, step in moves if step.kind in ("split", "border", "look", "no look")][::-1]

    def _parts(self, kind: str) -> list[Part]:
        return list(dict.fromkeys(step.part for step in self._steps if step.kind == kind and step.part))

    def _places(self, part: Part) -> int:
        return sum(1 << place for place, step in enumerate(self._steps) if step.kind == "char" and step.part == part)


def _is_at_an_end(border: Part) -> bool:
    """Whether a border is at the beginning or end of a text only, or before the line end that ends it."""
    return border.text not in ("\\b", "\\B") and not border.flags & re.MULTILINE


def _leads_on(step: Step, place: int, open_: int, holds: dict[Part, bool]) -> bool:
    if step.kind == "split":
        return any(open_ >> target & 1 for target in step.targets)
    if not open_ >> place + 1 & 1:
        return False
    if step.part is not None:
        return holds[step.part]
    return bool(open_ >> step.targets[0] & 1) == (step.kind == "look")


@lru_cache(maxsize=256)
def read_expression(text: str) -> Expression:
    """An expression, read once however often it is asked for.

    Raises:
        ExpressionError: it is no regular expression, or none that can be followed in bounded time.
    """
    return Expression(text)
