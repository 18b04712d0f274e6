"""Lines of a log with the time before them, as ``aws logs tail`` and exports to S3 write them (LOG-7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from execpolicy.errors import RequestError
from execpolicy.loaders.access_log.line import NotOfFormatError
from execpolicy.loaders.read_call import NO_PLACES, ReadCall
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-7"
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_TIMED: Final = re.compile(rf"{_TIME}(?:[ \t]|(?=\r?\n|\Z))")
_BEGINS: Final = re.compile(rf"(?m)^{_TIME}(?=[ \t\r\n]|\Z)")
#: The name of a log stream, which the detailed format of aws logs tail writes after the time.
_STREAM: Final = re.compile(r"[^\s:*\"{<]+(?:[ \t]|\r?\n)")


def timed_lines(text: WrittenText) -> list[WrittenText] | None:
    """The lines that begin with a time, each with the lines after it that do not; None if the first has no time."""
    if _TIMED.match(text.value) is None:
        return None
    starts = [match.start() for match in _BEGINS.finditer(text.value)]
    ends = [*starts[1:], len(text.value)]
    return [
        text.part(start, start + len(text.value[start:end].rstrip())) for start, end in zip(starts, ends, strict=True)
    ]


def call_of_timed_line(
    line: WrittenText, read: Callable[[WrittenText], ReadCall], *, has_format: bool = False
) -> ReadCall:
    """The call of a line after its time, and after the name of a log stream if it has one.

    Args:
        line: the line with its time.
        read: reads a line of the log.
        has_format: whether the log has a format. The time may then belong to the formatted line: it is passed over only
            if the line does not have the format with it.

    Raises:
        RequestError: the line cannot be read, or can be read as different calls; with the place.
    """
    found: list[ReadCall] = []
    refused: list[RequestError] = []
    for candidate in _candidates(line, has_format=has_format):
        try:
            call = read(candidate)
        except RequestError as error:
            if has_format and not isinstance(error, NotOfFormatError):
                raise
            refused.append(error)
        else:
            if not any(_is_same(call, other) for other in found):
                found.append(call)
    if len(found) > 1:
        message = "found a line that is read as one call after the time at its beginning, and as another one with it"
        raise line.part(0, 1).error(message, "give the lines without what is before them", _RULE)
    if not found:
        raise refused[1 if has_format and len(refused) > 1 else 0]
    return found[0]


def _is_same(call: ReadCall, other: ReadCall) -> bool:
    """Whether two calls are the same, wherever they stand."""
    return call._replace(text=other.text, written=NO_PLACES) == other._replace(written=NO_PLACES)


def _candidates(line: WrittenText, *, has_format: bool) -> Iterator[WrittenText]:
    timed = _TIMED.match(line.value)
    if has_format or timed is None:
        yield line
    if timed is None:
        return
    after = line.part(timed.end(), len(line.value))
    yield after
    stream = _STREAM.match(after.value)
    if stream is not None:
        yield after.part(stream.end(), len(after.value))
