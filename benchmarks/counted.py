"""Work counted instead of timed: the calls of functions that one decision makes, the same on any machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence


def calls_of(works: Sequence[Callable[[], object]]) -> float:
    """Calls of functions, those written in C with them, on average; what each work calls itself included."""
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
