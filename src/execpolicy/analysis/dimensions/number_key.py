"""The numbers that a context key can have, exactly (CND-8)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from execpolicy.analysis.dimensions.read_values import Scale
from execpolicy.analysis.values.decimals import nearest, number_text
from execpolicy.analysis.values.ordered import Interval
from execpolicy.language.operators import read_number

_USUAL_NUMBER = Decimal(0)


class Numbers(Scale):
    """All decimal numbers."""

    __slots__ = ()
    contents = "numbers"
    families = frozenset({"Numeric"})
    blind_families = frozenset({"IpAddress", "Bool"})

    def read(self, text: str) -> Decimal | None:
        return read_number(text)

    def sample(self, interval: Interval) -> tuple[tuple[bool, Decimal], Decimal]:
        found = nearest(interval, _USUAL_NUMBER)
        return (found != found.to_integral_value(), abs(found)), found

    def spellings(self, place: Decimal) -> Iterator[str]:
        text = number_text(place)
        yield text
        decimals = text if "." in text else f"{text}."
        while True:
            decimals += "0"
            yield decimals
