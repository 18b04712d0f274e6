"""How many examples a property draws: a part of those of the quick profile, and all of those of the long one."""

from __future__ import annotations

from hypothesis import settings

#: The number of examples of a property in each profile.
QUICK, LONG = 150, 20_000
#: Of so many examples a property says how many are enough.
OUT_OF = 300


def of_quick(count: int, *, long: int = LONG) -> settings:
    """The settings of a property for which ``count`` of 300 examples are enough: the same part in each profile.

    The long profile takes nothing away. Only where one example decides many requests, ``long`` is lower; the test says
    how many it decides, and that all of them are 20 000 or more.
    """
    most = settings().max_examples
    return settings(max_examples=long if most >= LONG else max(1, most * count // OUT_OF))
