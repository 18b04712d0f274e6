"""Finds a text that some patterns match and others do not, or shows that there is none."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.joint_automaton import WITHIN, JointAutomaton
from execpolicy.analysis.values.text_outline import TextOutline, common_texts, outline_of, text_of_prefix

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.joint_automaton import State
    from execpolicy.analysis.values.text_pattern import TextPattern

#: A text that most patterns do not match.
_PLAIN = "a"
#: How many characters longer a text may be that has an earlier one of the beginnings.
_LATER = 20
_REASON = "a text that patterns tell apart from others"


class TextSearch:
    """Searches texts by the bits of the patterns that match them and of those that do not.

    What is found is kept: each text with all patterns that match it, and which patterns cannot be combined.
    """

    __slots__ = (
        "_automaton",
        "_beginnings",
        "_budget",
        "_common_beginnings",
        "_found",
        "_impossible",
        "_known",
        "_known_by_bit",
        "_outlines",
        "_plain_of",
        "_remaining",
    )

    def __init__(
        self,
        within: TextPattern,
        patterns: Sequence[TextPattern],
        budget: Budget,
        beginnings: tuple[str, ...],
    ) -> None:
        self._automaton = JointAutomaton(within, patterns)
        self._budget = budget
        self._found: dict[tuple[int, int], str | None] = {}
        #: Combinations that no text has: the negative bits by the positive ones.
        self._impossible: dict[int, list[int]] = {}
        #: By the bit of a pattern, the patterns that plainly match none of its texts, and all of them.
        self._plain_of: dict[int, tuple[int, int]] = {}
        #: By node and pattern, the number of characters that a text needs at least until the pattern matches.
        self._remaining: dict[tuple[int, int], int] = {}
        #: Texts that are possible, by the bits of all patterns that match them, and those bits by each of them.
        self._known: dict[int, str] = {}
        self._known_by_bit: dict[int, list[int]] = {}
        self._outlines = [tuple(map(outline_of, pattern.alternatives)) for pattern in (within, *patterns)]
        #: What texts begin with where possible, then a text within the pattern of all values.
        self._beginnings = beginnings
        self._common_beginnings = (*beginnings, *(outline.sample for outline in self._outlines[0][:1]))
        for text in (_PLAIN, *filter(None, self._samples())):
            self.learn(text)

    def _samples(self) -> Iterator[str]:
        """A text of each pattern, unless it is not within the pattern of all values."""
        for outlines in self._outlines:
            for outline in outlines[:1]:
                yield from common_texts([outline], self._common_beginnings)

    def learn(self, text: str) -> int:
        """Take note of a text. Returns the bits of the patterns that match it."""
        matched = self._automaton.matched_by(text)
        if matched & WITHIN and matched not in self._known:
            self._known[matched] = text
            for bit in bits(matched):
                self._known_by_bit.setdefault(bit, []).append(matched)
        return matched

    def find(self, positive: int, negative: int) -> str | None:
        """A text that the patterns of the positive bits match, and none of the negative ones.

        Raises BudgetExceededError: there are not enough steps.
        """
        key = positive, negative
        if key not in self._found:
            text = self._known_text(positive, negative)
            if text is None and not self._is_impossible(positive, negative):
                text = self._common_text(positive, negative) or self._new_text(positive, negative)
            self._found[key] = text
        return self._found[key]

    def excluded(self, positive: int) -> int:
        """The bits of patterns that match no text of the positive ones, as far as that is plain."""
        return self._plain(positive)[0]

    def _plain(self, positive: int) -> tuple[int, int]:
        """The bits of patterns that plainly match no text of one of the positive ones, and of those that match all."""
        none = every = 0
        for bit in bits(positive):
            known = self._plain_of.get(bit)
            if known is None:
                self._plain_of[bit] = known = self._compared(bit)
            none |= known[0]
            every |= known[1]
        return none, every

    def _compared(self, bit: int) -> tuple[int, int]:
        own = self._outlines_of(bit)
        none = every = 0
        for place, others in enumerate(self._outlines):
            none |= _exclude(own, others) << place
            every |= _contain(others, own) << place
        if len(own) == 1 and own[0].is_closed:
            # What a text has after the prefix is always the same: one text shows which patterns match it.
            matched = self.learn(next(common_texts(own, self._common_beginnings)))
            if matched & bit and matched & WITHIN:
                alike = sum(
                    1 << place for place, others in enumerate(self._outlines) if _is_after_prefix(own[0], others)
                )
                none |= alike & ~matched
                every |= alike & matched
        return none, every

    def _outlines_of(self, bit: int) -> tuple[TextOutline, ...]:
        return self._outlines[bit.bit_length() - 1]

    def _known_text(self, positive: int, negative: int) -> str | None:
        candidates: Collection[int] = self._known
        for bit in bits(positive):
            of_bit = self._known_by_bit.get(bit, ())
            candidates = of_bit if len(of_bit) < len(candidates) else candidates
        for matched in candidates:
            if matched & positive == positive and not matched & negative:
                return self._known[matched]
        return None

    def _is_impossible(self, positive: int, negative: int) -> bool:
        """Whether it follows from what was found before, or from two patterns that no text has in common."""
        if positive & negative:
            return True
        for each, others in self._impossible.items():
            if each & positive == each and any(other & negative == other for other in others):
                return True
        none, every = self._plain(positive)
        if none & (positive | WITHIN) or every & negative:
            return True
        pairs = [(one, other) for one in bits(positive) for other in bits(positive) if other < one]
        return (len(pairs) > 1 or bool(pairs and negative)) and any(
            self.find(one | other, 0) is None for one, other in pairs
        )

    def _common_text(self, positive: int, negative: int) -> str | None:
        """A text made of what the positive patterns begin with, end with, and have between."""
        outlines = [outline for bit in bits(positive) for outline in self._outlines_of(bit)[:1]]
        for text in common_texts(outlines, self._common_beginnings):
            matched = self.learn(text)
            if matched & (positive | WITHIN) == positive | WITHIN and not matched & negative:
                return text
        return None

    def _new_text(self, positive: int, negative: int) -> str | None:
        """Search by the positive bits alone, then by one more negative bit as long as a text has it."""
        needed = 0
        while True:
            text = self._search(positive, needed)
            if text is None:
                self._impossible.setdefault(positive, []).append(needed)
                return None
            wrong = self.learn(text) & negative
            if not wrong:
                return text
            needed |= wrong & -wrong

    def _search(self, positive: int, negative: int) -> str | None:
        """A shortest text, found through the states that are closest to an end first."""
        automaton = self._automaton
        wanted = [automaton.alternatives[bit.bit_length() - 1] for bit in bits(positive)]
        unwanted = sum(automaton.alternatives[bit.bit_length() - 1] for bit in bits(negative))
        relevant = automaton.of_within | sum(wanted) | unwanted
        positive |= WITHIN
        before: dict[State, tuple[State | None, str]] = {}
        waiting: list[tuple[int, int, int, State]] = []
        for place, text in enumerate(self._starts(positive & ~WITHIN, negative)):
            start = automaton.restricted(automaton.state_after(text), relevant)
            if start and start not in before:
                before[start] = None, text
                self._put(waiting, start, place * _LATER, wanted, unwanted)
        while waiting:
            _, _, length, state = heapq.heappop(waiting)
            self._budget.take(_REASON)
            matched = automaton.matched(state)
            if matched & positive == positive and not matched & negative:
                return _text(state, before)
            for character, following in automaton.steps(state, relevant):
                if following not in before:
                    before[following] = state, character
                    self._put(waiting, following, length + 1, wanted, unwanted)
        return None

    def _starts(self, positive: int, negative: int) -> tuple[str, ...]:
        """What texts begin with among which there is one, if there is any: those of good examples first."""
        first = self._common_head(positive)
        if positive and not first:
            first = self._text_of_prefix(positive | negative)
        return (*(text for text in self._beginnings if text.startswith(first)), first)

    def _common_head(self, positive: int) -> str:
        """What every text of the positive patterns begins with."""
        single = [outlines[0] for outlines in map(self._outlines_of, bits(positive)) if len(outlines) == 1]
        return max((outline.head for outline in single if not outline.prefix), key=len, default="")

    def _text_of_prefix(self, patterns: int) -> str:
        """A text of the prefix that all patterns have, if what follows it may be any text; else the empty text.

        Whether they match a text with the prefix depends only on what follows it, so that one text of it stands for
        all. Texts without the prefix match none of them.
        """
        outlines = [outline for bit in bits(patterns) for outline in self._outlines_of(bit)]
        if len({outline.prefix for outline in outlines}) != 1:
            return ""
        text = text_of_prefix(outlines[0].prefix, self._common_beginnings)
        state = self._automaton.state_after(text)
        settled = any(self._automaton.nodes[index].settled & self._automaton.of_within for index in state)
        return text if settled else ""

    def _put(
        self,
        waiting: list[tuple[int, int, int, State]],
        state: State,
        length: int,
        wanted: list[int],
        unwanted: int,
    ) -> None:
        """Add a state, unless a wanted pattern cannot match any more or an unwanted one matches whatever follows."""
        nodes = self._automaton.nodes
        if any(nodes[index].settled & unwanted for index in state):
            return
        remaining = 0
        for alternatives in wanted:
            of_pattern = [index for index in state if nodes[index].below & alternatives]
            if not of_pattern:
                return
            remaining = max(remaining, min(self._remaining_of(index, alternatives) for index in of_pattern))
        heapq.heappush(waiting, (length + remaining, -len(waiting), length, state))

    def _remaining_of(self, index: int, alternatives: int) -> int:
        known = self._remaining.get((index, alternatives))
        if known is None:
            node = self._automaton.nodes[index]
            known = min(self._automaton.lengths[bit.bit_length() - 1] for bit in bits(node.below & alternatives))
            self._remaining[index, alternatives] = known = known - node.depth
        return known


def _is_after_prefix(closed: TextOutline, others: Iterable[TextOutline]) -> bool:
    """Whether it depends only on what follows the prefix of a closed outline whether others match its texts."""
    return not closed.prefix or all(other.prefix == closed.prefix for other in others)


def _exclude(firsts: Iterable[TextOutline], seconds: Sequence[TextOutline]) -> bool:
    return all(first.excludes(second) for first in firsts for second in seconds)


def _contain(wide: Sequence[TextOutline], narrow: Sequence[TextOutline]) -> bool:
    return all(any(each.contains(other) for each in wide) for other in narrow)


def bits(mask: int) -> Iterator[int]:
    """The bits of a mask, the lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def _text(state: State | None, before: dict[State, tuple[State | None, str]]) -> str:
    parts = []
    while state is not None:
        state, part = before[state]
        parts.append(part)
    return "".join(reversed(parts))
