"""The size of a run: workloads, rounds and limits."""

from __future__ import annotations

from typing import NamedTuple


class Plan(NamedTuple):
    """Sizes, rounds and limits. Times are in seconds."""

    sizes: tuple[int, ...]
    rounds: int
    #: The approximate time of one row in a round, and the maximum number of requests in it.
    slice: float
    most: int
    #: The time of the warm-up of a row, and the maximum number of requests in it.
    warm: float
    warm_requests: int
    #: A row is left out if one decision would take longer than ``limit``, but only at sizes above ``sure``.
    limit: float
    sure: int
    #: The number of answers that are checked: at most, within this time, at least.
    checked: int
    checking: float
    least_checked: int
    cold_sizes: tuple[int, ...]
    cold_rounds: int
    #: Rounds of the other measurements.
    part_rounds: int
    #: The number of statements in the policies that are compiled, and in the one whose memory is measured.
    compiled: tuple[int, ...]
    held: int
    #: The number of statements whose compiling, memory and decisions are measured together.
    grown: int
    #: Sizes of the hard policies.
    hard_sizes: tuple[int, ...]
    #: The number of resources decided for one caller, to measure whether memory grows.
    traffic: int
    #: The number of pairs of policies that are compared, that of those for z3, and the time that z3 has for a question.
    compared: int
    compared_by_z3: int
    z3_seconds: float
    #: The number of lines of the access log that is replayed.
    logged: int
    #: The number of different requests in a row with repeated requests.
    few: int = 200

    @property
    def requests(self) -> int:
        """The number of requests for one row at one size."""
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
    grown=100_000,
    hard_sizes=(10, 100, 1_000, 10_000),
    traffic=1_000_000,
    compared=200,
    compared_by_z3=100,
    z3_seconds=4.0,
    logged=2_000_000,
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
    grown=10_000,
    hard_sizes=(10, 100, 1_000),
    traffic=50_000,
    compared=60,
    compared_by_z3=12,
    z3_seconds=1.0,
    logged=40_000,
)
