"""The other readings of values that AWS's pages leave open by their spelling: CND-7, CND-8 and CND-10.

Each reads a text whose value by the reading that is used is given, and returns that value where the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeAlias

#: Reads a text by another reading: from the text, and its value by the one that is used. None: it has no value.
OtherReading: TypeAlias = "Callable[[str, Any], Any]"


def _seconds(text: str, value: Any) -> Any:
    """Four digits as seconds since 1970."""
    if not re.fullmatch("[0-9]{4}", text):
        return value
    from decimal import Decimal

    return Decimal(text)


def _only_digits(text: str, value: Any) -> Any:
    """A number with a sign or an exponent as no number."""
    return None if text.startswith(("+", "-")) or "e" in text.lower() else value


def _leading_zeros(text: str, value: Any) -> Any:
    """A number with leading zeros as a number."""
    from execpolicy.language.operators import read_number

    return read_number(re.sub(r"^([+-]?)0+(?=[0-9])", r"\1", text))


def _lower_case(text: str, value: Any) -> Any:
    """A boolean only in lower case."""
    return value if text in ("true", "false") else None


#: By rule, the families of operators that it concerns.
FAMILIES = {"CND-7": ("Date",), "CND-8": ("Numeric",), "CND-10": ("Bool", "Null")}
#: By rule, the other readings.
OTHER_READINGS: dict[str, tuple[OtherReading, ...]] = {
    "CND-7": (_seconds,),
    "CND-8": (_only_digits, _leading_zeros),
    "CND-10": (_lower_case,),
}
