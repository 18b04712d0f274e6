"""A line of output, in pieces that each have a style."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """Some text of one style.

    That is the style of a line of the explanation, or ``source``, ``gutter``, ``caret``, ``gate`` or ``advice``.
    """

    style: str
    text: str


class Row(NamedTuple):
    """One line, without its end."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(piece.text for piece in self.pieces)


def row(*pieces: tuple[str, str]) -> Row:
    """A line of pairs of style and text."""
    return Row(tuple(Piece(style, text) for style, text in pieces))
