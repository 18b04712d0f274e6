"""Several patterns followed at once: which of them match a text, and which texts differ in that.

The alternatives of all patterns form a tree, so that a common beginning is followed once. A state is the set of nodes
that a text reaches, without those that make no difference: what they can still match, a deeper node matches as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.values.characters import ANY_CHARACTER, CharacterSet, regions
from execpolicy.analysis.values.text_pattern import Position, TextPattern, positions

if TYPE_CHECKING:
    from typing import TypeAlias

    #: The nodes that a text reaches, the deepest first.
    State: TypeAlias = tuple[int, ...]

#: The bit of the pattern that all values are within.
WITHIN = 1


class _Node:
    """A place in alternatives that begin alike."""

    __slots__ = ("after_character", "after_set", "below", "ends", "repeats", "repeats_any", "settled")

    def __init__(self, repeats: CharacterSet | None) -> None:
        self.repeats = repeats
        self.repeats_any = repeats == ANY_CHARACTER
        #: The next nodes, by the character that leads to them.
        self.after_character: dict[str, list[int]] = {}
        #: The next nodes, with the set of the characters that lead to them.
        self.after_set: list[tuple[CharacterSet, int]] = []
        #: The bits of the patterns that match where a text ends here.
        self.ends = 0
        #: The bits of the alternatives that are followed from here.
        self.below = 0
        #: The bits of the alternatives of patterns that match here whatever follows.
        self.settled = 0


class _Partition:
    """How the sets of characters of a state divide all characters."""

    __slots__ = ("_places", "regions")

    def __init__(self, sets: Iterable[CharacterSet]) -> None:
        self.regions = regions(sets)
        self._places: dict[str, int] = {}

    def place(self, character: str) -> int:
        """The index of the region of a character; -1 if no set has it."""
        found = self._places.get(character)
        if found is None:
            of_it = (index for index, region in enumerate(self.regions) if region.has(character))
            self._places[character] = found = next(of_it, -1)
        return found


class NextState(NamedTuple):
    """The state after one more character, with such a character."""

    character: str
    state: State


class JointAutomaton:
    """Patterns with a bit each, from the second bit on; the first one is that of the pattern that values are within."""

    def __init__(self, within: TextPattern, patterns: Sequence[TextPattern]) -> None:
        self.nodes: list[_Node] = []
        self._index: dict[tuple[int, Position], int] = {}
        self._partitions: dict[frozenset[CharacterSet], _Partition] = {}
        #: The bits of the alternatives of the pattern that values are within.
        self.of_within = 0
        roots: set[int] = set()
        bit = 1
        for number, pattern in enumerate((within, *patterns)):
            bits = [bit << place for place in range(len(pattern.alternatives))]
            bit <<= len(bits)
            for alternative, own in zip(pattern.alternatives, bits, strict=True):
                roots.add(self._add(positions(alternative), own, sum(bits), 1 << number))
            self.of_within = self.of_within or sum(bits)
        #: The bits of all alternatives.
        self.everything = bit - 1
        self._roots = roots

    def _add(self, places: tuple[Position, ...], own: int, siblings: int, ends: int) -> int:
        """Add an alternative to the tree; the root that it begins at."""
        here = root = -1
        for place in places:
            found = self._index.get((here, place))
            if found is None:
                found = self._new_node(here, place)
            here = found
            root = here if root < 0 else root
            self.nodes[here].below |= own
        last = self.nodes[here]
        last.ends |= ends
        last.settled |= siblings if last.repeats_any else 0
        return root

    def _new_node(self, parent: int, place: Position) -> int:
        index = len(self.nodes)
        self.nodes.append(_Node(place.repeats))
        self._index[parent, place] = index
        if parent >= 0:
            before = place.before
            if isinstance(before, str):
                self.nodes[parent].after_character.setdefault(before, []).append(index)
            else:
                self.nodes[parent].after_set.append((before, index))
        return index

    def start(self, relevant: int = -1) -> State:
        """The state of the empty text. ``relevant`` has the bits of the alternatives that count."""
        return self._reduced(self._roots, relevant)

    def _reduced(self, reached: set[int], relevant: int) -> State:
        """The reached nodes that make a difference.

        A node that repeats any character matches whatever a node before it matches by way of it. A pattern that
        matches whatever follows needs none of its other alternatives.
        """
        nodes = self.nodes
        settled = 0
        for index in reached:
            settled |= nodes[index].settled
        kept = []
        for index in sorted(reached, reverse=True):
            node = nodes[index]
            if node.below & relevant & ~settled or node.settled & relevant:
                kept.append(index)
                if node.repeats_any:
                    settled |= node.below
        return tuple(kept)

    def matched(self, state: State) -> int:
        """The bits of the patterns that match a text which ends in a state."""
        found = 0
        for index in state:
            found |= self.nodes[index].ends
        return found

    def possible(self, state: State) -> int:
        """The bits of the alternatives that may still match."""
        found = 0
        for index in state:
            found |= self.nodes[index].below
        return found

    def after(self, state: State, character: str, relevant: int = -1) -> State:
        """The state after one more character."""
        reached: set[int] = set()
        for index in state:
            node = self.nodes[index]
            reached.update(node.after_character.get(character, ()))
            reached.update(following for characters, following in node.after_set if characters.has(character))
            if node.repeats is not None and node.repeats.has(character):
                reached.add(index)
        return self._reduced(reached, relevant)

    def matched_by(self, text: str) -> int:
        """The bits of the patterns that match a text."""
        state = self.start()
        for character in text:
            state = self.after(state, character)
            if not state:
                return 0
        return self.matched(state)

    def steps(self, state: State, relevant: int = -1) -> Iterator[NextState]:
        """The different states after one more character, each with a readable character that leads there.

        Characters that lead out of the pattern that values are within are left out.
        """
        named, by_set = self._named(state), self._by_set(state)
        partition = self._partition(by_set)
        of_regions = [self._through(region, by_set) for region in partition.regions]
        for region, reached in zip(partition.regions, of_regions, strict=True):
            character = next((each for each in region.readable() if each not in named), None)
            if character is not None:
                yield from self._step(character, reached, relevant)
        for character, following in named.items():
            place = partition.place(character)
            reached = {*following, *of_regions[place]} if place >= 0 else set(following)
            yield from self._step(character, reached, relevant)

    def _step(self, character: str, reached: set[int], relevant: int) -> Iterator[NextState]:
        state = self._reduced(reached, relevant)
        if any(self.nodes[index].below & self.of_within for index in state):
            yield NextState(character, state)

    def _named(self, state: State) -> dict[str, list[int]]:
        """The characters that nodes name, with the nodes that each leads to."""
        named: dict[str, list[int]] = {}
        for index in state:
            for character, following in self.nodes[index].after_character.items():
                known = named.get(character)
                named[character] = following if known is None else [*known, *following]
        return named

    def _by_set(self, state: State) -> list[tuple[CharacterSet, int]]:
        """The sets of characters at the nodes of a state, each with a node that it leads to."""
        found: list[tuple[CharacterSet, int]] = []
        for index in state:
            node = self.nodes[index]
            found += node.after_set
            if node.repeats is not None:
                found.append((node.repeats, index))
        return found

    def _partition(self, by_set: list[tuple[CharacterSet, int]]) -> _Partition:
        sets = frozenset(characters for characters, _ in by_set)
        found = self._partitions.get(sets)
        if found is None:
            self._partitions[sets] = found = _Partition(sets)
        return found

    @staticmethod
    def _through(region: CharacterSet, by_set: list[tuple[CharacterSet, int]]) -> set[int]:
        """The nodes that the characters of a region lead to."""
        return {index for characters, index in by_set if characters.contains(region)}
