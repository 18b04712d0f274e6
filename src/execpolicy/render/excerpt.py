"""Lines of a policy, with carets under the parts that an explanation is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy._base.characters import with_blanks
from execpolicy.errors import Source, Span
from execpolicy.render.styled_line import StyledLine, styled_line

#: Of a statement with more lines than this, only some are shown.
MAX_LINES = 16
#: Where only the lines with carets are shown, at most this many.
MAX_BRIEF = 5
#: A line is cut to WIDTH characters where the width is not given, and never to fewer than MIN_WIDTH.
WIDTH = 120
MIN_WIDTH = 40

_ELLIPSIS = "…"


def excerpt(
    source: Source,
    span: Span,
    *,
    landmarks: Iterable[Span] = (),
    marked: Sequence[Span] = (),
    width: int | None = None,
    brief: bool = False,
) -> Iterator[StyledLine]:
    """The lines of ``span`` with their numbers.

    Args:
        source: the text.
        span: the part of the text to show.
        landmarks: spans whose first lines are shown even if the whole is too long.
        marked: spans to put carets under; by default all of ``span`` if it is within one line.
        width: the number of columns, or None for ``WIDTH``.
        brief: whether only the first lines with carets are shown.
    """
    if span.line == span.end_line and not marked:
        marked = (span,)
    if brief:
        yield from _brief_lines(source, marked, width)
        return
    numbers = _numbers(span, landmarks, marked)
    digits = len(str(span.end_line))
    columns = max(MIN_WIDTH, (width or WIDTH) - digits - len(" | "))
    before = span.line - 1
    for number in numbers:
        if number > before + 1:
            yield styled_line(("gutter", f"{'':>{digits}} ⋮"))
        before = number
        yield from _line(source.line(number), number, marked, digits, columns)


def _numbers(span: Span, landmarks: Iterable[Span], marked: Sequence[Span]) -> Sequence[int]:
    """The numbers of the lines to show."""
    every = range(span.line, span.end_line + 1)
    if len(every) <= MAX_LINES:
        return every
    shown = {span.line, span.end_line}
    shown.update(place.line for place in landmarks)
    shown.update(place.line for place in marked)
    return sorted(shown)[:MAX_LINES]


def _marked_numbers(marked: Sequence[Span]) -> Sequence[int]:
    """The numbers of the lines of marked spans: the first of each, and some of the following."""
    shown = {
        number for place in marked for number in range(place.line, min(place.end_line, place.line + MAX_BRIEF) + 1)
    }
    return sorted(shown)[:MAX_BRIEF]


def _line(line: str, number: int, marked: Sequence[Span], digits: int, columns: int) -> Iterator[StyledLine]:
    parts = [part for place in marked if (part := _marked_part(line, number, place)) is not None]
    first = min((start for start, _ in parts), default=len(line) - len(line.lstrip()))
    start, end, lead, trail = _cut(line, first, columns)
    yield from _with_carets(
        f"{lead}{line[start:end]}{trail}",
        [
            (len(lead) + max(0, left - start), len(lead) + min(end, right) - start)
            for left, right in sorted(parts)
            if start < right and left <= end
        ],
        number,
        digits,
    )


def _brief_lines(source: Source, marked: Sequence[Span], width: int | None) -> Iterator[StyledLine]:
    """The first lines of marked spans, without their common indentation, and carets under the beginning of each."""
    numbers = _marked_numbers(marked)
    digits = len(str(numbers[-1]))
    columns = max(MIN_WIDTH, (width or WIDTH) - digits - len(" | "))
    lines = [source.line(number) for number in numbers]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    before = numbers[0] - 1
    for number, line in zip(numbers, lines, strict=True):
        if number > before + 1:
            yield styled_line(("gutter", f"{'':>{digits}} ⋮"))
        before = number
        places = [_moved(place, indent) for place in marked if place.line == number]
        parts = [part for place in places if (part := _marked_part(line[indent:], number, place)) is not None]
        left, right = min((part[0] for part in parts), default=0), max((part[1] for part in parts), default=0)
        if right - left <= columns:
            yield from _line(line[indent:], number, places, digits, columns)
        else:
            begin = columns // 3
            text = line[indent:][left : left + begin] + _ELLIPSIS + line[indent:][right - (columns - begin - 1) : right]
            yield from _with_carets(text, [(0, columns)], number, digits)


def _moved(place: Span, by: int) -> Span:
    """A span in a line that has lost its first characters."""
    end = place.end_column - by if place.end_line == place.line else place.end_column
    return place._replace(column=place.column - by, end_column=end)


def _with_carets(text: str, parts: Sequence[tuple[int, int]], number: int, digits: int) -> Iterator[StyledLine]:
    """A line with its number, and carets under parts of it."""
    # Tabs and control characters become spaces, so that carets stand under the right characters.
    shown = with_blanks(text)
    yield styled_line(("gutter", f"{number:>{digits}} | "), ("source", shown))
    carets = ""
    for left, right in parts:
        carets = carets.ljust(cells(shown[:left])) + "^" * max(1, cells(shown[left:right]))
    if carets:
        yield styled_line(("gutter", f"{'':>{digits}} | "), ("caret", carets))


def _marked_part(line: str, number: int, place: Span) -> tuple[int, int] | None:
    """Start and end of the part of a line that is in a span, without surrounding spaces."""
    if not place.line <= number <= place.end_line:
        return None
    start = place.column - 1 if number == place.line else 0
    end = place.end_column - 1 if number == place.end_line else len(line)
    part = line[start:end]
    start += len(part) - len(part.lstrip())
    return start, max(start + 1, start + len(part.strip()))


def _cut(line: str, first: int, columns: int) -> tuple[int, int, str, str]:
    """Start and end of the part of a line to show, which contains ``first``; and the ellipsis before and after it."""
    if len(line) <= columns:
        return 0, len(line), "", ""
    start = max(0, min(first - columns // 4, len(line) - columns + 1))
    lead = _ELLIPSIS if start else ""
    end = start + columns - len(lead)
    if end >= len(line):
        return start, len(line), lead, ""
    return start, end - 1, lead, _ELLIPSIS


def cells(text: str) -> int:
    """The width of a text in columns of a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
