"""How much a run does."""

from __future__ import annotations

from typing import NamedTuple


class Plan(NamedTuple):
    """Sizes, rounds and limits; seconds, where it is time."""

    sizes: tuple[int, ...]
    rounds: int
    #: What one row may take in a round, about; and the most requests in it.
    slice: float
    most: int
    #: What a row may take before it is timed; and the most requests for that.
    warm: float
    warm_requests: int
    #: A row that would take longer for one decision is left out, at sizes above those that every row is measured at.
    limit: float
    sure: int
    #: As many answers are checked: at most, by time, at least.
    checked: int
    checking: float
    least_checked: int
    cold_sizes: tuple[int, ...]
    cold_rounds: int
    #: Of the parts that are measured beside deciding.
    part_rounds: int
    #: Statements in the policies that are compiled, and held in memory.
    compiled: tuple[int, ...]
    held: int
    #: Sizes of what no index separates.
    hard_sizes: tuple[int, ...]
    #: Resources decided by one caller, to see whether memory grows.
    traffic: int
    #: Requests that come again and again.
    few: int = 200

    @property
    def requests(self) -> int:
        """Requests for one row at one size."""
        return self.warm_requests + self.rounds * self.most


FULL = Plan(
    sizes=(5, 25, 100, 1_000, 10_000),
    rounds=11,
    slice=0.08,
    most=3_000,
    warm=1.0,
    warm_requests=4_000,
    limit=0.5,
    sure=1_000,
    checked=400,
    checking=1.0,
    least_checked=5,
    cold_sizes=(5, 100, 1_000),
    cold_rounds=5,
    part_rounds=15,
    compiled=(100, 1_000),
    held=10_000,
    hard_sizes=(10, 100, 1_000, 10_000),
    traffic=1_000_000,
)

QUICK = Plan(
    sizes=(5, 25, 100, 1_000, 10_000),
    rounds=3,
    slice=0.02,
    most=1_000,
    warm=0.3,
    warm_requests=1_000,
    limit=0.08,
    sure=100,
    checked=100,
    checking=0.1,
    least_checked=2,
    cold_sizes=(5, 100),
    cold_rounds=3,
    part_rounds=3,
    compiled=(100, 1_000),
    held=2_000,
    hard_sizes=(10, 100, 1_000),
    traffic=50_000,
)
