"""Several patterns followed at once: which of them match a text, and which texts differ in that.

A state is the set of nodes of the tree of patterns that a text reaches, without those that make no difference: what
they can still match, a deeper node matches as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.characters import CharacterSet, regions
from execpolicy.analysis.values.pattern_tree import PatternNode, PatternTree, common_length

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.values.text_pattern import TextPattern

    #: The nodes that a text reaches, the deepest first; none if the text leads out of what values are within.
    State: TypeAlias = tuple[int, ...]

#: The bit of the pattern that all values are within.
WITHIN = 1
#: The readable characters of a region that are kept.
_KEPT_CHARACTERS = 100


class _Region:
    """Characters that the sets of a state do not tell apart."""

    __slots__ = ("_all", "_readable", "sets")

    def __init__(self, characters: CharacterSet, sets: int) -> None:
        self._all = characters
        self._readable = _readable(characters)
        #: The bits of the sets that have these characters.
        self.sets = sets

    def character_besides(self, named: Iterable[str]) -> str | None:
        """The most readable character that is not one of those; None if there is no other."""
        for character in self._readable:
            if character not in named:
                return character
        return next((character for character in self._all.readable() if character not in named), None)


@lru_cache(maxsize=256)
def _readable(characters: CharacterSet) -> tuple[str, ...]:
    return tuple(islice(characters.readable(), _KEPT_CHARACTERS))


class _Partition:
    """How some sets of characters divide all characters."""

    __slots__ = ("_found", "_places", "regions")

    def __init__(self, sets: Iterable[tuple[int, CharacterSet]]) -> None:
        given = tuple(sets)
        self._found = regions(characters for _, characters in given)
        self.regions = [
            _Region(region, sum(bit for bit, characters in given if characters.contains(region)))
            for region in self._found
        ]
        self._places: dict[str, int] = {}

    def place(self, character: str) -> int:
        """The index of the region of a character; -1 if no set has it."""
        found = self._places.get(character)
        if found is None:
            of_it = (index for index, region in enumerate(self._found) if region.has(character))
            self._places[character] = found = next(of_it, -1)
        return found


class JointAutomaton:
    """Patterns with a bit each, from the second bit on; the first one is that of the pattern that values are within.

    Attributes:
        alternatives: the bits of the alternatives of each pattern.
        lengths: the length of a shortest text of each alternative.
        of_within: the bits of the alternatives of the pattern that values are within.
    """

    __slots__ = (
        "_followed",
        "_latest",
        "_partitions",
        "_sets",
        "_start",
        "alternatives",
        "lengths",
        "nodes",
        "of_within",
    )

    def __init__(self, within: TextPattern, patterns: Sequence[TextPattern]) -> None:
        tree = PatternTree([within, *patterns])
        self.nodes: list[PatternNode] = tree.nodes
        self.alternatives = tree.alternatives
        self.lengths = tree.lengths
        self.of_within = tree.alternatives[0]
        self._sets = tree.sets
        self._partitions: dict[int, _Partition] = {}
        #: By state and character, the next states of texts that were followed.
        self._followed: dict[tuple[State, str], State] = {}
        self._start = self._reduced(tree.roots, -1)
        #: The latest text that was followed, with the states that it leads through.
        self._latest: tuple[str, list[State]] = "", [self._start]

    def start(self) -> State:
        """The state of the empty text."""
        return self._start

    def _reduced(self, reached: set[int], relevant: int) -> State:
        """The reached nodes that make a difference.

        A node that repeats any character matches whatever a node before it matches by way of it. A pattern that
        matches whatever follows needs none of its other alternatives.
        """
        nodes = self.nodes
        settled = possible = 0
        for index in reached:
            settled |= nodes[index].settled
        kept = []
        for index in sorted(reached, reverse=True):
            node = nodes[index]
            below = node.below
            if below & relevant & ~settled or node.settled & relevant:
                kept.append(index)
                possible |= below
                if node.repeats_any:
                    settled |= below
        return tuple(kept) if possible & self.of_within else ()

    def matched(self, state: State) -> int:
        """The bits of the patterns that match a text which ends in a state."""
        found = 0
        for index in state:
            found |= self.nodes[index].ends
        return found

    def decided(self, state: State) -> int:
        """The bits of the patterns that match every possible text through a state; 0 if texts differ in that."""
        matched = below = settled = 0
        for index in state:
            node = self.nodes[index]
            matched |= node.ends
            below |= node.below
            settled |= node.settled
        return 0 if below & ~settled & ~self.of_within else matched | WITHIN

    def after(self, state: State, character: str) -> State:
        """The state after one more character."""
        following = self._followed.get((state, character))
        if following is None:
            reached: set[int] = set()
            for index in state:
                node = self.nodes[index]
                reached.update(node.after_character.get(character, ()))
                reached.update([each for bit, each in node.after_set if self._has(bit, character)])
                if node.repeats and self._has(node.repeats, character):
                    reached.add(index)
            self._followed[state, character] = following = self._reduced(reached, -1)
        return following

    def _has(self, bit: int, character: str) -> bool:
        return self._sets[bit.bit_length() - 1].has(character)

    def state_after(self, text: str) -> State:
        """The state of a text. What it has in common with the latest one is not followed again."""
        latest, states = self._latest
        common = common_length(latest, text)
        del states[common + 1 :]
        state = states[-1]
        for character in text[common:]:
            state = self.after(state, character)
            states.append(state)
        self._latest = text, states
        return state

    def restricted(self, state: State, relevant: int) -> State:
        """The state where only the alternatives of some bits count."""
        return self._reduced(set(state), relevant)

    def matched_by(self, text: str) -> int:
        """The bits of the patterns that match a text."""
        return self.matched(self.state_after(text))

    def steps(self, state: State, relevant: int = -1) -> list[tuple[str, State]]:
        """The different states after one more character, each after a readable character that leads there.

        Characters that lead out of the pattern that values are within are left out. ``relevant`` has the bits of the
        alternatives that count.
        """
        named, by_set, sets = self._after_nodes(state, relevant)
        partition = self._partition(sets)
        found, of_regions = [], []
        for region in partition.regions:
            reached = {index for bit, index in by_set if bit & region.sets}
            of_regions.append(reached)
            character = region.character_besides(named)
            if character is not None:
                found.append((character, self._reduced(reached, relevant)))
        for character, nodes in named.items():
            place = partition.place(character)
            reached = of_regions[place].union(nodes) if place >= 0 else set(nodes)
            found.append((character, self._reduced(reached, relevant)))
        return [each for each in found if each[1]]

    def _after_nodes(self, state: State, relevant: int) -> tuple[dict[str, list[int]], list[tuple[int, int]], int]:
        """What leads on from a state: characters with nodes, bits of sets with a node each, the bits of all sets."""
        nodes = self.nodes
        named: dict[str, list[int]] = {}
        by_set: list[tuple[int, int]] = []
        sets = 0
        for index in state:
            node = nodes[index]
            for character, following in node.after_character.items():
                counting = [each for each in following if nodes[each].below & relevant]
                if counting:
                    named[character] = named[character] + counting if character in named else counting
            for bit, each in node.after_set:
                if nodes[each].below & relevant:
                    by_set.append((bit, each))
                    sets |= bit
            if node.repeats:
                by_set.append((node.repeats, index))
                sets |= node.repeats
        return named, by_set, sets

    def _partition(self, sets: int) -> _Partition:
        found = self._partitions.get(sets)
        if found is None:
            given = [(1 << place, each) for place, each in enumerate(self._sets) if sets >> place & 1]
            self._partitions[sets] = found = _Partition(given)
        return found
