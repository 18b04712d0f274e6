"""The dates that a context key can have, exactly (CND-7, CND-17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.read_values import Scale
from execpolicy.analysis.values.decimals import nearest
from execpolicy.analysis.values.ordered import BEFORE, Interval, at
from execpolicy.analysis.values.times import FIRST_MOMENT, USUAL_TIME, time_text
from execpolicy.language.dates import Period, read_date

if TYPE_CHECKING:
    from execpolicy.analysis.values.ordered import Cut


def date_cuts(operand: Decimal | Period) -> tuple[Cut, Cut]:
    """The ends of a date of a policy: of all of it, where it has no time and is read so (CND-17)."""
    if isinstance(operand, Period):
        return (operand.first, BEFORE), (operand.end, BEFORE)
    return at(operand)


class Dates(Scale):
    """All times that a date or a number of seconds since 1970 can have."""

    __slots__ = ()
    contents = "dates"
    families = frozenset({"Date"})
    blind_families = frozenset({"IpAddress", "Bool"})
    always_cut = ((FIRST_MOMENT, BEFORE),)

    def read(self, text: str) -> Decimal | None:
        return read_date(text)

    def sample(self, interval: Interval) -> tuple[tuple[bool, Decimal], Decimal] | None:
        if interval.upper is not None and interval.upper <= (FIRST_MOMENT, BEFORE):
            return None
        found = nearest(interval, USUAL_TIME)
        return (found != found.to_integral_value(), abs(found - USUAL_TIME)), found

    def spellings(self, place: Decimal) -> Iterator[str]:
        text = time_text(place)
        yield text
        found = re.search(r"(?:Z|[+-]\d\d:\d\d)?$", text)
        assert found is not None, "every text ends with a zone, or without one"
        moment, zone = text[: found.start()], found[0]
        decimals = moment if "." in moment else f"{moment}."
        while True:
            decimals += "0"
            yield f"{decimals}{zone}"

    def cuts(self, operand: Decimal | Period) -> tuple[Cut, Cut]:
        return date_cuts(operand)
