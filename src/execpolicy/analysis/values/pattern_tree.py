"""The alternatives of patterns as a tree, in which those that begin alike share their beginning."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.characters import ANY_CHARACTER, CharacterSet

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import Characters, PatternParts, TextPattern


class PatternNode:
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

    def __init__(self, parent: int, depth: int, repeats: int, *, repeats_any: bool) -> None:
        self.parent = parent
        #: The number of characters that lead here.
        self.depth = depth
        #: The bit of the set of characters that repeat here; 0 if none does.
        self.repeats = repeats
        self.repeats_any = repeats_any
        #: The next nodes, by the character that leads to them.
        self.after_character: dict[str, list[int]] = {}
        #: The next nodes, with the bit of the set of the characters that lead to them.
        self.after_set: list[tuple[int, int]] = []
        #: The bits of the patterns that match where a text ends here.
        self.ends = 0
        #: The bits of the alternatives that are followed from here.
        self.below = 0
        #: The bits of the alternatives of patterns that match here whatever follows.
        self.settled = 0


class PatternTree:
    """Patterns with a bit each, and their alternatives with a bit each, both in order.

    Attributes:
        nodes: the parents before their children.
        roots: the indices of the nodes that a text begins at.
        sets: the sets of characters in the patterns, in the order of their bits.
        alternatives: the bits of the alternatives of each pattern.
        lengths: the length of a shortest text of each alternative.
    """

    __slots__ = ("_bits_of_sets", "_index", "_latest", "alternatives", "lengths", "nodes", "roots", "sets")

    def __init__(self, patterns: Sequence[TextPattern]) -> None:
        self.nodes: list[PatternNode] = []
        self.roots: set[int] = set()
        self.sets: list[CharacterSet] = []
        self.alternatives: list[int] = []
        self.lengths: list[int] = []
        self._bits_of_sets: dict[CharacterSet, int] = {}
        self._index: dict[tuple[int, str | int, int], int] = {}
        #: By node, the latest literal text after it, with its nodes.
        self._latest: dict[int, tuple[str, list[int]]] = {}
        first = 0
        for number, pattern in enumerate(patterns):
            count = len(pattern.alternatives)
            self.alternatives.append((1 << count) - 1 << first)
            for place, alternative in enumerate(pattern.alternatives):
                self._add(alternative, 1 << first + place, number)
            first += count
        for node in reversed(self.nodes):
            if node.parent >= 0:
                self.nodes[node.parent].below |= node.below

    def _add(self, alternative: PatternParts, own: int, number: int) -> None:
        following = (*[self._repeated(part) for part in alternative[1:]], 0)
        here = self._node(-1, "", self._repeated(alternative[0]) if alternative else 0)
        self.roots.add(here)
        for part, repeats in zip(alternative, following, strict=False):
            if isinstance(part, str):
                here = self._after_literal(here, part, repeats)
            elif not part.repeat:
                here = self._node(here, self._bit(part.of), repeats)
        last = self.nodes[here]
        last.ends |= 1 << number
        last.below |= own
        last.settled |= self.alternatives[number] if last.repeats_any else 0
        self.lengths.append(last.depth)

    def _bit(self, characters: CharacterSet) -> int:
        found = self._bits_of_sets.get(characters)
        if found is None:
            self._bits_of_sets[characters] = found = 1 << len(self.sets)
            self.sets.append(characters)
        return found

    def _repeated(self, part: str | Characters) -> int:
        """The bit of the set of characters that a part repeats; 0 for a part that repeats none."""
        return 0 if isinstance(part, str) or not part.repeat else self._bit(part.of)

    def _after_literal(self, here: int, text: str, repeats: int) -> int:
        """The node after a literal text; the part that it has in common with the latest one is not followed again."""
        other, nodes = self._latest.get(here, ("", []))
        path = nodes[: common_length(other, text[:-1])]
        for character in text[len(path) : -1]:
            path.append(self._node(path[-1] if path else here, character, 0))
        self._latest[here] = text, path
        return self._node(path[-1] if path else here, text[-1], repeats)

    def _node(self, parent: int, before: str | int, repeats: int) -> int:
        found = self._index.get((parent, before, repeats))
        if found is not None:
            return found
        self._index[parent, before, repeats] = index = len(self.nodes)
        above = self.nodes[parent] if parent >= 0 else None
        repeats_any = bool(repeats) and self.sets[repeats.bit_length() - 1] == ANY_CHARACTER
        self.nodes.append(PatternNode(parent, above.depth + 1 if above else 0, repeats, repeats_any=repeats_any))
        if above and isinstance(before, str):
            above.after_character.setdefault(before, []).append(index)
        elif above and isinstance(before, int):
            above.after_set.append((before, index))
        return index


def common_length(one: str, other: str) -> int:
    """The number of characters at the beginning that two texts have in common.

    >>> common_length("abcd", "abx")
    2
    """
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least
