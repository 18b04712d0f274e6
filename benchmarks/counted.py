"""Count the function calls that one decision makes. The number is the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence


def calls_of(works: Sequence[Callable[[], object]]) -> float:
    """Return the average number of function calls, including functions written in C and the work itself."""
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        for work in works:
            work()
    finally:
        sys.setprofile(before)
    return (count - 1) / len(works)  # the last call is that of setprofile
