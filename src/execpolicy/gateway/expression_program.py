"""A regular expression as a program: what its parts look like, and in which order they are tried (AUT-4).

The syntax is that of ``re`` without what no program of bounded time can follow: references back to a group, looks
behind, and parts that give nothing back. What a single character may be is left to ``re`` itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

#: As many steps may a program have: an expression of any service fits, and time grows with it.
LONGEST_PROGRAM: Final = 2_000
#: As many characters may an expression have.
LONGEST_EXPRESSION: Final = 8_192
#: As many groups may stand in one another.
DEEPEST: Final = 50

_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-3][0-7]{2}|[^1-9])"
)
_QUANTIFIER = re.compile(r"([*+?]|\{(?:([0-9]+)(?:(,)([0-9]*))?|,([0-9]*))\})([?+]?)")
_FLAGS = re.compile(r"\(\?([aims]*)(?:-([ims]+))?([:)])")
_NAMED = re.compile(r"\(\?P<\w+>")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_BORDERS = {"^", "$", "\\A", "\\Z", "\\z", "\\b", "\\B"}
_FLAG_BITS = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class ExpressionError(ValueError):
    """An expression that is not taken; ``advice`` says what to write instead."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class Part(NamedTuple):
    """A part of an expression with the flags under which it stands: one character, or a border between two."""

    text: str
    flags: int


class Step(NamedTuple):
    """One step of a program; unless ``targets`` says otherwise, the one after it is next.

    ``kind`` is ``char`` and ``border`` (of a part), ``split`` (to any of two), ``look`` and ``no look`` (ahead, by the
    steps that begin at the target), ``accept``, and ``seen``, which ends what is looked for ahead.
    """

    kind: str
    part: Part | None = None
    targets: tuple[int, ...] = ()


#: Writes the steps of a part of the expression, which may be asked for several times.
_Writer: TypeAlias = Callable[["_Program"], None]


class _Piece(NamedTuple):
    write: _Writer
    size: int


class _Program:
    """Steps that are being written. What is looked for ahead comes last, each in a stretch of its own."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.ahead: list[tuple[int, str, _Piece]] = []

    def write(self, step: Step) -> int:
        self.steps.append(step)
        return len(self.steps) - 1


def compile_expression(text: str) -> tuple[tuple[Step, ...], tuple[int, ...]]:
    """The program of an expression that has to match the whole of a text.

    Returns:
        The steps, and where each stretch begins: the first is the expression's own, each other is of something that is
        looked for ahead.

    Raises:
        ExpressionError: it is no regular expression, or none that can be followed in bounded time.
    """
    if len(text) > LONGEST_EXPRESSION:
        raise ExpressionError(f"has {len(text)} characters, expected at most {LONGEST_EXPRESSION}", "shorten it")
    piece = _Reader(text).whole()
    try:
        re.compile(text)
    except re.error as error:
        raise ExpressionError(f"is no regular expression: {error}") from error
    program = _Program()
    stretches = [0]
    piece.write(program)
    program.write(Step("accept"))
    # Those inside of others are found while these are written.
    for place, kind, inner in program.ahead:
        stretches.append(len(program.steps))
        program.steps[place] = Step(kind, targets=(len(program.steps),))
        inner.write(program)
        program.write(Step("seen"))
    return tuple(program.steps), tuple(stretches)


class _Reader:
    """Recursive descent: alternatives of sequences of pieces, each with its quantifier."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.depth = 0

    def whole(self) -> _Piece:
        flags = 0
        found = _FLAGS.match(self.text)
        if found and found[3] == ")" and not found[2]:
            flags, self.place = self._flags(0, found), found.end()
        piece = self._any(flags)
        if self.place < len(self.text):
            raise self._broken()
        return piece

    def _flags(self, flags: int, found: re.Match[str]) -> int:
        for name in found[1]:
            flags |= _FLAG_BITS[name]
        for name in found[2] or "":
            flags &= ~_FLAG_BITS[name]
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
        return _sequence(pieces)

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
            return _part("char", self._taken(self._end_of_set()), flags)
        if char == "\\":
            found = _ESCAPE.match(self.text, self.place)
            if found is None:
                raise self._no_escape()
            text = self._taken(found.end())
            return _part("border" if text in _BORDERS else "char", text, flags)
        if _QUANTIFIER.match(self.text, self.place):
            raise self._broken()
        text = self._taken(self.place + 1)
        if text in ("^", "$"):
            return _part("border", text, flags)
        return _part("char", text if text == "." else re.escape(text), flags)

    def _taken(self, end: int) -> str:
        text = self.text[self.place : end]
        self.place = end
        return text

    def _end_of_set(self) -> int:
        place = self.place + 1
        place += self.text.startswith("^", place)
        place += self.text.startswith("]", place)
        while place < len(self.text) and self.text[place] != "]":
            if self.text[place] == "[" or self.text.startswith(("&&", "--", "~~", "||"), place):
                raise ExpressionError(
                    f"holds {self.text[place]!r} in a set of characters, which other engines read as a set in a set",
                    "put a backslash before it",
                )
            place += 1 + (self.text[place] == "\\")
        if place >= len(self.text):
            raise self._broken()
        return place + 1

    def _group(self, flags: int) -> _Piece:
        comment = _COMMENT.match(self.text, self.place)
        if comment:
            self.place = comment.end()
            return _sequence([])
        kind = ""
        scoped, named = _FLAGS.match(self.text, self.place), _NAMED.match(self.text, self.place)
        if scoped and scoped[3] == ":":
            flags, self.place = self._flags(flags, scoped), scoped.end()
        elif named:
            self.place = named.end()
        elif self.text.startswith(("(?=", "(?!"), self.place):
            kind = "look" if self.text[self.place + 2] == "=" else "no look"
            self.place += 3
        elif self.text.startswith("(?", self.place):
            raise self._no_group()
        else:
            self.place += 1
        piece = self._any(flags)
        if not self.text.startswith(")", self.place):
            raise self._broken()
        self.place += 1
        return piece if not kind else _ahead(kind, piece)

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
            re.compile(self.text)
        except (re.error, RecursionError, OverflowError) as error:
            return ExpressionError(f"is no regular expression: {error}")
        shown = self.text[self.place : self.place + 10]
        return ExpressionError(
            f"holds {shown!r}, which is not understood here", "write it without flags and extensions"
        )


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
    return ExpressionError(f"stands for more than {LONGEST_PROGRAM} steps", "repeat less, or leave the end open with +")


def _sized(write: _Writer, size: int) -> _Piece:
    if size > LONGEST_PROGRAM:
        raise _too_long()
    return _Piece(write, size)


def _part(kind: str, text: str, flags: int) -> _Piece:
    step = Step(kind, Part(text, flags))
    return _Piece(lambda program: _ignored(program.write(step)), 1)


def _ignored(_: int) -> None:
    return None


def _sequence(pieces: list[_Piece]) -> _Piece:
    def write(program: _Program) -> None:
        for piece in pieces:
            piece.write(program)

    return _sized(write, sum(piece.size for piece in pieces))


def _alternatives(pieces: list[_Piece]) -> _Piece:
    def write(program: _Program) -> None:
        ends = []
        for piece in pieces[:-1]:
            split = program.write(Step("split"))
            piece.write(program)
            ends.append(program.write(Step("split")))
            program.steps[split] = Step("split", targets=(split + 1, len(program.steps)))
        pieces[-1].write(program)
        for end in ends:
            program.steps[end] = Step("split", targets=(len(program.steps),))

    return _sized(write, sum(piece.size for piece in pieces) + 2 * (len(pieces) - 1))


def _repeated(piece: _Piece, least: int, most: int | None) -> _Piece:
    optional = 1 if most is None else max(0, most - least)
    size = least * piece.size + optional * (piece.size + 2)

    def write(program: _Program) -> None:
        for _ in range(least):
            piece.write(program)
        splits = []
        for _ in range(optional):
            splits.append(program.write(Step("split")))
            piece.write(program)
        if most is None:
            program.write(Step("split", targets=(splits[0],)))
        for split in splits:
            program.steps[split] = Step("split", targets=(split + 1, len(program.steps)))

    return _sized(write, size)


def _ahead(kind: str, piece: _Piece) -> _Piece:
    def write(program: _Program) -> None:
        place = program.write(Step(kind))
        program.ahead.append((place, kind, piece))

    return _sized(write, piece.size + 2)
