"""A policy's own lines, with carets under what matters in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from execpolicy.errors import Source, Span
from execpolicy.render.styled_line import StyledLine, styled_line

#: A statement of more lines than this is shown in part.
MAX_LINES = 16
#: A line is cut to this many characters where the width is not known, and never to fewer than the second number.
WIDTH = 120
MIN_WIDTH = 40

_GAP = "…"


def excerpt(
    source: Source, span: Span, *, landmarks: Iterable[Span] = (), marked: Sequence[Span] = (), width: int | None = None
) -> Iterator[StyledLine]:
    """The lines of ``span`` with their numbers.

    Args:
        source: the text.
        span: what is shown.
        landmarks: places whose first lines stay where the whole is too long.
        marked: what gets carets; nothing, or all of ``span`` where that is a part of one line.
        width: the columns there are, or None.
    """
    if span.line == span.end_line and not marked:
        marked = (span,)
    numbers = _numbers(span, landmarks, marked)
    digits = len(str(span.end_line))
    room = max(MIN_WIDTH, (width or WIDTH) - digits - len(" | "))
    before = span.line - 1
    for number in numbers:
        if number > before + 1:
            yield styled_line(("gutter", f"{'':>{digits}} ⋮"))
        before = number
        yield from _line(source.line(number), number, marked, digits, room)


def _numbers(span: Span, landmarks: Iterable[Span], marked: Sequence[Span]) -> Sequence[int]:
    """The numbers of the lines that are shown."""
    every = range(span.line, span.end_line + 1)
    if len(every) <= MAX_LINES:
        return every
    kept = {span.line, span.end_line}
    kept.update(place.line for place in landmarks)
    kept.update(place.line for place in marked)
    return sorted(kept)[:MAX_LINES]


def _line(line: str, number: int, marked: Sequence[Span], digits: int, room: int) -> Iterator[StyledLine]:
    stretches = [stretch for place in marked if (stretch := _stretch(line, number, place)) is not None]
    first = min((start for start, _ in stretches), default=len(line) - len(line.lstrip()))
    start, end, lead, trail = _cut(line, first, room)
    # A tab or a control character must be as wide as its caret, and harmless on a terminal.
    shown = "".join(char if char.isprintable() else " " for char in line[start:end])
    yield styled_line(("gutter", f"{number:>{digits}} | "), ("source", f"{lead}{shown}{trail}"))
    carets = ""
    for left, right in sorted(stretches):
        before, under = shown[: max(0, left - start)], shown[max(0, left - start) : max(0, right - start)]
        if start < right and left <= end:
            carets = carets.ljust(cells(lead + before)) + "^" * max(1, cells(under))
    if carets:
        yield styled_line(("gutter", f"{'':>{digits}} | "), ("caret", carets))


def _stretch(line: str, number: int, place: Span) -> tuple[int, int] | None:
    """The part of a line that lies in a place, without the space around it."""
    if not place.line <= number <= place.end_line:
        return None
    start = place.column - 1 if number == place.line else 0
    end = place.end_column - 1 if number == place.end_line else len(line)
    part = line[start:end]
    start += len(part) - len(part.lstrip())
    return start, max(start + 1, start + len(part.strip()))


def _cut(line: str, first: int, room: int) -> tuple[int, int, str, str]:
    """Where a line that is too long is cut, so that ``first`` stays; and what is put in place of what goes."""
    if len(line) <= room:
        return 0, len(line), "", ""
    start = max(0, min(first - room // 4, len(line) - room + 1))
    lead = _GAP if start else ""
    end = start + room - len(lead)
    if end >= len(line):
        return start, len(line), lead, ""
    return start, end - 1, lead, _GAP


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
