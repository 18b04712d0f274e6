"""A regular expression as a tree: what its parts are, and how they are put together (AUT-4).

The syntax is that of ``re`` without what no matcher of bounded time can follow: references back to a group, looks
behind, and parts that give nothing back. What a single character may be is left to ``re``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

#: As many characters may an expression have when its repetitions are written out.
LONGEST_PROGRAM: Final = 100_000
#: As many parts may an expression have as it is written; the time for one character of a text grows with it.
MOST_PARTS: Final = 1_000
#: As many characters may an expression have.
LONGEST_EXPRESSION: Final = 8_192
#: As many groups may stand in one another.
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
#: A bracket that no backslash stands before.
_BRACKET = re.compile(r"\\.|([\[\]])", re.DOTALL)
#: A set of characters: its beginning, whose first character may be any, and the rest. Or what is no set.
_SET = re.compile(r"\\.|\(\?#[^)]*\)|(\[\^?)([^\\]|\\.)((?:[^\]\\]|\\.)*)", re.DOTALL)
_WARNED = re.compile(r"(\\.)|--|[\[&~|]", re.DOTALL)
_BORDERS = {"^", "$", "\\A", "\\Z", "\\z", "\\b", "\\B"}
_FLAG_BITS = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class ExpressionError(ValueError):
    """An expression that is not taken; ``advice`` says what to write instead."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Part(NamedTuple):
    """A part of an expression with the flags under which it stands: one character, or a border between two.

    ``char`` is the only character that it matches, if that is known.
    """

    text: str
    flags: int
    char: str = ""


class Strings(NamedTuple):
    """Alternatives, each of which is one character after another."""

    strings: tuple[tuple[Part, ...], ...]


class Border(NamedTuple):
    """A border: it takes no character."""

    part: Part


class Look(NamedTuple):
    """What is looked for ahead, by its place in ``Program.ahead``, and whether it has to be there."""

    place: int
    wanted: bool


class Sequence(NamedTuple):
    """Parts, one after another."""

    parts: tuple[Node, ...]


class Choice(NamedTuple):
    """Alternatives."""

    parts: tuple[Node, ...]


class Repeat(NamedTuple):
    """A part several times: ``most`` is ``None`` if there is no end. ``width`` is the room that one copy takes."""

    part: Node
    width: int
    least: int
    most: int | None

    @property
    def copies(self) -> int:
        """As many copies are told apart; the last of those without an end may come again."""
        return max(self.least, 1) if self.most is None else self.most


Node: TypeAlias = "Strings | Border | Look | Sequence | Choice | Repeat"


class Program(NamedTuple):
    """An expression, and what it looks for ahead: each of these uses only those before it."""

    own: Node
    ahead: tuple[Node, ...]


class _Piece(NamedTuple):
    """A node with what it costs.

    ``width`` is the room of one copy, ``leaves`` are the parts that are in it, and ``size`` is the room that all of
    them take together, with the copies.
    """

    node: Node
    width: int
    leaves: int
    size: int


def compile_expression(text: str) -> Program:
    """The tree of an expression that has to match the whole of a text.

    Raises:
        ExpressionError: it is no regular expression, or none that can be followed in bounded time.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(f"has {len(text)} characters, expected at most {LONGEST_EXPRESSION}", "shorten it")
    reader = _Reader(text)
    own = reader.whole().node
    try:
        re.compile(_without_warnings(text))
    except re.error as error:
        raise ExpressionError(f"is no regular expression: {error}") from error
    program = Program(own, tuple(reader.ahead))
    found = [each for node in (own, *program.ahead) for each in _nodes(node)]
    # Whether a part matches a character is looked up, or asked of re once for each character.
    asked = {part for node in found for part in _parts(node) if not part.char}
    if len(found) + len(asked) > MOST_PARTS:
        raise ExpressionError(
            f"has more than {MOST_PARTS} parts", "write alternatives as sets of characters, or compare less"
        )
    return program


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Repeat):
        yield from _nodes(node.part)
    elif isinstance(node, Sequence | Choice):
        for part in node.parts:
            yield from _nodes(part)


def _parts(node: Node) -> Iterator[Part]:
    if isinstance(node, Border):
        yield node.part
    elif isinstance(node, Strings):
        for string in node.strings:
            yield from string


def _without_warnings(text: str) -> str:
    """The same expression with a backslash where ``re`` warns of what a later version may read as a set in a set."""

    def escaped(found: re.Match[str]) -> str:
        return found[0] if found[1] else found[0][:-1] + "\\" + found[0][-1]

    def rewritten(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        first = "\\[" if found[2] == "[" else found[2]
        return found[1] + first + _WARNED.sub(escaped, found[3])

    return _SET.sub(rewritten, text)


class _Reader:
    """Recursive descent: alternatives of sequences of pieces, each with its quantifier."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0
        self.ahead: list[Node] = []
        self.room_ahead = 0
        self._closes_as_sets = _closes_as_sets(text)

    def whole(self) -> _Piece:
        flags = 0
        while found := _COMMENT.match(self.text, self.place) or self._flags_of_all():
            if found.re is _FLAGS:
                flags = self._flags(flags, found)
            self.place = found.end()
        piece = self._any(flags)
        if self.place < len(self.text):
            raise self._broken()
        if piece.size + self.room_ahead > LONGEST_PROGRAM:
            raise _too_long()
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

    def _any(self, flags: int) -> _Piece:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionError(f"has more than {DEEPEST} groups in one another", "write it with fewer groups")
        pieces = [self._all(flags)]
        while self.text.startswith("|", self.place):
            self.place += 1
            pieces.append(self._all(flags))
        self.depth -= 1
        return pieces[0] if len(pieces) == 1 else _alternatives(pieces)

    def _all(self, flags: int) -> _Piece:
        pieces: list[_Piece] = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            pieces.append(self._quantified(self._one(flags)))
        return _sequence(_joined(pieces))

    def _quantified(self, piece: _Piece) -> _Piece:
        found = _QUANTIFIER.match(self.text, self.place)
        if found is None:
            return piece
        self.place = found.end()
        if found[6] == "+":
            raise _unbounded(f"the quantifier {found[0]}, which gives nothing back", "leave out the last +")
        least, most = _counts(found)
        return _repeated(piece, least, most)

    def _one(self, flags: int) -> _Piece:
        char = self.text[self.place]
        if char == "(":
            return self._group(flags)
        if char == "[":
            return _char(_without_warnings(self._taken(self._end_of_set())), flags)
        if char == "\\":
            found = _ESCAPE.match(self.text, self.place)
            if found is None:
                raise self._no_escape()
            text = self._taken(found.end())
            return _border(text, flags) if text in _BORDERS else _char(text, flags)
        if _QUANTIFIER.match(self.text, self.place):
            raise self._broken()
        text = self._taken(self.place + 1)
        if text in ("^", "$"):
            return _border(text, flags)
        return _char(text, flags) if text == "." else _char(re.escape(text), flags, text)

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
                    f"holds {self.text[place]!r} in a set of characters, which other engines read as a set in a set",
                    "put a backslash before it",
                )
            place += 1 + (self.text[place] == "\\")
        if place >= len(self.text):
            raise self._broken()
        return place + 1

    def _is_set_in_set(self, place: int, begin: int) -> bool:
        """Whether a character of the set that is read can begin a set in it, or combine two, for some engine.

        A bracket cannot where no other is left to end the outer set. At the beginning, only ``&&`` combines.
        """
        if self.text[place] == "[":
            return self._closes_as_sets[self.place]
        doubled = ("&&",) if place == begin else ("&&", "--", "~~", "||")
        return self.text.startswith(doubled, place)

    def _group(self, flags: int) -> _Piece:
        comment = _COMMENT.match(self.text, self.place)
        if comment:
            self.place = comment.end()
            return _sequence([])
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

    def _look(self, piece: _Piece, wanted: bool) -> _Piece:
        self.ahead.append(piece.node)
        self.room_ahead += piece.size
        if self.room_ahead > LONGEST_PROGRAM:
            raise _too_long()
        return _Piece(Look(len(self.ahead) - 1, wanted), 1, 1, 1)

    def _no_escape(self) -> ExpressionError:
        digit = self.text[self.place + 1 : self.place + 2]
        if digit and digit in "123456789":
            return _unbounded(f"a reference to the group {digit}", "write what the group may hold once more")
        return self._broken()

    def _no_group(self) -> ExpressionError:
        for beginning, what, advice in (
            ("(?<=", "a look behind", "write what has to stand before as a part of the expression"),
            ("(?<!", "a look behind", "write what may stand before as a part of the expression"),
            ("(?P=", "a reference to a group", "write what the group may hold once more"),
            ("(?>", "a group that gives nothing back", "write (?: instead of (?>"),
            ("(?(", "a condition on a group", "write both alternatives in full"),
        ):
            if self.text.startswith(beginning, self.place):
                return _unbounded(what, advice)
        return self._broken()

    def _broken(self) -> ExpressionError:
        """What ``re`` says of it, where it does not take it either."""
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
        raise _too_long()
    if least is None:
        return 0, int(only_most) if only_most else None
    return int(least), int(least) if comma is None else int(most) if most else None


def _too_long() -> ExpressionError:
    return ExpressionError(
        f"stands for more than {LONGEST_PROGRAM} characters", "repeat less, or leave the end open with +"
    )


def _sized(node: Node, width: int, leaves: int, size: int) -> _Piece:
    if size > LONGEST_PROGRAM:
        raise _too_long()
    return _Piece(node, width, leaves, size)


def _char(text: str, flags: int, char: str = "") -> _Piece:
    """A single character; what one of its own is needs no flags, unless it stands for others as well."""
    part = Part(text, 0, char) if char and not flags & re.IGNORECASE else Part(text, flags)
    return _strings(((part,),))


def _border(text: str, flags: int) -> _Piece:
    return _Piece(Border(Part(text, flags)), 1, 1, 1)


def _strings(strings: tuple[tuple[Part, ...], ...]) -> _Piece:
    # Several need one more place, to which is added up whether one of them is begun.
    size = sum(map(len, strings)) + (len(strings) > 1)
    return _sized(Strings(strings), size, 1, size)


def _sequence(pieces: list[_Piece]) -> _Piece:
    if len(pieces) == 1:
        return pieces[0]
    return _together(Sequence(tuple(piece.node for piece in pieces)), pieces)


def _together(node: Node, pieces: list[_Piece]) -> _Piece:
    width = max((piece.width for piece in pieces), default=1)
    # What is empty is a part as well.
    leaves = sum(piece.leaves for piece in pieces) or 1
    return _sized(node, width, leaves, sum(piece.size for piece in pieces) or 1)


def _joined(pieces: list[_Piece]) -> list[_Piece]:
    """A sequence whose single characters are joined where they follow each other."""
    joined: list[_Piece] = []
    run: list[Part] = []
    for piece in pieces:
        if isinstance(piece.node, Strings) and len(piece.node.strings) == 1:
            run += piece.node.strings[0]
            continue
        if run:
            joined.append(_strings((tuple(run),)))
            run = []
        joined.append(piece)
    return [*joined, _strings((tuple(run),))] if run else joined


def _alternatives(pieces: list[_Piece]) -> _Piece:
    """Alternatives, of which those that are strings are one part."""
    strings = tuple(string for piece in pieces if isinstance(piece.node, Strings) for string in piece.node.strings)
    others = [piece for piece in pieces if not isinstance(piece.node, Strings)]
    if strings:
        others.append(_strings(strings))
    return others[0] if len(others) == 1 else _together(Choice(tuple(piece.node for piece in others)), others)


def _repeated(piece: _Piece, least: int, most: int | None) -> _Piece:
    node = Repeat(piece.node, piece.width, least, most)
    copies = node.copies
    if copies == 0:
        return _sequence([])
    if least == most == 1:
        return piece
    size = piece.size + piece.leaves * (copies - 1) * piece.width
    return _sized(node, copies * piece.width, piece.leaves, size)
