"""A text that somebody gave us, and places in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from execpolicy.errors import UsageError

_new = tuple.__new__

#: A line is cut to this many characters around the place that an excerpt shows.
EXCERPT_WIDTH = 100


class _Span(NamedTuple):
    line: int
    column: int
    end_line: int
    end_column: int


class Span(_Span):
    """A stretch of a text: lines and columns count from 1, in characters; the end is exclusive.

    >>> Source("policy.json", '{"Version": 1}').span(12, 13)
    Span(line=1, column=13, end_line=1, end_column=14)
    """

    __slots__ = ()

    def __new__(cls, line: int, column: int, end_line: int, end_column: int) -> Span:
        if not type(line) is type(column) is type(end_line) is type(end_column) is int:
            raise _refused(f"a span has four whole numbers, found {(line, column, end_line, end_column)!r}")
        return _new(cls, (line, column, end_line, end_column))


class Source(Frozen):
    """A named text. ``offsets``, where given, maps an offset of the text that was read to one of ``text``.

    The two differ when a document came wrapped in a JSON string: places are always those of the original. There is
    one entry more than characters that were read: the end of the last one.

    >>> text = Source("policy.json", '{"Version": 1}')
    >>> print(text.excerpt(text.span(12, 13)))
    1 | {"Version": 1}
      |             ^
    """

    __slots__ = ("_line_starts", "_offsets", "name", "text")
    name: str
    text: str
    _offsets: Sequence[int] | None
    _line_starts: list[int] | None

    def __init__(self, name: str, text: str, *, offsets: Sequence[int] | None = None) -> None:
        if not isinstance(name, str) or not isinstance(text, str):
            raise _refused(f"a source has a name and a text, found {type(name).__name__} and {type(text).__name__}")
        if offsets is not None and (isinstance(offsets, (str, bytes)) or not isinstance(offsets, Sequence)):
            raise _refused(f"offsets is a list of whole numbers, found {type(offsets).__name__}")
        # As ``arguments.own``, which is loaded after this module.
        self._set(name=str.__str__(name), text=str.__str__(text), _offsets=offsets, _line_starts=None)

    def span(self, start: int, end: int) -> Span:
        """The place of the characters from ``start`` up to ``end`` of the text that was read."""
        if self._offsets is not None:
            start, end = self._offsets[start], self._offsets[end]
        line, column = self._position(start)
        end_line, end_column = self._position(max(end, start))
        return Span(line, column, end_line, end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        from bisect import bisect_right  # loads with the first place that is told

        starts = self._line_starts
        if starts is None:
            lines = self.text.split("\n")
            lines.pop()
            starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
            self._set(_line_starts=starts)
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Line ``number``, counted from 1, without its end."""
        self._position(0)
        starts = self._line_starts
        assert starts is not None
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")

    def excerpt(self, span: Span) -> str:
        """The first line of ``span`` with carets under it; a long line is cut around the place."""
        line = self.line(span.line)
        first = span.column - 1
        last = span.end_column - 1 if span.end_line == span.line else len(line)
        cut = max(0, first - EXCERPT_WIDTH // 2) if len(line) > EXCERPT_WIDTH else 0
        shown = line[cut : cut + EXCERPT_WIDTH]
        before = "…" if cut else ""
        after = "…" if cut + EXCERPT_WIDTH < len(line) else ""
        # A tab or a control character must be as wide as its caret, and harmless on a terminal.
        visible = "".join(char if char.isprintable() else " " for char in shown)
        room = len(visible) - (first - cut)
        carets = "^" * max(1, min(last - first, room))
        gutter = f"{span.line} | "
        margin = " " * (len(gutter) - 2) + "| "
        return f"{gutter}{before}{visible}{after}\n{margin}{' ' * (len(before) + first - cut)}{carets}"


def _refused(message: str) -> UsageError:
    # Errors have a source and a span, so they are loaded after this module.
    from execpolicy.errors import UsageError

    return UsageError(message)
