"""Parses a regular expression into a tree (AUT-4).

The syntax is that of ``re`` without what cannot be matched in bounded time: backreferences, lookbehinds, possessive
quantifiers and atomic groups. ``re`` itself says which characters an atom matches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from execpolicy.gateway.model.validation_expression.sized import (
    LONGEST_PROGRAM,
    SizedNode,
    alternatives,
    anchor,
    character,
    concatenated,
    joined,
    repeated,
    too_long,
)
from execpolicy.gateway.model.validation_expression.tree import (
    Alternation,
    Anchor,
    Atom,
    Concatenation,
    ExpressionError,
    ExpressionNode,
    Lookahead,
    ParsedExpression,
    Repetition,
    Strings,
)

#: The maximum number of parts of an expression as it is written; the time for one character of a text grows with it.
MOST_PARTS: Final = 1_000
#: The maximum number of characters of an expression.
LONGEST_EXPRESSION: Final = 8_192
#: The maximum depth of nested groups.
DEEPEST: Final = 50

_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-3][0-7]{2}|[^1-9])"
)
_QUANTIFIER = re.compile(r"([*+?]|\{(?:([0-9]+)(?:(,)([0-9]*))?|,([0-9]*))\})([?+]?)")
_FLAGS = re.compile(r"\(\?([aimsux]*)(?:-([imsx]+))?([:)])")
_NAMED = re.compile(r"\(\?P<\w+>")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
#: What may mean something else in an expression with the flag ``x``.
_VERBOSE = re.compile(r"[\s#]")
#: A bracket without a backslash before it.
_BRACKET = re.compile(r"\\.|([\[\]])", re.DOTALL)
#: A set of characters: its beginning, whose first character may be any, and the rest. Or something that is not a set.
_SET = re.compile(r"\\.|\(\?#[^)]*\)|(\[\^?)([^\\]|\\.)((?:[^\]\\]|\\.)*)", re.DOTALL)
_WARNED = re.compile(r"(\\.)|--|[\[&~|]", re.DOTALL)
_ANCHORS = {"^", "$", "\\A", "\\Z", "\\z", "\\b", "\\B"}
_FLAG_BITS = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


def parse_expression(text: str) -> ParsedExpression:
    """The tree of an expression that has to match a whole text.

    Raises:
        ExpressionError: it is no regular expression, or one that cannot be matched in bounded time.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(f"has {len(text)} characters, expected at most {LONGEST_EXPRESSION}", "shorten it")
    reader = _ExpressionParser(text)
    own = reader.whole().node
    try:
        re.compile(_without_warnings(text))
    except re.error as error:
        raise ExpressionError(f"is no regular expression: {error}") from error
    program = ParsedExpression(own, tuple(reader.ahead))
    found = [each for node in (own, *program.ahead) for each in _nodes(node)]
    # An atom without a known character is compiled by re, and compared with each new character of a text.
    compiled = {part for node in found for part in _parts(node) if not part.char}
    if len(found) + len(compiled) > MOST_PARTS:
        raise ExpressionError(
            f"has more than {MOST_PARTS} parts", "write alternatives as sets of characters, or compare less"
        )
    return program


def _nodes(node: ExpressionNode) -> Iterator[ExpressionNode]:
    yield node
    if isinstance(node, Repetition):
        yield from _nodes(node.part)
    elif isinstance(node, Concatenation | Alternation):
        for part in node.parts:
            yield from _nodes(part)


def _parts(node: ExpressionNode) -> Iterator[Atom]:
    if isinstance(node, Anchor):
        yield node.part
    elif isinstance(node, Strings):
        for string in node.strings:
            yield from string


def _without_warnings(text: str) -> str:
    """The same expression with a backslash where ``re`` warns of a possible nested set."""

    def escaped(found: re.Match[str]) -> str:
        return found[0] if found[1] else found[0][:-1] + "\\" + found[0][-1]

    def rewritten(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        first = "\\[" if found[2] == "[" else found[2]
        return found[1] + first + _WARNED.sub(escaped, found[3])

    return _SET.sub(rewritten, text)


class _ExpressionParser:
    """Recursive descent: alternatives of sequences of pieces, each with its quantifier."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.ahead: list[ExpressionNode] = []
        self.size_ahead = 0
        self._closes_as_sets = _closes_as_sets(text)

    def whole(self) -> SizedNode:
        flags = 0
        while found := _COMMENT.match(self.text, self.place) or self._flags_of_all():
            if found.re is _FLAGS:
                flags = self._flags(flags, found)
            self.place = found.end()
        piece = self._any(flags)
        if self.place < len(self.text):
            raise self._broken()
        if piece.size + self.size_ahead > LONGEST_PROGRAM:
            raise too_long()
        return piece

    def _flags_of_all(self) -> re.Match[str] | None:
        found = _FLAGS.match(self.text, self.place)
        return found if found and found[3] == ")" and not found[2] else None

    def _flags(self, flags: int, found: re.Match[str]) -> int:
        if "x" in found[1] and _VERBOSE.search(self.text):
            raise self._broken()
        if "u" in found[1]:
            flags &= ~re.ASCII
        for name in found[1]:
            flags |= _FLAG_BITS.get(name, 0)
        for name in found[2] or "":
            flags &= ~_FLAG_BITS.get(name, 0)
        return flags

    def _any(self, flags: int) -> SizedNode:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"has more than {DEEPEST} nested groups", "write it with fewer groups")
        pieces = [self._all(flags)]
        while self.text.startswith("|", self.place):
            self.place += 1
            pieces.append(self._all(flags))
        self.depth -= 1
        return pieces[0] if len(pieces) == 1 else alternatives(pieces)

    def _all(self, flags: int) -> SizedNode:
        pieces: list[SizedNode] = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            pieces.append(self._quantified(self._one(flags)))
        return concatenated(joined(pieces))

    def _quantified(self, piece: SizedNode) -> SizedNode:
        found = _QUANTIFIER.match(self.text, self.place)
        if found is None:
            return piece
        self.place = found.end()
        if found[6] == "+":
            raise _unbounded(f"the quantifier {found[0]}, which does not backtrack", "leave out the last +")
        least, most = _counts(found)
        return repeated(piece, least, most)

    def _one(self, flags: int) -> SizedNode:
        char = self.text[self.place]
        if char == "(":
            return self._group(flags)
        if char == "[":
            return character(_without_warnings(self._taken(self._end_of_set())), flags)
        if char == "\\":
            found = _ESCAPE.match(self.text, self.place)
            if found is None:
                raise self._no_escape()
            text = self._taken(found.end())
            return anchor(text, flags) if text in _ANCHORS else character(text, flags)
        if _QUANTIFIER.match(self.text, self.place):
            raise self._broken()
        text = self._taken(self.place + 1)
        if text in ("^", "$"):
            return anchor(text, flags)
        return character(text, flags) if text == "." else character(re.escape(text), flags, text)

    def _taken(self, end: int) -> str:
        text = self.text[self.place : end]
        self.place = end
        return text

    def _end_of_set(self) -> int:
        begin = self.place + 1 + self.text.startswith("^", self.place + 1)
        place = begin + self.text.startswith("]", begin)
        while place < len(self.text) and self.text[place] != "]":
            if self._is_set_in_set(place, begin):
                raise ExpressionError(
                    f"holds {self.text[place]!r} in a set of characters, which other engines read as a nested set",
                    "put a backslash before it",
                )
            place += 1 + (self.text[place] == "\\")
        if place >= len(self.text):
            raise self._broken()
        return place + 1

    def _is_set_in_set(self, place: int, begin: int) -> bool:
        """Whether a character of the set that is read can begin a set in it, or combine two, for some engine.

        A bracket cannot begin a set if no other bracket is left to end the outer one. At the beginning only ``&&``
        combines.
        """
        if self.text[place] == "[":
            return self._closes_as_sets[self.place]
        doubled = ("&&",) if place == begin else ("&&", "--", "~~", "||")
        return self.text.startswith(doubled, place)

    def _group(self, flags: int) -> SizedNode:
        comment = _COMMENT.match(self.text, self.place)
        if comment:
            self.place = comment.end()
            return concatenated([])
        look = ""
        scoped, named = _FLAGS.match(self.text, self.place), _NAMED.match(self.text, self.place)
        if scoped and scoped[3] == ":":
            flags, self.place = self._flags(flags, scoped), scoped.end()
        elif named:
            self.place = named.end()
        elif self.text.startswith(("(?=", "(?!"), self.place):
            look = self.text[self.place + 2]
            self.place += 3
        elif self.text.startswith("(?", self.place):
            raise self._no_group()
        else:
            self.place += 1
        piece = self._any(flags)
        if not self.text.startswith(")", self.place):
            raise self._broken()
        self.place += 1
        return piece if not look else self._look(piece, look == "=")

    def _look(self, piece: SizedNode, wanted: bool) -> SizedNode:
        self.ahead.append(piece.node)
        self.size_ahead += piece.size
        if self.size_ahead > LONGEST_PROGRAM:
            raise too_long()
        return SizedNode(Lookahead(len(self.ahead) - 1, wanted), 1, 1, 1)

    def _no_escape(self) -> ExpressionError:
        digit = self.text[self.place + 1 : self.place + 2]
        if digit and digit in "123456789":
            return _unbounded(f"a reference to the group {digit}", "write the content of the group again")
        return self._broken()

    def _no_group(self) -> ExpressionError:
        for beginning, what, advice in (
            ("(?<=", "a look behind", "write what has to stand before as a part of the expression"),
            ("(?<!", "a look behind", "write what may stand before as a part of the expression"),
            ("(?P=", "a reference to a group", "write the content of the group again"),
            ("(?>", "an atomic group", "write (?: instead of (?>"),
            ("(?(", "a condition on a group", "write both alternatives in full"),
        ):
            if self.text.startswith(beginning, self.place):
                return _unbounded(what, advice)
        return self._broken()

    def _broken(self) -> ExpressionError:
        """The error of ``re`` if it refuses the expression too, else one that shows the unsupported part."""
        try:
            re.compile(_without_warnings(self.text))
        except (re.error, RecursionError, OverflowError) as error:
            return ExpressionError(f"is no regular expression: {error}")
        shown = self.text[self.place : self.place + 10]
        return ExpressionError(
            f"holds {shown!r}, which is not understood here", "write it without flags and extensions"
        )


def _closes_as_sets(text: str) -> list[bool]:
    """For each place: whether a set that begins there ends, if each ``[`` begins a set and each ``]`` ends one."""
    depths = [0] * (len(text) + 1)
    for found in _BRACKET.finditer(text):
        if found[1]:
            depths[found.start()] = 1 if found[1] == "[" else -1
    total = sum(depths)
    least, closes = total, [False] * len(text)
    for place in range(len(text) - 1, -1, -1):
        least = min(least, total)
        total -= depths[place]
        closes[place] = least <= total
    return closes


def _unbounded(what: str, advice: str) -> ExpressionError:
    return ExpressionError(f"holds {what}, which cannot be matched in bounded time", advice)


def _counts(found: re.Match[str]) -> tuple[int, int | None]:
    if found[1] in ("*", "+", "?"):
        return int(found[1] == "+"), 1 if found[1] == "?" else None
    least, comma, most, only_most = found[2], found[3], found[4], found[5]
    if any(len(count or "") > 6 for count in (least, most, only_most)):
        raise too_long()
    if least is None:
        return 0, int(only_most) if only_most else None
    return int(least), int(least) if comma is None else int(most) if most else None
