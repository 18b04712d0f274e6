"""Times as text: a date as aws:CurrentTime has it, and seconds as aws:EpochTime has them (KEY-3)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

#: Four digits are a year (CND-7).
_FIRST_WITH_FIVE_DIGITS = 10_000
#: The first second that no date of four digits has. A greater number must not become an int: it may have any length.
_YEAR_10000 = 253_402_300_800


def is_seconds(text: str) -> bool:
    """Whether the text of a time, which was checked before, has seconds since 1970 and is not a date.

    >>> [is_seconds(text) for text in ("1767225600", "1767225600.5", "2026", "2026-01-01")]
    [True, True, False, False]
    """
    return text.replace(".", "", 1).isdigit() and len(text) != len("2026")


def seconds_text(seconds: Decimal) -> str:
    """Seconds since 1970 as text that is not read as a year."""
    return f"{seconds:f}" if seconds >= _FIRST_WITH_FIVE_DIGITS else f"{seconds:.1f}"


def date_text(seconds: Decimal) -> str:
    """Seconds since 1970 as a date in UTC, with microseconds if need be; as seconds after the year 9999."""
    from datetime import UTC, datetime, timedelta

    if seconds >= _YEAR_10000:
        return str(seconds)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))
    return moment.isoformat().replace("+00:00", "Z")
