"""Nodes of a regular expression with their sizes; an expression that is too large is refused (AUT-4)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from execpolicy.gateway.model.validation_expression.tree import (
    Alternation,
    Anchor,
    Atom,
    Concatenation,
    ExpressionError,
    ExpressionNode,
    Repetition,
    Strings,
)

#: The maximum number of characters of an expression whose repetitions are written out.
LONGEST_PROGRAM: Final = 100_000


class SizedNode(NamedTuple):
    """A node with its size in bits.

    ``width`` is the size of one copy, ``leaves`` the number of its strings and anchors, and ``size`` the size of all of
    them with their copies.
    """

    node: ExpressionNode
    width: int
    leaves: int
    size: int


def character(text: str, flags: int, char: str = "") -> SizedNode:
    """A single character. A literal one needs no flags, unless it also matches others."""
    part = Atom(text, 0, char) if char and not flags & re.IGNORECASE else Atom(text, flags)
    return _strings(((part,),))


def anchor(text: str, flags: int) -> SizedNode:
    """An anchor takes no character."""
    return SizedNode(Anchor(Atom(text, flags)), 1, 1, 1)


def _strings(strings: tuple[tuple[Atom, ...], ...]) -> SizedNode:
    # Several strings need one more bit, which records whether one of them has begun.
    size = sum(map(len, strings)) + (len(strings) > 1)
    return _sized(Strings(strings), size, 1, size)


def concatenated(pieces: list[SizedNode]) -> SizedNode:
    """Pieces, one after another."""
    if len(pieces) == 1:
        return pieces[0]
    return _combined(Concatenation(tuple(piece.node for piece in pieces)), pieces)


def _combined(node: ExpressionNode, pieces: list[SizedNode]) -> SizedNode:
    width = max((piece.width for piece in pieces), default=1)
    # An empty node counts as a part.
    leaves = sum(piece.leaves for piece in pieces) or 1
    return _sized(node, width, leaves, sum(piece.size for piece in pieces) or 1)


def joined(pieces: list[SizedNode]) -> list[SizedNode]:
    """The pieces of a concatenation; characters that follow each other become one string."""
    joined: list[SizedNode] = []
    run: list[Atom] = []
    for piece in pieces:
        if isinstance(piece.node, Strings) and len(piece.node.strings) == 1:
            run += piece.node.strings[0]
            continue
        if run:
            joined.append(_strings((tuple(run),)))
            run = []
        joined.append(piece)
    return [*joined, _strings((tuple(run),))] if run else joined


def alternatives(pieces: list[SizedNode]) -> SizedNode:
    """Alternatives; those that are strings become one node."""
    strings = tuple(string for piece in pieces if isinstance(piece.node, Strings) for string in piece.node.strings)
    others = [piece for piece in pieces if not isinstance(piece.node, Strings)]
    if strings:
        others.append(_strings(strings))
    return others[0] if len(others) == 1 else _combined(Alternation(tuple(piece.node for piece in others)), others)


def repeated(piece: SizedNode, least: int, most: int | None) -> SizedNode:
    """A piece several times; ``most`` is None if there is no upper bound."""
    node = Repetition(piece.node, piece.width, least, most)
    copies = node.copies
    if copies == 0:
        return concatenated([])
    if least == most == 1:
        return piece
    size = piece.size + piece.leaves * (copies - 1) * piece.width
    return _sized(node, copies * piece.width, piece.leaves, size)


def _sized(node: ExpressionNode, width: int, leaves: int, size: int) -> SizedNode:
    if size > LONGEST_PROGRAM:
        raise too_long()
    return SizedNode(node, width, leaves, size)


def too_long() -> ExpressionError:
    """The error for an expression that is too long when its repetitions are written out."""
    return ExpressionError(
        f"stands for more than {LONGEST_PROGRAM} characters", "repeat less, or leave the end open with +"
    )
