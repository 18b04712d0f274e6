"""Regular expressions that people configure, matched in time that grows with the text alone (AUT-4, docs/adr/014).

``re`` goes back and tries again, which for some expressions takes longer than anybody waits. Here all ways through an
expression are followed at once, from the end of the text to its beginning: so what is looked for ahead is known when
it is asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from execpolicy.gateway.model.validation_expression.nodes import Layout, Moment
from execpolicy.gateway.model.validation_expression.program import ExpressionError, Part, compile_expression

__all__ = ["Expression", "ExpressionError", "read_expression"]

#: As many moves from one state to the next are remembered, and as many bits may they have together.
_KEPT: Final = 2_000
_KEPT_BITS: Final = 4_000_000


class _Char:
    """Characters that the same parts of an expression match: for each leaf, the bits of these parts."""

    def __init__(self, bits: list[int]) -> None:
        self.bits = bits


class _State:
    """For each leaf, the bits after which the rest of a text matches, and the moves from here that were made."""

    def __init__(self, rest: tuple[int, ...], own: int) -> None:
        self.rest = rest
        #: Whether the expression itself can go on, not only what is looked for ahead.
        self.alive = any(rest[len(rest) - own :])
        self.moves: dict[tuple[_Char, tuple[bool, ...]], tuple[_State, bool]] = {}


class Expression:
    """An expression that has to match the whole of a text.

    >>> Expression("^(a+)+$").matches("a" * 30 + "!")
    False
    """

    def __init__(self, text: str) -> None:
        self.text = text
        program = compile_expression(text)
        layout = Layout()
        self._ahead = [layout.lay(node) for node in program.ahead]
        leaves_ahead = len(layout.leaves)
        self._own = layout.lay(program.own)
        self._leaves, self._slots = layout.leaves, layout.slots
        self._own_leaves = len(layout.leaves) - leaves_ahead
        borders = list(layout.borders)
        self._borders = [re.compile(part.text, part.flags) for part in borders]
        # Most borders are at the ends of a text, so that nobody looks for them in between.
        self._at_ends = all(_is_at_an_end(border) for border in borders)
        self._inside = (False,) * len(borders)
        self._occurrences: dict[Part, list[int]] = {}
        for place, leaf in enumerate(self._leaves):
            for part in leaf.parts:
                self._occurrences.setdefault(part, []).append(place)
        self._asked = [(part, re.compile(part.text, part.flags)) for part in self._occurrences if not part.char]
        room = sum(leaf.room for leaf in self._leaves) + 64 * len(self._leaves)
        self._most_kept = max(1, min(_KEPT, _KEPT_BITS // (room + 1)))
        self._forget_chars()
        self._forget_states()

    def _forget_chars(self) -> None:
        self._chars: dict[str, _Char] = {}
        self._alike: dict[tuple[Part, ...], _Char] = {}
        self._bits: dict[tuple[int, Part], int] = {}

    def _forget_states(self) -> None:
        self._moves = 0
        self._states: dict[tuple[int, ...], _State] = {}

    def matches(self, text: str) -> bool:
        """Whether the expression matches a text, all of it."""
        end = _Char([0] * len(self._leaves))
        nothing = _State((0,) * len(self._leaves), self._own_leaves)
        state, open_ = self._before(nothing, end, self._at_borders(text, len(text)), at_end=True)
        for place in range(len(text) - 1, -1, -1):
            if not state.alive:
                return False
            borders = self._at_borders(text, place)
            char = self._chars.get(text[place]) or self._read(text[place])
            found = state.moves.get((char, borders))
            if found is None:
                found = state.moves[char, borders] = self._before(state, char, borders)
            state, open_ = found
        return open_

    def _before(
        self, state: _State, char: _Char, borders: tuple[bool, ...], at_end: bool = False
    ) -> tuple[_State, bool]:
        """The state one character earlier, and whether the whole expression matches from there on."""
        taken = [rest & bits for rest, bits in zip(state.rest, char.bits, strict=True)]
        moment = Moment(taken, borders, self._slots)
        for ahead in self._ahead:
            first, can_be_empty = ahead.first(moment)
            ahead.follow(moment, 1)
            moment.ahead.append(bool(first) or can_be_empty)
        first, can_be_empty = self._own.first(moment)
        self._own.follow(moment, int(at_end))
        return self._state(tuple(moment.rest)), bool(first) or (at_end and can_be_empty)

    def _state(self, rest: tuple[int, ...]) -> _State:
        self._moves += 1
        if self._moves > self._most_kept:
            self._forget_states()
        found = self._states.get(rest)
        if found is None:
            found = self._states[rest] = _State(rest, self._own_leaves)
        return found

    def _read(self, char: str) -> _Char:
        """What a character matches, which ``re`` says unless it is looked up."""
        if len(self._chars) >= _KEPT or len(self._alike) >= self._most_kept:
            self._forget_chars()
        alike = [part for part, one in self._asked if one.fullmatch(char)]
        itself = Part(re.escape(char), 0, char)
        if itself in self._occurrences:
            alike.append(itself)
        found = self._alike.get(tuple(alike))
        if found is None:
            found = self._alike[tuple(alike)] = self._of_parts(alike)
        self._chars[char] = found
        return found

    def _of_parts(self, parts: list[Part]) -> _Char:
        bits = [0] * len(self._leaves)
        for part in parts:
            for place in self._occurrences[part]:
                known = self._bits.get((place, part))
                if known is None:
                    known = self._bits[place, part] = self._leaves[place].bits(part)
                bits[place] |= known
        return _Char(bits)

    def _at_borders(self, text: str, place: int) -> tuple[bool, ...]:
        if self._at_ends and 0 < place < len(text) - 1:
            return self._inside
        return tuple(border.match(text, place) is not None for border in self._borders)


def _is_at_an_end(border: Part) -> bool:
    """Whether a border is at the beginning or end of a text only, or before the line end that ends it."""
    return border.text not in ("\\b", "\\B") and not border.flags & re.MULTILINE


@lru_cache(maxsize=256)
def read_expression(text: str) -> Expression:
    """An expression, read once however often it is asked for.

    Raises:
        ExpressionError: it is no regular expression, or none that can be followed in bounded time.
    """
    return Expression(text)
