"""Explanations of cells, stored once where they differ only by the call and the caller.

A text is stored with holes, each a control character: some stand for the values of the call, some for those of the
caller, and one for the next value of the explanation itself. No text that is shown has such characters, so that filling
the holes gives exactly the text that was added.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

_K = TypeVar("_K", bound=Hashable)
#: The hole for the next value of the explanation.
OWN: Final = "\x02"
#: A value that is shorter would stand in words that have nothing to do with it.
_SHORTEST: Final = 3
_QUOTED: Final = re.compile(r"`([^`]*)`")
_HOLE: Final = re.compile("[\x02-\x17]")
#: The holes for the first values of a call and of a caller.
OF_CALL: Final = 0x03
OF_CALLER: Final = 0x10


class ExplainedGate(NamedTuple):
    """A gate of a call: its number, its name, and whether the call passes it; None if that is not known."""

    number: str
    name: str
    passed: bool | None


class ExplainedLine(NamedTuple):
    """A line of an explanation, with the lines of the policy that belong to it."""

    depth: int
    style: str
    text: str
    excerpt: tuple[str, ...] = ()


class CellExplanation(NamedTuple):
    """What a cell shows.

    Attributes:
        state: what the cell shows, as ``CellState`` has it.
        outcome: the outcome of the call.
        statuses: the possible statuses.
        reason: why the state is neither allowed nor denied; else empty.
        gates: the gates of the call, in order.
        lines: the explanation of the response.
    """

    state: str
    outcome: str
    statuses: tuple[int, ...]
    reason: str
    gates: tuple[ExplainedGate, ...]
    lines: tuple[ExplainedLine, ...]


class Frame(NamedTuple):
    """An explanation without its own values. ``gates`` and ``lines`` are numbers of stored ones."""

    state: str
    outcome: str
    statuses: tuple[int, ...]
    reason: str
    gates: int
    lines: tuple[int, ...]


class StoredLine(NamedTuple):
    """A line with holes; ``excerpt`` is the number of a stored excerpt, or -1."""

    depth: int
    style: str
    text: str
    excerpt: int


class StoredExplanations(NamedTuple):
    """Explanations with holes.

    Attributes:
        call_values: for each call the values of its holes.
        caller_values: for each caller the values of its holes.
        values: the values of explanations, by number.
        excerpts, gates, lines, frames: the parts, each once.
        explanations: each is the number of its frame, then the numbers of its own values.
    """

    call_values: tuple[tuple[str, ...], ...]
    caller_values: tuple[tuple[str, ...], ...]
    values: tuple[str, ...]
    excerpts: tuple[tuple[str, ...], ...]
    gates: tuple[tuple[ExplainedGate, ...], ...]
    lines: tuple[StoredLine, ...]
    frames: tuple[Frame, ...]
    explanations: tuple[tuple[int, ...], ...]

    def frame(self, number: int) -> Frame:
        """The frame of an explanation."""
        return self.frames[self.explanations[number][0]]

    def expand(self, number: int, call: int, caller: int) -> CellExplanation:
        """The explanation of a cell, as it was added."""
        frame = self.frame(number)
        own = iter([self.values[value] for value in self.explanations[number][1:]])
        shared = (self.call_values[call], self.caller_values[caller])
        reason = _filled(frame.reason, own, shared)
        lines = tuple(
            ExplainedLine(
                line.depth,
                line.style,
                _filled(line.text, own, shared),
                () if line.excerpt < 0 else self.excerpts[line.excerpt],
            )
            for line in (self.lines[each] for each in frame.lines)
        )
        return CellExplanation(frame.state, frame.outcome, frame.statuses, reason, self.gates[frame.gates], lines)


class ExplanationStore:
    """Collects explanations.

    Args:
        call_values: for each call the values that explanations of it may have in common with others.
        caller_values: for each caller such values.
    """

    def __init__(self, call_values: Sequence[Sequence[str]], caller_values: Sequence[Sequence[str]]) -> None:
        self._calls = tuple(map(tuple, call_values))
        self._callers = tuple(map(tuple, caller_values))
        self._values: dict[str, int] = {}
        self._excerpts: dict[tuple[str, ...], int] = {}
        self._gates: dict[tuple[ExplainedGate, ...], int] = {}
        self._lines: dict[StoredLine, int] = {}
        self._frames: dict[Frame, int] = {}
        self._explanations: dict[tuple[int, ...], int] = {}

    def add(self, call: int, caller: int, explanation: CellExplanation) -> int:
        """The number of an explanation. One that differs by the values of call and caller alone has the same number."""
        named = (*_named(self._calls[call], OF_CALL), *_named(self._callers[caller], OF_CALLER))
        shared = sorted(named, key=lambda each: -len(each[0]))
        own: list[int] = []
        reason = self._with_holes(explanation.reason, shared, own)
        lines = []
        for line in explanation.lines:
            text = self._with_holes(line.text, shared, own)
            excerpt = _number(self._excerpts, line.excerpt) if line.excerpt else -1
            lines.append(_number(self._lines, StoredLine(line.depth, line.style, text, excerpt)))
        frame = Frame(
            explanation.state,
            explanation.outcome,
            explanation.statuses,
            reason,
            _number(self._gates, explanation.gates),
            tuple(lines),
        )
        return _number(self._explanations, (_number(self._frames, frame), *own))

    def _with_holes(self, text: str, shared: Sequence[tuple[str, str]], own: list[int]) -> str:
        for value, hole in shared:
            if value in text:
                text = text.replace(value, hole)

        def keep(match: re.Match[str]) -> str:
            own.append(_number(self._values, match[1]))
            return f"`{OWN}`"

        return _QUOTED.sub(keep, text)

    def stored(self) -> StoredExplanations:
        """All that was added."""
        return StoredExplanations(
            self._calls,
            self._callers,
            tuple(self._values),
            tuple(self._excerpts),
            tuple(self._gates),
            tuple(self._lines),
            tuple(self._frames),
            tuple(self._explanations),
        )


def _number(known: dict[_K, int], key: _K) -> int:
    return known.setdefault(key, len(known))


def _named(values: Sequence[str], first: int) -> Iterator[tuple[str, str]]:
    """Values with their holes, without those that are too short."""
    for number, value in enumerate(values):
        if len(value) >= _SHORTEST:
            yield value, chr(first + number)


def _filled(text: str, own: Iterator[str], shared: tuple[Sequence[str], Sequence[str]]) -> str:
    """A text without holes. The value of a hole may have holes of call and caller itself."""

    def value(match: re.Match[str]) -> str:
        hole = ord(match[0])
        if match[0] == OWN:
            return _filled(next(own), own, shared)
        of_call, of_caller = shared
        return of_caller[hole - OF_CALLER] if hole >= OF_CALLER else of_call[hole - OF_CALL]

    return _HOLE.sub(value, text)
