"""How time is taken: in rounds in which all that is compared takes its turn, so that all meet the same machine.

It is processor time, of all threads of the process: what other processes take does not count.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from time import process_time
from typing import NamedTuple

#: Does some work and gives the microseconds of one piece of it.
Measure = Callable[[], float]


#: So many calls come before those that are counted.
WARM = 100


class Spread(NamedTuple):
    """The median of some values, the least and the greatest."""

    median: float
    low: float
    high: float


def spread(values: list[float]) -> Spread:
    """Median, least and greatest."""
    return Spread(median(values), min(values), max(values))


def in_turns(measures: Mapping[str, Measure], rounds: int) -> dict[str, Spread]:
    """Ask every measure once in each round; each round begins with another one."""
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
    """The collector of garbage runs as always, but nobody pays for its walks over what another engine holds."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def repeated(function: Callable[[], object], *, least: float = 0.004) -> Measure:
    """A measure of one call: as many calls as take about ``least`` seconds, after some that are not timed."""
    for _ in range(WARM):  # the first call may load modules, and the next ones fill what is kept
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
