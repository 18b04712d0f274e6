"""The parts of an expression, each with all of its copies in one number (AUT-4, docs/adr/014).

A part that is repeated has one bit for each of its copies. The state of a part is an ``int`` with the bits of those
copies for which it holds, so that a count costs no more than one part with longer numbers.

A text is read from its end. At each place, ``first`` returns the copies of a part that match from there on, taking the
character at the place; then ``follow`` passes each part the copies after which the rest of the text matches.
"""

from __future__ import annotations

from typing import Protocol

from execpolicy.gateway.model.validation_expression.tree import (
    Anchor,
    Atom,
    Concatenation,
    ExpressionNode,
    Lookahead,
    Repetition,
    Strings,
)


class TextPosition:
    """The state of the match at one place of a text.

    ``taken`` has the bits of each ``StringsMatcher`` whose character is at the place, and after which the rest matches.
    ``anchors`` says which anchors match there, ``ahead`` which lookaheads do. ``rest`` receives the bits of each leaf
    after which the rest matches from the place on.
    """

    __slots__ = ("ahead", "anchors", "firsts", "rest", "taken")

    def __init__(self, taken: list[int], anchors: tuple[bool, ...], slots: int) -> None:
        self.taken = taken
        self.anchors = anchors
        self.ahead: list[bool] = []
        self.rest = [0] * len(taken)
        self.firsts: list[list[tuple[int, bool]]] = [[]] * slots


class NodeMatcher(Protocol):
    """A node of the tree with the bits of its copies."""

    def first(self, position: TextPosition) -> tuple[int, bool]:
        """The copies that can match from here, taking this character; and whether they match without one."""

    def follow(self, position: TextPosition, rest: int) -> None:
        """Record the copies after which the rest of the text matches."""


class MatcherBuilder:
    """Assigns bits to the nodes of an expression, and indices in a ``TextPosition``."""

    def __init__(self) -> None:
        self.leaves: list[StringsMatcher] = []
        self.anchors: dict[Atom, int] = {}
        self.slots = 0

    def build(self, node: ExpressionNode, copies: int = 1) -> NodeMatcher:
        """The matcher of a node; ``copies`` has the bit of each copy of it."""
        if isinstance(node, Strings):
            self.leaves.append(StringsMatcher(node, copies, len(self.leaves)))
            return self.leaves[-1]
        if isinstance(node, Anchor):
            return _AnchorMatcher(self.anchors.setdefault(node.part, len(self.anchors)))
        if isinstance(node, Lookahead):
            return _LookaheadMatcher(node)
        self.slots += 1
        slot = self.slots - 1
        if isinstance(node, Repetition):
            inner = self.build(node.part, _copied(copies, node.width, node.copies))
            return _RepetitionMatcher(node, copies, slot, inner)
        parts = [self.build(part, copies) for part in node.parts]
        return _ConcatenationMatcher(parts, slot) if isinstance(node, Concatenation) else _AlternationMatcher(parts)


class StringsMatcher:
    """Strings, each of single characters. A copy has a bit for each of them; its own is the lowest of these."""

    def __init__(self, node: Strings, copies: int, place: int) -> None:
        self._place = place
        self._copies = copies
        self._offsets: dict[Atom, list[int]] = {}
        offset, begins, ends = 0, 0, 0
        for string in node.strings:
            begins |= 1 << offset
            for number, part in enumerate(string, offset):
                self._offsets.setdefault(part, []).append(number)
            offset += len(string)
            ends |= 1 << offset - 1
        self._several = len(node.strings) > 1
        self._width = offset
        # Copies are so far from each other that no two meet.
        self._begins = copies * begins
        self._ends = copies * ends
        self._inside = ~self._begins
        #: With one of several begun in a copy, the sum reaches the bit above all of its strings.
        self._full = copies * ((1 << offset) - 1) if self._several else 0

    @property
    def parts(self) -> list[Atom]:
        return list(self._offsets)

    @property
    def size(self) -> int:
        return self._ends.bit_length()

    def bits(self, part: Atom) -> int:
        """The bits of a part in all copies."""
        offsets, bits = self._offsets[part], 0
        if len(offsets) == 1:
            return self._copies << offsets[0]
        for offset in offsets:
            bits |= 1 << offset
        return self._copies * bits

    def first(self, position: TextPosition) -> tuple[int, bool]:
        begun = position.taken[self._place] & self._begins
        if self._several and begun:
            begun = (begun + self._full) >> self._width & self._copies
        return begun, False

    def follow(self, position: TextPosition, rest: int) -> None:
        after = (position.taken[self._place] & self._inside) >> 1
        if rest:
            after |= ((rest << self._width) - rest) & self._ends
        position.rest[self._place] = after


class _AnchorMatcher:
    def __init__(self, place: int) -> None:
        self._place = place

    def first(self, position: TextPosition) -> tuple[int, bool]:
        return 0, position.anchors[self._place]

    def follow(self, position: TextPosition, rest: int) -> None:
        """It takes no character."""


class _LookaheadMatcher:
    def __init__(self, node: Lookahead) -> None:
        self._place = node.place
        self._wanted = node.wanted

    def first(self, position: TextPosition) -> tuple[int, bool]:
        return 0, position.ahead[self._place] is self._wanted

    def follow(self, position: TextPosition, rest: int) -> None:
        """It takes no character."""


class _ConcatenationMatcher:
    def __init__(self, parts: list[NodeMatcher], slot: int) -> None:
        self._parts = parts[::-1]
        self._slot = slot

    def first(self, position: TextPosition) -> tuple[int, bool]:
        position.firsts[self._slot] = firsts = [part.first(position) for part in self._parts]
        all_, empty = 0, True
        for first, can_be_empty in firsts:
            all_ = first | all_ if can_be_empty else first
            empty = empty and can_be_empty
        return all_, empty

    def follow(self, position: TextPosition, rest: int) -> None:
        for part, (first, can_be_empty) in zip(self._parts, position.firsts[self._slot], strict=True):
            part.follow(position, rest)
            rest = first | rest if can_be_empty else first


class _AlternationMatcher:
    def __init__(self, parts: list[NodeMatcher]) -> None:
        self._parts = parts

    def first(self, position: TextPosition) -> tuple[int, bool]:
        all_, empty = 0, False
        for part in self._parts:
            first, can_be_empty = part.first(position)
            all_ |= first
            empty = empty or can_be_empty
        return all_, empty

    def follow(self, position: TextPosition, rest: int) -> None:
        for part in self._parts:
            part.follow(position, rest)


class _RepetitionMatcher:
    """Copies of a part after each other. If the repetition is unbounded, the last copy may repeat."""

    def __init__(self, node: Repetition, copies: int, slot: int, inner: NodeMatcher) -> None:
        width, count = node.width, node.copies
        self._inner, self._slot, self._copies = inner, slot, copies
        self._width, self._all = width, width * count
        self._can_be_left_out = node.least == 0
        self._last = copies << (count - 1) * width
        self._others = _copied(copies, width, count - 1)
        self._inner_copies = self._others | self._last
        least = max(node.least, 1) - 1
        self._optional = _copied(copies << least * width, width, count - least)
        self._again = self._last if node.most is None else 0
        # Copies that have one so many further on.
        self._steps = [
            (number * width, _copied(copies, width, count - number)) for number in _doubled(count) if number < count
        ]

    def first(self, position: TextPosition) -> tuple[int, bool]:
        first, can_be_empty = self._inner.first(position)
        if can_be_empty:
            for distance, copies in self._steps:
                first |= first >> distance & copies
        position.firsts[self._slot] = [(first, can_be_empty)]
        return first & self._copies, self._can_be_left_out or can_be_empty

    def follow(self, position: TextPosition, rest: int) -> None:
        ((first, can_be_empty),) = position.firsts[self._slot]
        inner = first >> self._width & self._others | first & self._again
        if rest:
            inner |= ((rest << self._all) - rest) & (self._inner_copies if can_be_empty else self._optional)
        self._inner.follow(position, inner)


def _doubled(count: int) -> list[int]:
    return [1 << number for number in range(count.bit_length())]


def _copied(bits: int, width: int, count: int) -> int:
    """Bits, repeated at equal distances."""
    found, done = (bits if count else 0), 1
    while done < count:
        more = min(done, count - done)
        found |= found << more * width
        done += more
    return found
