"""Measure time in rounds. Each round measures everything that is compared once, under the same conditions.

The time is processor time of all threads of the process; time of other processes is not included.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import process_time
from typing import NamedTuple

#: Does some work and returns the microseconds of one unit of it.
Measure = Callable[[], float]


#: The number of calls before those that are timed.
WARM = 100


class Spread(NamedTuple):
    """The median, the minimum and the maximum of some values."""

    median: float
    low: float
    high: float


def spread(values: list[float]) -> Spread:
    """Return median, minimum and maximum."""
    return Spread(median(values), min(values), max(values))


def in_turns(measures: Mapping[str, Measure], rounds: int) -> dict[str, Spread]:
    """Call every measure once in each round; each round starts with another one."""
    names = list(measures)
    taken: dict[str, list[float]] = {name: [] for name in names}
    with frozen():
        for number in range(rounds):
            first = number % len(names) if names else 0
            for name in names[first:] + names[:first]:
                taken[name].append(measures[name]())
    return {name: spread(values) for name, values in taken.items()}


@contextmanager
def frozen() -> Iterator[None]:
    """Run garbage collection as usual, but without scanning the objects that exist before the block."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def repeated(function: Callable[[], object], *, least: float = 0.004) -> Measure:
    """Return a measure of one call. It times as many calls as take about ``least`` seconds, after a warm-up."""
    for _ in range(WARM):  # the first call may load modules, and the next ones fill caches
        function()
    count = 1
    while (taken := _seconds(function, count)) < least:
        count = max(count * 2, min(count * 100, int(count * least / taken) if taken else count * 100))
    return lambda: _seconds(function, count) / count * 1e6


def _seconds(function: Callable[[], object], count: int) -> float:
    turns = range(count)
    start = process_time()
    for _ in turns:
        function()
    return process_time() - start
