"""The last day of an ignore."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_day(text: str) -> date | None:
    """A day of the calendar; None for any other text.

    >>> parse_day("2027-01-31"), parse_day("2027-02-29"), parse_day("20270131")
    (datetime.date(2027, 1, 31), None, None)
    """
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
