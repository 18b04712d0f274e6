"""Which of many resource patterns match a text, without trying them all.

A pattern is indexed by literal segments that every text it matches must have: whole texts in a dict, patterns with a
literal head in a tree of segments, those with a literal tail in a tree read backwards, those with neither under one
segment between two slashes. Of several possible nodes it is put at the one with the fewest patterns. A pattern found at
a node is tried by its own matcher, unless the node alone proves that it matches. Patterns without any whole literal
segment, and those of a node with many to try, are found by a few of their characters (residual.py).

A text that has only a handful of candidates by its first segment is compared with each of them: that takes less time
than to follow a path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from execpolicy.engine.fast.residual import FEW, Residual
from execpolicy.language.glob import ANY, Matcher, Tokens, matcher

#: What a node has that is the end of a path: one object for all.
_NO_CHILDREN: Mapping[str, PathNode] = {}


class PathNode:
    """A node of a tree of segments: the numbers of patterns that match every text here, and the patterns to try."""

    __slots__ = ("children", "matching", "to_try")

    def __init__(self) -> None:
        self.children: Mapping[str, PathNode] = _NO_CHILDREN
        self.matching: tuple[int, ...] = ()
        self.to_try: tuple[tuple[int, Matcher], ...] | Residual = ()

    def at(self, segments: Iterable[str]) -> PathNode:
        """The node below this one along a path, made if it does not exist."""
        node = self
        for segment in segments:
            child = node.children.get(segment)
            if child is None:
                child = PathNode()
                if node.children is _NO_CHILDREN:
                    node.children = {segment: child}
                else:
                    assert isinstance(node.children, dict)
                    node.children[segment] = child
            node = child
        return node


#: The largest number of patterns that are tried one after the other, and of those of an index that has such lists.
HANDFUL = 8
SMALL_INDEX = 64

#: Patterns, each with its bit, the text that it begins with, and its test if that does not prove that it matches.
Tests = tuple[tuple[int, str, Matcher | None], ...]
#: The position of a pattern: which of the three roots, and the segments after it, joined by slashes.
_Address = tuple[str, str]


class ResourceIndex:
    """Finds the patterns that match a text.

    Args:
        patterns: normalised tokens, no two alike; a pattern's number is its position here.

    >>> from execpolicy.language.glob import tokens_of
    >>> ResourceIndex([tokens_of(text) for text in ("a/b", "a/*", "*/c", "?/b")]).matching("a/b")
    (0, 1, 3)
    """

    __slots__ = ("_always_bits", "always", "exact", "few", "few_elsewhere", "heads", "inner", "residual", "tails")

    def __init__(self, patterns: Collection[Tokens]) -> None:
        self.always: tuple[int, ...] = ()
        self.exact: dict[str, int] = {}
        self.heads = PathNode()
        self.tails = PathNode()
        self.inner = PathNode()
        self.residual: Residual | None
        tried: list[tuple[int, Tokens]] = []
        for number, tokens in enumerate(patterns):
            if not self._add_proven(number, tokens):
                tried.append((number, tokens))
        self._add_to_try(tried)
        #: By the first segment of a text, the patterns that it may match, where they are a handful; else None. Those of
        #: a text with any other first segment are in ``few_elsewhere``.
        self.few: dict[str, Tests | None] = {}
        self.few_elsewhere: Tests | None = None
        self._always_bits = 0
        if len(patterns) <= SMALL_INDEX:
            self._list_few(patterns)

    def _list_few(self, patterns: Iterable[Tokens]) -> None:
        """List the patterns with each first segment, and those with none, which any text may match."""
        by_segment: dict[str, list[tuple[int, Tokens]]] = {}
        elsewhere: list[tuple[int, Tokens]] = []
        for number, tokens in enumerate(patterns):
            first = tokens[0] if tokens and isinstance(tokens[0], str) else ""
            if number in self.always or tokens in ((), (first,)):
                continue  # found without a test
            segment, slash, _ = first.partition("/")
            (by_segment.setdefault(segment, []) if slash else elsewhere).append((number, tokens))
        self.few = {segment: _handful([*named, *elsewhere]) for segment, named in by_segment.items()}
        self.few_elsewhere = _handful(elsewhere)
        self._always_bits = sum(1 << number for number in self.always)

    def _add_proven(self, number: int, tokens: Tokens) -> bool:
        """Add a pattern whose node proves that a text matches: all but the segments is at most one ``*``."""
        match tokens:
            case ():
                self.exact[""] = number
            case (str(text),):
                self.exact[text] = number
            case (wildcard,) if wildcard is ANY:
                self.always += (number,)
            case (str(head), last) if last is ANY and head.endswith("/"):
                self.heads.at(head.split("/")[:-1]).matching += (number,)
            case (first, str(tail)) if first is ANY and tail.startswith("/"):
                self.tails.at(tail.split("/")[:0:-1]).matching += (number,)
            case _:
                return False
        return True

    def _add_to_try(self, patterns: Sequence[tuple[int, Tokens]]) -> None:
        """Add patterns at the nodes where the fewest of them can be, the longer path of two."""
        counts: dict[_Address, int] = {}
        for _, tokens in patterns:
            for address in _addresses(tokens):
                counts[address] = counts.get(address, 0) + 1
        roots = {"head": self.heads, "tail": self.tails, "inner": self.inner}
        by_node: dict[PathNode, list[tuple[int, Tokens]]] = {}
        left = []
        for number, tokens in patterns:
            possible = _addresses(tokens)  # made again: to keep them takes more memory than the index itself
            if not possible:
                left.append((number, tokens))
                continue
            root, path = min(possible, key=lambda address: (counts[address], -address[1].count("/")))
            by_node.setdefault(roots[root].at(path.split("/")), []).append((number, tokens))
        self.residual = Residual(left) if left else None
        for node, to_try in by_node.items():
            if len(to_try) > FEW:
                node.to_try = Residual(to_try)
            else:
                node.to_try = tuple((number, matcher(tokens)) for number, tokens in to_try)

    def matching(self, text: str) -> tuple[int, ...]:
        """The numbers of all patterns that match, each once."""
        return self.numbers(self.found(text))

    def numbers(self, found: int | tuple[int, ...]) -> tuple[int, ...]:
        """The numbers of the patterns that ``found`` finds."""
        if isinstance(found, tuple):
            return found
        return tuple(number for number in range(found.bit_length()) if found >> number & 1)

    def found(self, text: str) -> int | tuple[int, ...]:
        """All patterns that match: one bit for each, or their numbers; equal sets may come in several orders."""
        few = self.few.get(text.partition("/")[0], self.few_elsewhere)
        exact = self.exact.get(text)
        if few is None:
            return self._found_at_nodes(text, [*self.always] if exact is None else [*self.always, exact])
        bits = self._always_bits if exact is None else self._always_bits | 1 << exact
        for bit, head, match in few:
            if text.startswith(head) and (match is None or match(text)):
                bits |= bit
        return bits

    def _found_at_nodes(self, text: str, found: list[int]) -> tuple[int, ...]:
        """The numbers in ``found``, and those of patterns at nodes and of those without a literal segment."""
        if self.heads.children or self.tails.children or self.inner.children:
            segments = text.split("/")
            self._walk(self.heads, segments[:-1], text, found)
            if self.inner.children:
                for segment in dict.fromkeys(segments[1:-1]):
                    node = self.inner.children.get(segment)
                    if node is not None:
                        _try(node.to_try, text, found)
            self._walk(self.tails, segments[:0:-1], text, found)
        if self.residual is not None:
            self.residual.add_matching(text, found)
        return tuple(found)

    def _walk(self, node: PathNode | None, segments: Iterable[str], text: str, found: list[int]) -> None:
        assert node is not None
        children = node.children
        for segment in segments:
            node = children.get(segment)
            if node is None:
                return
            children = node.children
            found += node.matching
            if node.to_try:
                _try(node.to_try, text, found)


def _handful(patterns: Sequence[tuple[int, Tokens]]) -> Tests | None:
    """The tests of patterns, if they are a handful."""
    if len(patterns) > HANDFUL:
        return None
    tests: list[tuple[int, str, Matcher | None]] = []
    for number, tokens in patterns:
        head = tokens[0] if isinstance(tokens[0], str) else ""
        tests.append((1 << number, head, None if tokens == (head, ANY) else matcher(tokens)))
    return tuple(tests)


def _try(patterns: Iterable[tuple[int, Matcher]] | Residual, text: str, found: list[int]) -> None:
    if isinstance(patterns, Residual):
        patterns.add_matching(text, found)
        return
    for number, match in patterns:
        if match(text):
            found.append(number)


def _addresses(tokens: Tokens) -> list[_Address]:
    """Every node where a pattern can be put. The whole segments of each path are in every text that it matches."""
    possible: list[_Address] = []
    first, last = tokens[0], tokens[-1]
    if isinstance(first, str) and (slash := first.rfind("/")) >= 0:
        possible.append(("head", first[:slash]))
    if isinstance(last, str) and (slash := last.find("/")) >= 0:
        possible.append(("tail", "/".join(last.split("/")[:0:-1])))
    for token in tokens:
        if isinstance(token, str):
            # After the first slash of the text, and before its last one.
            whole = token.split("/")[1:-1]
            possible.extend([("inner", segment) for segment in dict.fromkeys(whole)])
    return possible
