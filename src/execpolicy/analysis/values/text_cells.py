"""Texts divided into cells: all combinations of patterns that match one text, found in advance."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.values.joint_automaton import WITHIN, JointAutomaton
from execpolicy.analysis.values.text_domain import TextDomain
from execpolicy.analysis.values.text_pattern import ANY_TEXT, TextPattern

if TYPE_CHECKING:
    from execpolicy.analysis.values.joint_automaton import State
    from execpolicy.analysis.values.value_set import ValueSet

#: The states that are followed before the cells are given up.
MAX_STATES = 4000
#: The examples of one set.
MAX_EXAMPLES = 24


class TextCells(TextDomain):
    """A domain whose sets are ints with a bit for each cell; the last bit may be for none."""

    __slots__ = ("_automaton", "_cells", "_cells_of", "_preferred", "_ranked", "_texts")
    full: int
    present: int
    absent: int

    def __init__(
        self,
        automaton: JointAutomaton,
        patterns: Sequence[TextPattern],
        cells: Mapping[int, str],
        *,
        preferred: Iterable[str],
        optional: bool,
    ) -> None:
        self._automaton = automaton
        self._cells = {matched: 1 << place for place, matched in enumerate(cells)}
        self._texts = tuple(cells.values())
        self._cells_of = dict(zip(patterns, _cells_by_place(self._cells, len(patterns)), strict=True))
        self._preferred = preferred
        #: The cells with their best examples, the best first, once they are needed.
        self._ranked: tuple[tuple[int, str], ...] = ()
        self.present = (1 << len(cells)) - 1
        self.absent = 1 << len(cells) if optional else 0
        self.full = self.present | self.absent

    def matching(self, *patterns: TextPattern) -> int:
        """As TextDomain says."""
        found = 0
        for pattern in patterns:
            found |= self._cells_of[pattern]
        return found

    def containing(self, text: str) -> int:
        """As TextDomain says."""
        return self._cells.get(self._automaton.matched_by(text), 0)

    def example(self, values: ValueSet) -> str:
        """As TextDomain says."""
        return next(text for place, text in enumerate(self._texts) if values & 1 << place)

    def examples(self, values: ValueSet) -> Iterator[str]:
        """As TextDomain says."""
        ranked = self._ranked
        if not ranked:
            found: dict[int, str] = {}
            for text in self._preferred:
                found.setdefault(self.containing(text), text)
            for place, text in enumerate(self._texts):
                found.setdefault(1 << place, text)
            self._ranked = ranked = tuple(found.items())
        return islice((text for cell, text in ranked if values & cell), MAX_EXAMPLES)


def _cells_by_place(cells: dict[int, int], patterns: int) -> list[int]:
    """The cells of each pattern, by its place."""
    found = [0] * (patterns + 1)
    for matched, cell in cells.items():
        left = matched
        while left:
            found[left.bit_length() - 1] |= cell
            left ^= 1 << left.bit_length() - 1
    return found[1:]


class TooManyStatesError(Exception):
    """The patterns have too many states for cells."""


def text_cells(
    patterns: Iterable[TextPattern],
    *,
    within: TextPattern = ANY_TEXT,
    preferred: Iterable[str] = (),
    beginnings: Iterable[str] = (),
    optional: bool = False,
    budget: Budget,
) -> TextCells:
    """The domain of the texts within a pattern, divided by others.

    Raises TooManyStatesError: the patterns have too many states; BudgetExceededError.
    """
    distinct = tuple(dict.fromkeys(patterns))
    automaton = JointAutomaton(within, distinct)
    cells = _Exploration(automaton, budget).cells(beginnings)
    return TextCells(automaton, distinct, cells, preferred=preferred, optional=optional)


class _Exploration:
    """Finds a text of each cell: a shortest one after the first beginning that is possible."""

    def __init__(self, automaton: JointAutomaton, budget: Budget) -> None:
        self._automaton = automaton
        self._cells: dict[int, str] = {}
        self._budget = budget
        #: By state, the text that leads to it: a whole text, or one more character after that of another state.
        self._before: dict[State, tuple[State | None, str]] = {}

    def cells(self, beginnings: Iterable[str]) -> dict[int, str]:
        """The cells, by the bits of the patterns that match; that of the empty text is the last one."""
        for text in beginnings:
            state = self._automaton.state_after(text)
            if state and state not in self._before:
                self._before[state] = None, text
                self._explore(state)
        self._explore(None)
        matched = self._automaton.matched(self._automaton.start())
        if matched & WITHIN:
            self._cells.setdefault(matched, "")
        return self._cells

    def _explore(self, first: State | None) -> None:
        """Explore the states after one; None is the state of the empty text, which is no example yet."""
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            matched = 0 if state is None else self._automaton.matched(state)
            if matched & WITHIN and matched not in self._cells:
                self._cells[matched] = self._text(state)
            if state is not None and self._automaton.decided(state) in self._cells:
                continue
            self._budget.take("dividing the texts that patterns tell apart")
            for character, following in self._automaton.steps(self._automaton.start() if state is None else state):
                if following not in self._before:
                    self._before[following] = state, character
                    waiting.append(following)
            if len(self._before) > MAX_STATES:
                raise TooManyStatesError

    def _text(self, state: State | None) -> str:
        parts = []
        while state is not None:
            state, part = self._before[state]
            parts.append(part)
        return "".join(reversed(parts))
