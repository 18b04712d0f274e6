"""Validation expressions of authorizers, matched in time linear in the text (AUT-4, docs/adr/014).

``re`` backtracks, which takes exponential time for some expressions. Here all paths through an expression are followed
at once, from the end of the text to its beginning, so that the result of a lookahead is known where it is needed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from execpolicy.gateway.model.validation_expression.matchers import MatcherBuilder, TextPosition
from execpolicy.gateway.model.validation_expression.parser import parse_expression
from execpolicy.gateway.model.validation_expression.tree import Atom, ExpressionError

__all__ = ["Expression", "ExpressionError", "may_match_a_part", "read_expression"]

#: The maximum number of transitions between states that are kept, and of bits in them.
_KEPT: Final = 2_000
_KEPT_BITS: Final = 4_000_000


class _CharacterBits:
    """Characters that the same atoms match: for each leaf, the bits of these atoms."""

    def __init__(self, bits: list[int]) -> None:
        self.bits = bits


class _State:
    """For each leaf, the bits after which the rest of a text matches, and the known transitions from this state."""

    def __init__(self, rest: tuple[int, ...], own: int) -> None:
        self.rest = rest
        #: Whether the expression itself can still match, not only its lookaheads.
        self.alive = any(rest[len(rest) - own :])
        self.moves: dict[tuple[_CharacterBits, tuple[bool, ...]], tuple[_State, bool]] = {}


class Expression:
    """An expression that has to match the whole of a text.

    >>> Expression("^(a+)+$").matches("a" * 30 + "!")
    False
    """

    def __init__(self, text: str) -> None:
        self.text = text
        program = parse_expression(text)
        builder = MatcherBuilder()
        self._ahead = [builder.build(node) for node in program.ahead]
        leaves_ahead = len(builder.leaves)
        self._own = builder.build(program.own)
        self._leaves, self._slots = builder.leaves, builder.slots
        self._own_leaves = len(builder.leaves) - leaves_ahead
        anchors = list(builder.anchors)
        self._anchors = [re.compile(part.text, part.flags) for part in anchors]
        # Most anchors match only at the ends of a text, so that they are not tried in between.
        self._at_ends = all(_is_at_an_end(anchor) for anchor in anchors)
        self._inside = (False,) * len(anchors)
        self._occurrences: dict[Atom, list[int]] = {}
        for place, leaf in enumerate(self._leaves):
            for part in leaf.parts:
                self._occurrences.setdefault(part, []).append(place)
        self._compiled_atoms = [
            (part, re.compile(part.text, part.flags)) for part in self._occurrences if not part.char
        ]
        size = sum(leaf.size for leaf in self._leaves) + 64 * len(self._leaves)
        self._most_kept = max(1, min(_KEPT, _KEPT_BITS // (size + 1)))
        self._forget_chars()
        self._forget_states()

    def _forget_chars(self) -> None:
        self._chars: dict[str, _CharacterBits] = {}
        self._alike: dict[tuple[Atom, ...], _CharacterBits] = {}
        self._bits: dict[tuple[int, Atom], int] = {}

    def _forget_states(self) -> None:
        self._moves = 0
        self._states: dict[tuple[int, ...], _State] = {}

    def matches(self, text: str) -> bool:
        """Whether the expression matches a text, all of it."""
        end = _CharacterBits([0] * len(self._leaves))
        nothing = _State((0,) * len(self._leaves), self._own_leaves)
        state, open_ = self._before(nothing, end, self._at_anchors(text, len(text)), at_end=True)
        for place in range(len(text) - 1, -1, -1):
            if not state.alive:
                return False
            anchors = self._at_anchors(text, place)
            char = self._chars.get(text[place]) or self._read(text[place])
            found = state.moves.get((char, anchors))
            if found is None:
                found = state.moves[char, anchors] = self._before(state, char, anchors)
            state, open_ = found
        return open_

    def _before(
        self, state: _State, char: _CharacterBits, anchors: tuple[bool, ...], at_end: bool = False
    ) -> tuple[_State, bool]:
        """The state one character earlier, and whether the whole expression matches from there on."""
        taken = [rest & bits for rest, bits in zip(state.rest, char.bits, strict=True)]
        position = TextPosition(taken, anchors, self._slots)
        for ahead in self._ahead:
            first, can_be_empty = ahead.first(position)
            ahead.follow(position, 1)
            position.ahead.append(bool(first) or can_be_empty)
        first, can_be_empty = self._own.first(position)
        self._own.follow(position, int(at_end))
        return self._state(tuple(position.rest)), bool(first) or (at_end and can_be_empty)

    def _state(self, rest: tuple[int, ...]) -> _State:
        self._moves += 1
        if self._moves > self._most_kept:
            self._forget_states()
        found = self._states.get(rest)
        if found is None:
            found = self._states[rest] = _State(rest, self._own_leaves)
        return found

    def _read(self, char: str) -> _CharacterBits:
        """The atoms that match a character; ``re`` decides for a new one."""
        if len(self._chars) >= _KEPT or len(self._alike) >= self._most_kept:
            self._forget_chars()
        alike = [part for part, one in self._compiled_atoms if one.fullmatch(char)]
        itself = Atom(re.escape(char), 0, char)
        if itself in self._occurrences:
            alike.append(itself)
        found = self._alike.get(tuple(alike))
        if found is None:
            found = self._alike[tuple(alike)] = self._of_parts(alike)
        self._chars[char] = found
        return found

    def _of_parts(self, parts: list[Atom]) -> _CharacterBits:
        bits = [0] * len(self._leaves)
        for part in parts:
            for place in self._occurrences[part]:
                known = self._bits.get((place, part))
                if known is None:
                    known = self._bits[place, part] = self._leaves[place].bits(part)
                bits[place] |= known
        return _CharacterBits(bits)

    def _at_anchors(self, text: str, place: int) -> tuple[bool, ...]:
        if self._at_ends and 0 < place < len(text) - 1:
            return self._inside
        return tuple(anchor.match(text, place) is not None for anchor in self._anchors)


def _is_at_an_end(anchor: Atom) -> bool:
    """Whether a anchor is at the beginning or end of a text only, or before the line end that ends it."""
    return anchor.text not in ("\\b", "\\B") and not anchor.flags & re.MULTILINE


@lru_cache(maxsize=256)
def read_expression(text: str) -> Expression:
    """Parse an expression; the most recent ones are cached.

    Raises:
        ExpressionError: it is no regular expression, or one that cannot be matched in bounded time.
    """
    return Expression(text)


def may_match_a_part(text: str, value: str) -> bool:
    """Whether an expression matches a part of a value, and not the whole: what another reading would accept (AUT-4).

    It counts as one that may if the expression cannot be matched in that way.

    >>> may_match_a_part("abc", "xabcx"), may_match_a_part("abc", "ab")
    (True, False)
    """
    try:
        return read_expression(rf"[\s\S]*(?:{text})[\s\S]*").matches(value)
    except ExpressionError:
        return True
