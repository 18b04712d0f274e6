"""Dates of policies and requests: as instants in seconds since 1970, as periods, and as text (CND-7, CND-17, KEY-3)."""

from __future__ import annotations

import re

from execpolicy._base.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

_DATE = (
    r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T(?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?)?)?)(\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EPOCH = r"[0-9]+(\.[0-9]+)?"
_PERIOD = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_TIME_WITH_SECONDS = len("2026-01-01T00:00:00")
_DATE_ONLY = len("2026-01-01")
_YEAR = 4
_ORDINAL_OF_1970 = 719_163
#: Four digits are a year (CND-7).
_FIRST_WITH_FIVE_DIGITS = 10_000
#: The first second that no date of four digits has. A greater number must not become an int: it may have any length.
_YEAR_10000 = 253_402_300_800


def read_date(text: str) -> Decimal | None:
    """Seconds since 1970, exactly, of a W3C date or of epoch seconds; four digits are a year (CND-7).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    from decimal import Decimal

    if re.fullmatch(_EPOCH, text) and not (len(text) == _YEAR and text.isdigit()):
        return Decimal(text)
    found = re.fullmatch(_DATE, text)
    if found is None:
        return None
    moment, fraction, zone = found.groups()
    if (fraction and len(moment) != _TIME_WITH_SECONDS) or (zone and len(moment) <= _DATE_ONLY):
        return None
    if (zone is None or zone == "Z") and len(moment) == _TIME_WITH_SECONDS:
        seconds = _seconds(moment)
    else:
        seconds = _seconds_of_any(moment + (zone or ""))
    return None if seconds is None else Decimal(seconds) + Decimal("0" + (fraction or ""))


class Period(NamedTuple):
    """A date without a time as all of it (CND-17): from its first instant until ``end``, in seconds since 1970."""

    first: Decimal
    end: Decimal


def read_period(text: str) -> Period | None:
    """The day, month or year that a date without a time is; None for any other text.

    >>> read_period("2026-06")
    Period(first=Decimal('1780272000'), end=Decimal('1782864000'))
    """
    if len(text) > _DATE_ONLY or re.fullmatch(_PERIOD, text) is None:
        return None
    first = read_date(text)
    if first is None:
        return None
    days = {_DATE_ONLY: 1, _YEAR: 365 + _leap_days(text[:4])}.get(len(text)) or _days_of_month(text)
    return Period(first, first + days * 86_400)


def _leap_days(year: str) -> int:
    number = int(year)
    return int(number % 4 == 0 and (number % 100 != 0 or number % 400 == 0))


def _days_of_month(text: str) -> int:
    """The days of a month that is written as year and month."""
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[int(text[5:]) - 1]
    return days + (_leap_days(text[:4]) if text.endswith("-02") else 0)


def _seconds(moment: str) -> int | None:
    """Whole seconds since 1970 of a complete time in UTC, the form in nearly all requests."""
    from datetime import datetime

    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    days = read.toordinal() - _ORDINAL_OF_1970
    return ((days * 24 + read.hour) * 60 + read.minute) * 60 + read.second


def _seconds_of_any(moment: str) -> int | None:
    """Whole seconds since 1970 of a date or time in any form."""
    from datetime import UTC, datetime, timedelta  # imported with the first such date

    from dateutil.parser import isoparse

    try:
        read = isoparse(moment)
    except ValueError:
        return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


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
