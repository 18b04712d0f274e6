"""Exact decimal numbers: one of a range, with as few digits as the range allows."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from math import ceil, floor

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.ordered import AFTER, BEFORE, Interval

if TYPE_CHECKING:
    from execpolicy.analysis.values.ordered import Cut


def nearest(interval: Interval, preferred: Decimal) -> Decimal:
    """A number of an interval of numbers: the preferred one, else the end or the integer that is nearest to it.

    >>> nearest(Interval((Decimal(2), AFTER), None), Decimal(0))
    Decimal('3')
    >>> nearest(Interval((Decimal(2**53), AFTER), (Decimal(2**53 + 1), BEFORE)), Decimal(0))
    Decimal('9007199254740992.5')
    """
    lower, upper = interval
    if interval.has(preferred):
        return preferred
    if lower is not None and (preferred, BEFORE) < lower:
        candidate = lower[0] if lower[1] == BEFORE else Decimal(floor(lower[0]) + 1)
    else:
        assert upper is not None, "an interval without ends has every number"
        candidate = upper[0] if upper[1] == AFTER else Decimal(ceil(upper[0]) - 1)
    if interval.has(candidate):
        return candidate
    assert lower is not None, "an interval without an end has an integer"
    assert upper is not None, "an interval without an end has an integer"
    return _middle(lower, upper)


def _middle(lower: Cut, upper: Cut) -> Decimal:
    """The number in the middle, exactly."""
    one, other = lower[0], upper[0]
    context = exactly(one, other)
    return context.multiply(context.add(one, other), Decimal("0.5"))


def exactly(*numbers: Decimal) -> Context:
    """A context in which the sum, the difference and the mean of two of these numbers are exact.

    >>> exactly(Decimal("1e30"), Decimal("1e-30")).subtract(Decimal("1e30"), Decimal("1e30"))
    Decimal('0E+30')
    """
    exponents = [number.as_tuple().exponent for number in numbers]
    lowest = min(exponent for exponent in exponents if isinstance(exponent, int))
    highest = max(number.adjusted() for number in numbers)
    return Context(prec=max(highest - lowest, 0) + 4, traps=[Inexact])


def number_text(number: Decimal) -> str:
    """A number with all of its digits, without an exponent.

    >>> number_text(Decimal("1e3")), number_text(Decimal("0.50"))
    ('1000', '0.5')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
