"""Texts that consist of fields, such as an ARN and its account, and patterns that read some of the fields.

A pattern reads the texts of its fields one after another, as if they were one text. The sequences that the same
patterns match are one cell: the cells are found by running all patterns at once, field by field, with the sets of
positions that they have reached as the bits of one integer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.budget import Budget

    #: From a state, the characters that may follow, each with the state that they lead to.
    Edges: TypeAlias = tuple[tuple[str, int], ...]


class FieldGrammar(NamedTuple):
    """The texts that a field may have, as an automaton: the edges of each state, from state 0, and where a text ends.

    The characters of an edge are in order of preference.
    """

    edges: tuple[Edges, ...]
    ends: frozenset[int]

    def has(self, text: str) -> bool:
        """Whether a text is one of the field.

        >>> repeated("0123456789", 12, 12).has("111122223333")
        True
        """
        states = {0}
        for char in text:
            states = {target for state in states for chars, target in self.edges[state] if char in chars}
        return not self.ends.isdisjoint(states)


def repeated(chars: str, least: int = 1, most: int | None = None) -> FieldGrammar:
    """The grammar of a number of characters, of any number from ``least`` if there is no ``most``."""
    last = least if most is None else most
    edges: list[Edges] = [((chars, state + 1),) for state in range(last)]
    edges.append(((chars, last),) if most is None else ())
    return FieldGrammar(tuple(edges), frozenset(range(least, last + 1)))


class TextField(NamedTuple):
    """A field: its name, texts that examples prefer, and its grammar; without one it has only these texts."""

    name: str
    words: tuple[str, ...]
    grammar: FieldGrammar | None = None


class FieldPattern(NamedTuple):
    """A pattern of the fields with these names, one after another.

    With ``folds`` the literal tokens are in lower case, and match upper case, too.
    """

    fields: frozenset[str]
    tokens: Tokens
    folds: bool = False


class SequenceCell(NamedTuple):
    """The sequences that the same patterns match: one of them, by field, and the bits of the patterns' ends."""

    words: tuple[str, ...]
    matched: int


#: So many of the first words of a field are tried, which patterns name, and of the last, which are usual ones.
_NAMED_WORDS, _OTHER_WORDS = 3, 3


class FieldSequence:
    """All sequences of texts for some fields, divided into the cells that patterns tell apart.

    >>> from execpolicy.analysis.budget import Budget
    >>> from execpolicy.language.glob import tokens_of
    >>> account = TextField("account", ("111122223333",), repeated("1234567890", 12, 12))
    >>> name = TextField("name", ("Clerk",), repeated("abcdefghijklmnopqrstuvwxyzC"))
    >>> here = FieldPattern(frozenset({"account"}), tokens_of("1111*"))
    >>> texts = FieldSequence((account, name), [here], Budget())
    >>> [cell.words for cell in texts.cells], texts.mask(here)
    ([('111122223333', 'Clerk'), ('211111111111', 'Clerk')], 1)
    """

    def __init__(self, fields: Sequence[TextField], patterns: Iterable[FieldPattern], budget: Budget) -> None:
        self.fields = tuple(fields)
        self._budget = budget
        self._run = _Run(patterns)
        self._reading = {field.name: self._run.reading(field.name) for field in self.fields}
        self._ways: dict[tuple[str, int], list[tuple[int, str]]] = {}
        #: The cells, those with preferred texts first. Bit n of a set of cells is cell n.
        self.cells = self._found_cells()
        self._index = {cell.matched: index for index, cell in enumerate(self.cells)}
        #: By the bit of the end of a pattern, the cells that it matches.
        self._cells_of: dict[int, int] = {}
        for index, cell in enumerate(self.cells):
            matched = cell.matched
            while matched:
                end = matched & -matched
                self._cells_of[end] = self._cells_of.get(end, 0) | 1 << index
                matched ^= end

    def _found_cells(self) -> tuple[SequenceCell, ...]:
        if not self._run.start:
            return (SequenceCell(tuple(field.words[0] for field in self.fields), 0),)
        states: dict[int, tuple[str, ...]] = {self._run.start: ()}
        for field in self.fields:
            reading = self._reading[field.name]
            before, states = states, {}
            for reached, words in before.items():
                for after, word in self._ways_through(field, reached & reading):
                    states.setdefault(reached & ~reading | after, (*words, word))
        cells: dict[int, tuple[str, ...]] = {}
        for reached, words in states.items():
            cells.setdefault(reached & self._run.ends, words)
        return tuple(SequenceCell(words, matched) for matched, words in cells.items())

    def _ways_through(self, field: TextField, reached: int) -> list[tuple[int, str]]:
        """The positions that the texts of a field lead to, each with a text."""
        known = self._ways.get((field.name, reached))
        if known is not None:
            return known
        found: dict[int, str] = {}
        for word in self._words(field, reached):
            found.setdefault(self._run.after(reached, word), word)
        if field.grammar is not None and reached:
            self._explore(field.grammar, reached, found)
        self._budget.take("dividing the texts of callers", len(found))
        ways = self._ways[field.name, reached] = list(found.items())
        return ways

    def _words(self, field: TextField, reached: int) -> Sequence[str]:
        """The texts of a field that are tried before others."""
        if field.grammar is None or len(field.words) <= _NAMED_WORDS + _OTHER_WORDS:
            return field.words
        # What patterns name is found in any case: as an example of a wildcard it is better than another text.
        named = field.words[:_NAMED_WORDS] if self._run.has_wildcards(reached) else ()
        return (*named, *field.words[-_OTHER_WORDS:])

    def _explore(self, grammar: FieldGrammar, reached: int, found: dict[int, str]) -> None:
        """Add the positions that some text of the grammar leads to."""
        not_matched = 0
        queue = [(0, reached, "")]
        seen = {(0, reached)}
        for state, positions, text in queue:
            self._budget.take("dividing the texts of callers")
            if state in grammar.ends:
                found.setdefault(positions, text)
            if not positions and not_matched in found:
                continue  # what follows matches nothing either
            expected = self._run.expected(positions)
            for chars, target in grammar.edges[state]:
                for char in _representatives(chars, expected):
                    self._budget.take("dividing the texts of callers")
                    after = (target, self._run.step(positions, char))
                    if after not in seen:
                        seen.add(after)
                        queue.append((*after, text + char))

    def mask(self, *patterns: FieldPattern) -> int:
        """The cells that one of these patterns matches."""
        found = 0
        for pattern in patterns:
            found |= self._cells_of.get(self._run.end_of[pattern], 0)
        return found

    def cell_of(self, words: Sequence[str]) -> int | None:
        """The index of the cell of a sequence of texts; None if it is in none, because the fields do not have them."""
        reached = self._run.start
        for field, word in zip(self.fields, words, strict=True):
            reading = self._reading[field.name]
            reached = reached & ~reading | self._run.after(reached & reading, word)
        return self._index.get(reached & self._run.ends)


def _representatives(chars: str, expected: Collection[str]) -> Iterable[str]:
    """The characters that patterns expect, and one other, where they are among ``chars``."""
    for char in chars:
        if char not in expected:
            yield char
            break
    for char in expected:
        if char in chars:
            yield char


class _Run:
    """All patterns, side by side: each has a bit for each of its positions."""

    def __init__(self, patterns: Iterable[FieldPattern]) -> None:
        self.end_of: dict[FieldPattern, int] = {}
        self.start = self.ends = 0
        self._positions: list[tuple[FieldPattern, int]] = []
        self._accepts: dict[str, int] = {}
        #: The number of positions.
        self._size = 0
        self._accept_any = self._accept_within = self._repeat_any = self._repeat_within = 0
        #: For a ``*`` after other tokens, the positions before it: what matches from one of these matches from it, too.
        self._before_star: dict[int, int] = {}
        self._before_stars: dict[int, int] = {}
        self._later_stars = 0
        self._expected: dict[int, tuple[str, ...]] = {}
        for pattern in patterns:
            if pattern not in self.end_of:
                self._add(pattern)
        self._wild = self._accept_any | self._accept_within | self._repeat_any | self._repeat_within

    def _add(self, pattern: FieldPattern) -> None:
        first = self._size
        accepts: dict[str, int] = {}
        for token in pattern.tokens:
            here = self._size
            if token is ANY:
                self._repeat_any |= 1 << here
                if here > first:
                    self._later_stars |= 1 << here
                    self._before_star[1 << here] = (1 << here) - (1 << first)
            elif token is ANY_IN_FIELD:
                self._repeat_within |= 1 << here
            elif isinstance(token, str):
                for place, char in enumerate(token, here - first):
                    # The texts of fields are ASCII: other letters have no upper case among them.
                    either = {char, char.upper()} if pattern.folds and char.isascii() else {char}
                    for each in either:
                        accepts[each] = accepts.get(each, 0) | 1 << place
                self._size += len(token)
            else:
                self._accept_any |= 1 << here if token is ONE else 0
                self._accept_within |= 1 << here if token is ONE_IN_FIELD else 0
                self._size += 1
        for char, places in accepts.items():
            self._accepts[char] = self._accepts.get(char, 0) | places << first
        end = 1 << self._size
        self._size += 1
        self.start |= 1 << first
        self.end_of[pattern] = end
        self.ends |= end
        self._positions.append((pattern, (end << 1) - (1 << first)))

    def reading(self, field: str) -> int:
        """The positions of the patterns that read a field."""
        return sum(positions for pattern, positions in self._positions if field in pattern.fields)

    def has_wildcards(self, reached: int) -> bool:
        """Whether a pattern has a wildcard after one of these positions, or at it."""
        return bool(self._wild and self._wild & ~((reached & -reached) - 1))

    def expected(self, reached: int) -> tuple[str, ...]:
        """The characters that lead patterns on, from these positions, where others do not."""
        found = self._expected.get(reached)
        if found is None:
            chars = {char for char, places in self._accepts.items() if reached & places}
            if reached & (self._accept_within | self._repeat_within):
                chars.add(":")
            self._expected[reached] = found = tuple(sorted(chars))
        return found

    def step(self, reached: int, char: str) -> int:
        """The positions after a character."""
        accepted, repeated_at = self._accepts.get(char, 0) | self._accept_any, self._repeat_any
        if char != ":":
            accepted |= self._accept_within
            repeated_at |= self._repeat_within
        after = (reached & accepted) << 1 | reached & repeated_at
        stars = after & self._later_stars
        return after & ~self._before(stars) if stars else after

    def _before(self, stars: int) -> int:
        """The positions before some ``*``. Most steps reach the same ones."""
        found = self._before_stars.get(stars)
        if found is None:
            found, left = 0, stars
            while left:
                lowest = left & -left
                found |= self._before_star[lowest]
                left ^= lowest
            self._before_stars[stars] = found
        return found

    def after(self, reached: int, text: str) -> int:
        """The positions after a text."""
        for char in text:
            if not reached:
                break
            reached = self.step(reached, char)
        return reached
