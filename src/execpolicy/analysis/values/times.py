"""Exact times as texts: seconds since 1970 with any fraction, as dates and as numbers."""

from __future__ import annotations

from decimal import Decimal
from math import floor

from execpolicy.analysis.values.decimals import exactly, number_text

#: 2026-01-01T00:00:00Z, from which examples are taken where they may be any time.
USUAL_TIME = Decimal(1_767_225_600)
#: The first second of the years 1 and 10000: dates have four digits for the year.
_YEAR_1, YEAR_10000 = Decimal(-62_135_596_800), Decimal(253_402_300_800)
#: The farthest that a clock is ahead of UTC: the first moment that a date can have is that much before the year 1.
_FARTHEST_ZONE, _FARTHEST_SECONDS = "+23:59", 86_340
FIRST_MOMENT = _YEAR_1 - _FARTHEST_SECONDS
_FOUR_DIGITS = 4


def time_text(seconds: Decimal) -> str:
    """A time as a date, with every digit of its fraction; as seconds after the year 9999.

    >>> time_text(Decimal("1767225600.1234567")), time_text(Decimal("-0.5"))
    ('2026-01-01T00:00:00.1234567Z', '1969-12-31T23:59:59.5Z')
    """
    from datetime import UTC, datetime, timedelta

    if seconds >= YEAR_10000:
        return number_text(seconds)
    zone, zone_seconds = ("Z", 0) if seconds >= _YEAR_1 else (_FARTHEST_ZONE, _FARTHEST_SECONDS)
    whole = Decimal(floor(seconds))
    fraction = number_text(exactly(seconds, whole).subtract(seconds, whole))[1:]
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(whole) + zone_seconds)
    return f"{moment.replace(tzinfo=None).isoformat()}{fraction}{zone}"


def epoch_text(seconds: Decimal) -> str:
    """A time as seconds since 1970; four digits would be a year.

    >>> epoch_text(Decimal(1767225600)), epoch_text(Decimal(2026))
    ('1767225600', '2026.0')
    """
    text = number_text(seconds)
    return f"{text}.0" if len(text) == _FOUR_DIGITS and text.isdigit() else text
