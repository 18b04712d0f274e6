"""Where the parts of a text are written, if the text was made from others: a plan of Terraform from its sources."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node
from execpolicy.errors import Source, Span


class WrittenPlace(NamedTuple):
    """A part of a text: the text, and the offsets of the part."""

    source: Source
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The same with lines and columns."""
        return self.source.span(self.start, self.end)


class WrittenPart(NamedTuple):
    """A part of a text that was made, by its offsets, and where it is written."""

    start: int
    end: int
    place: WrittenPlace


class WrittenPlaces:
    """The places of the parts of one text that was made from others.

    Args:
        source: the text that was made from others.
        parts: parts of it, of which one may contain others, but no two overlap otherwise. Of two with equal offsets
            the first one counts.

    >>> plan, file = Source("plan.json", '{"a": 1}'), Source("main.tf", "a = 1")
    >>> places = WrittenPlaces(plan, [WrittenPart(6, 7, WrittenPlace(file, 4, 5))])
    >>> places.find(6, 7).span, places.find(0, 8)
    (Span(line=1, column=5, end_line=1, end_column=6), None)
    """

    def __init__(self, source: Source, parts: Iterable[WrittenPart] = ()) -> None:
        self.source = source
        once = {(each.start, -each.end): each for each in reversed([*parts])}
        self._parts = [once[key] for key in sorted(once)]
        self._starts = [each.start for each in self._parts]
        self._above = [*_parents(self._parts)]
        #: Whether a part stands verbatim in the text that it is written in, by its number.
        self._is_verbatim: dict[int, bool] = {}

    def find(self, start: int, end: int) -> WrittenPlace | None:
        """Where a part is written: itself, or the least part around it whose place is known; None without one.

        If that part stands verbatim in its text, the place is exact also for what is inside of it.
        """
        at = bisect_right(self._starts, start) - 1
        while at >= 0 and self._parts[at].end < end:
            at = self._above[at]
        if at < 0:
            return None
        part = self._parts[at]
        place = part.place
        if (start, end) == (part.start, part.end) or not self._stands_so(at):
            return place
        return WrittenPlace(place.source, place.start + start - part.start, place.start + end - part.start)

    def _stands_so(self, number: int) -> bool:
        if number not in self._is_verbatim:
            start, end, place = self._parts[number]
            written = place.source.text[place.start : place.end]
            self._is_verbatim[number] = self.source.text[start:end] == written
        return self._is_verbatim[number]

    def document(self, node: Node) -> tuple[Node, Source]:
        """A document with its places in the text that it is written in; as it is where that is not known.

        A value that is written in another text than the document has the place of the value that contains it.
        """
        place = self.find(node.start, node.end)
        return (node, self.source) if place is None else (self._placed(node, place), place.source)

    def _placed(self, node: Node, around: WrittenPlace) -> Node:
        place = self._within(node.start, node.end, around)
        if isinstance(node, JsonArray):
            return JsonArray([self._placed(item, place) for item in node.items], place.start, place.end)
        if isinstance(node, JsonObject):
            members = {}
            for name, (start, end, value) in node.members.items():
                named = self._within(start, end, place)
                members[name] = (named.start, named.end, self._placed(value, place))
            return JsonObject(members, place.start, place.end)
        return node._replace(start=place.start, end=place.end)

    def _within(self, start: int, end: int, around: WrittenPlace) -> WrittenPlace:
        found = self.find(start, end)
        return found if found is not None and found.source is around.source else around


def _parents(parts: Iterable[WrittenPart]) -> Iterator[int]:
    """For each part the number of the least one that contains it; -1 without one."""
    open_parts: list[tuple[int, int]] = []
    for number, part in enumerate(parts):
        while open_parts and open_parts[-1][1] < part.end:
            open_parts.pop()
        yield open_parts[-1][0] if open_parts else -1
        open_parts.append((number, part.end))
