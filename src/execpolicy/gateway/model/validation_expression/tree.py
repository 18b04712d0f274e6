"""A regular expression as a tree (AUT-4)."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class ExpressionError(ValueError):
    """An expression that cannot be used; ``advice`` says what to write instead."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Atom(NamedTuple):
    """The smallest part of an expression, with its flags: one character, or an anchor.

    ``char`` is the only character that it matches, if that is known.
    """

    text: str
    flags: int
    char: str = ""


class Strings(NamedTuple):
    """Alternatives, each of which is one character after another."""

    strings: tuple[tuple[Atom, ...], ...]


class Anchor(NamedTuple):
    """A place in a text, such as its beginning or the end of a word; it takes no character."""

    part: Atom


class Lookahead(NamedTuple):
    """A lookahead, by its index in ``ParsedExpression.ahead``; ``wanted`` is False for a negative one."""

    place: int
    wanted: bool


class Concatenation(NamedTuple):
    """Nodes, one after another."""

    parts: tuple[ExpressionNode, ...]


class Alternation(NamedTuple):
    """Nodes of which one has to match."""

    parts: tuple[ExpressionNode, ...]


class Repetition(NamedTuple):
    """A node several times: ``most`` is None without an upper bound. ``width`` is the number of bits of one copy."""

    part: ExpressionNode
    width: int
    least: int
    most: int | None

    @property
    def copies(self) -> int:
        """The number of copies; the last one may occur again if there is no upper bound."""
        return max(self.least, 1) if self.most is None else self.most


ExpressionNode: TypeAlias = "Strings | Anchor | Lookahead | Concatenation | Alternation | Repetition"


class ParsedExpression(NamedTuple):
    """An expression and its lookaheads; each of these uses only those before it."""

    own: ExpressionNode
    ahead: tuple[ExpressionNode, ...]
