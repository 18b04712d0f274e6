"""Times as API Gateway writes them: in milliseconds since 1970, and as the common log format has them (LOG-2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from execpolicy.loaders.written_text import WrittenText

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: The year 10000, in milliseconds.
_LAST: Final = 253_402_300_800_000
_RULE: Final = "LOG-2"


def time_of_epoch(written: WrittenText) -> datetime:
    """The time of a number of milliseconds since 1970.

    Raises:
        RequestError: it is after the year 9999.

    >>> str(time_of_epoch(WrittenText.whole("1767225600123", "line")))
    '2026-01-01 00:00:00.123000+00:00'
    """
    milliseconds = int(written.value)
    if milliseconds >= _LAST:
        message = f"found {written.value} as a time, expected milliseconds since 1970 up to the year 9999"
        raise written.error(message, "is it in microseconds?", _RULE)
    return _EPOCH + timedelta(milliseconds=milliseconds)


def time_of_text(written: WrittenText) -> datetime:
    """The time of a text such as ``29/Nov/2026:19:00:00 +0000``, in UTC.

    Raises:
        RequestError: there is no such time.

    >>> str(time_of_text(WrittenText.whole("29/Nov/2026:20:00:00 +0100", "line")))
    '2026-11-29 19:00:00+00:00'
    """
    day, month, rest = written.value.split("/")
    year, hour, minute, rest = rest.split(":")
    second, zone = rest.split(" ")
    try:
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
        moment = datetime(
            int(year),
            _MONTHS.index(month) + 1,
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=timezone(-shift if zone[0] == "-" else shift),
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"found {written.value}, which is no time"
        raise written.error(message, "such as 29/Nov/2026:19:00:00 +0000", _RULE) from None
