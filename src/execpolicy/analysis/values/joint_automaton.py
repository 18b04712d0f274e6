"""Several patterns followed at once: which of them match a text, and which texts differ in that.

The alternatives of all patterns form a tree, so that a common beginning is followed once. A state is the set of nodes
that a text reaches, without those that make no difference: what they can still match, a deeper node matches as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.values.characters import ANY_CHARACTER, CharacterSet, regions
from execpolicy.analysis.values.text_pattern import Characters

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.values.text_pattern import PatternParts, TextPattern

    #: The nodes that a text reaches, the deepest first.
    State: TypeAlias = tuple[int, ...]

#: The bit of the pattern that all values are within.
WITHIN = 1


class _Node:
    """A place in alternatives that begin alike."""

    __slots__ = (
        "after_character",
        "after_set",
        "below",
        "depth",
        "ends",
        "parent",
        "repeats",
        "repeats_any",
        "settled",
    )

    def __init__(self, parent: int, depth: int, repeats: CharacterSet | None) -> None:
        self.parent = parent
        #: The number of characters that lead here.
        self.depth = depth
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
    """Patterns with a bit each, from the second bit on; the first one is that of the pattern that values are within.

    Attributes:
        alternatives: the bits of the alternatives of each pattern.
        lengths: the length of a shortest text of each alternative.
    """

    __slots__ = (
        "_followed",
        "_index",
        "_latest",
        "_partitions",
        "_roots",
        "alternatives",
        "lengths",
        "nodes",
        "of_within",
    )

    def __init__(self, within: TextPattern, patterns: Sequence[TextPattern]) -> None:
        self.nodes: list[_Node] = []
        self._index: dict[tuple[int, str | CharacterSet, CharacterSet | None], int] = {}
        #: By node, the latest literal text after it, with its nodes.
        self._latest: dict[int, tuple[str, list[int]]] = {}
        self._partitions: dict[frozenset[CharacterSet], _Partition] = {}
        #: By state and character, the next states of texts that were followed.
        self._followed: dict[tuple[State, str], State] = {}
        self._roots: set[int] = set()
        self.alternatives: list[int] = []
        self.lengths: list[int] = []
        first = 0
        for number, pattern in enumerate((within, *patterns)):
            count = len(pattern.alternatives)
            self.alternatives.append((1 << count) - 1 << first)
            for place, alternative in enumerate(pattern.alternatives):
                self._add(alternative, 1 << first + place, number)
            first += count
        #: The bits of the alternatives of the pattern that values are within.
        self.of_within = self.alternatives[0]
        for node in reversed(self.nodes):
            if node.parent >= 0:
                self.nodes[node.parent].below |= node.below

    def _add(self, alternative: PatternParts, own: int, number: int) -> None:
        """Add an alternative of a pattern to the tree."""
        following = (*[_repeated(part) for part in alternative[1:]], None)
        here = self._node(-1, "", _repeated(alternative[0]) if alternative else None)
        self._roots.add(here)
        for part, repeats in zip(alternative, following, strict=False):
            if isinstance(part, str):
                here = self._after_literal(here, part, repeats)
            elif not part.repeat:
                here = self._node(here, part.of, repeats)
        last = self.nodes[here]
        last.ends |= 1 << number
        last.below |= own
        self.lengths.append(last.depth)
        last.settled |= self.alternatives[number] if last.repeats_any else 0

    def _after_literal(self, here: int, text: str, repeats: CharacterSet | None) -> int:
        """The node after a literal text; the part that it has in common with the latest one is not followed again."""
        other, nodes = self._latest.get(here, ("", []))
        path = nodes[: _common_length(other, text[:-1])]
        for character in text[len(path) : -1]:
            path.append(self._node(path[-1] if path else here, character, None))
        self._latest[here] = text, path
        return self._node(path[-1] if path else here, text[-1], repeats)

    def _node(self, parent: int, before: str | CharacterSet, repeats: CharacterSet | None) -> int:
        found = self._index.get((parent, before, repeats))
        if found is not None:
            return found
        self._index[parent, before, repeats] = index = len(self.nodes)
        above = self.nodes[parent] if parent >= 0 else None
        self.nodes.append(_Node(parent, above.depth + 1 if above else 0, repeats))
        if above and isinstance(before, str):
            above.after_character.setdefault(before, []).append(index)
        elif above and not isinstance(before, str):
            above.after_set.append((before, index))
        return index

    def start(self) -> State:
        """The state of the empty text."""
        return self._reduced(self._roots, -1)

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

    def after(self, state: State, character: str) -> State:
        """The state after one more character."""
        reached: set[int] = set()
        for index in state:
            node = self.nodes[index]
            reached.update(node.after_character.get(character, ()))
            reached.update(following for characters, following in node.after_set if characters.has(character))
            if node.repeats is not None and node.repeats.has(character):
                reached.add(index)
        return self._reduced(reached, -1)

    def state_after(self, text: str) -> State:
        """The state of a text."""
        state = self.start()
        for character in text:
            following = self._followed.get((state, character))
            if following is None:
                self._followed[state, character] = following = self.after(state, character)
            state = following
        return state

    def restricted(self, state: State, relevant: int) -> State:
        """The state where only the alternatives of some bits count."""
        return self._reduced(set(state), relevant)

    def matched_by(self, text: str) -> int:
        """The bits of the patterns that match a text."""
        return self.matched(self.state_after(text))

    def steps(self, state: State, relevant: int = -1) -> Iterator[NextState]:
        """The different states after one more character, each with a readable character that leads there.

        Characters that lead out of the pattern that values are within are left out. ``relevant`` has the bits of the
        alternatives that count.
        """
        named, by_set = self._named(state, relevant), self._by_set(state, relevant)
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
        if self.possible(state) & self.of_within:
            yield NextState(character, state)

    def _named(self, state: State, relevant: int) -> dict[str, list[int]]:
        """The characters that nodes name, with the nodes that each leads to."""
        nodes = self.nodes
        named: dict[str, list[int]] = {}
        for index in state:
            for character, following in nodes[index].after_character.items():
                for each in following:
                    if nodes[each].below & relevant:
                        named.setdefault(character, []).append(each)
        return named

    def _by_set(self, state: State, relevant: int) -> list[tuple[CharacterSet, int]]:
        """The sets of characters at the nodes of a state, each with a node that it leads to."""
        nodes = self.nodes
        found: list[tuple[CharacterSet, int]] = []
        for index in state:
            node = nodes[index]
            found += [pair for pair in node.after_set if nodes[pair[1]].below & relevant]
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


def _common_length(one: str, other: str) -> int:
    """The number of characters at the beginning that two texts have in common."""
    for place, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return place
    return min(len(one), len(other))


def _repeated(part: str | Characters) -> CharacterSet | None:
    """The characters of a part that repeats them."""
    return None if isinstance(part, str) or not part.repeat else part.of
