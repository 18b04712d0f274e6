"""Measure one decision for growing numbers of statements, with every engine in turn, on the same requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from benchmarks.answers import ExpectedAnswers, WrongAnswerError, compared
from benchmarks.clock import Measure, in_turns
from benchmarks.engines import execpolicy
from benchmarks.engines.contract import Row, Session
from benchmarks.plan import Plan
from benchmarks.report import Answers, Report
from benchmarks.workload import PlainRequest, Workload, workload

GROUP, COLD = "deciding", "cold"


class _Runner:
    """One row at one size: its session, its estimated speed, and the requests that it has not decided yet."""

    def __init__(self, row: Row, work: Workload, requests: Sequence[PlainRequest], plan: Plan) -> None:
        self.row = row
        self._requests = requests[: plan.few] if row.seen else requests
        self._place = 0
        self.session: Session = row.open(work)
        self.estimate = self._warm_up(plan)
        self._count = max(1, min(plan.most, int(plan.slice / self.estimate)))

    def _warm_up(self, plan: Plan) -> float:
        """Return the seconds of one decision, after some that are not counted; the first may still compile."""
        self.session.decide(self._next(1))
        count, spent, latest = 1, 0.0, 0.0
        while spent < plan.warm and (self.row.seen or self._place < plan.warm_requests):
            requests = self._next(min(count, plan.warm_requests))
            taken = self.session.decide(requests).seconds
            spent, latest, count = spent + taken, taken / len(requests), count * 2
        return max(latest, 1e-7)

    def _next(self, count: int) -> Sequence[PlainRequest]:
        """Return the next requests. For a row with repeated requests, return all of them as often as needed."""
        if self.row.seen:
            return list(self._requests) * max(1, count // len(self._requests))
        found = self._requests[self._place : self._place + count]
        self._place += count
        return found

    def measure(self) -> float:
        requests = self._next(self._count)
        return self.session.decide(requests).seconds / len(requests) * 1e6


def measure_deciding(rows: Sequence[Row], plan: Plan, report: Report) -> None:
    """Measure each row at each size up to the time limit of the plan, and check the answers."""
    estimates: dict[str, tuple[int, float]] = {}
    rows = list(rows)
    for size in plan.sizes:
        work, requests = unseen(size, plan.requests)
        running: list[_Runner] = []
        rows = [row for row in rows if _goes_on(row, size, estimates, plan, report)]
        for row in rows:
            runner = _Runner(row, work, requests, plan)
            estimates[row.name] = size, runner.estimate
            running.append(runner)
        report.add(GROUP, in_turns({each.row.name: each.measure for each in running}, plan.rounds), size=size)
        report.answers += _checked(running, size, ExpectedAnswers(work), requests, plan)
        for each in running:
            each.session.close()


def unseen(size: int, count: int) -> tuple[Workload, Sequence[PlainRequest]]:
    """Return a workload and the given number of its requests, no two of them for the same resource."""
    work = workload(size, requests=count * 3 // 2)
    distinct = {each.resource: each for each in work.requests}
    return work, list(distinct.values())[:count]


def _goes_on(row: Row, size: int, estimates: dict[str, tuple[int, float]], plan: Plan, report: Report) -> bool:
    """Return whether to measure a row at this size, estimated from its time at the previous size."""
    if row.name not in estimates:
        return True
    before, seconds = estimates[row.name]
    expected = seconds * size / before
    if expected > plan.limit and size > plan.sure:
        report.remarks.append(
            f"{row.name} stops before N={size}: a decision took {seconds * 1e3:.3g} ms at N={before}, "
            f"and the limit of this run is {plan.limit * 1e3:.3g} ms"
        )
        return False
    return True


def _checked(
    running: Sequence[_Runner], size: int, expected: ExpectedAnswers, requests: Sequence[PlainRequest], plan: Plan
) -> Iterator[Answers]:
    for each in running:
        sample = requests[: max(plan.least_checked, min(plan.checked, int(plan.checking / each.estimate)))]
        found = compared(each.row.name, size, expected, sample, each.session.decide(sample).allowed)
        if each.row.name.startswith(execpolicy.NAME) and found.right != found.asked:
            raise WrongAnswerError(f"{found.row} at N={size}: {found.asked - found.right} of {found.asked} wrong")
        yield found


class _Cold(NamedTuple):
    cold: Callable[[Workload], float]
    work: Workload

    def measure(self) -> float:
        return self.cold(self.work) * 1e6


def measure_cold(rows: Sequence[Row], plan: Plan, report: Report) -> None:
    """Measure the time from the text of the policies to the first decision."""
    for size in plan.cold_sizes:
        work = workload(size, requests=10)
        measures: dict[str, Measure] = {row.name: _Cold(row.cold, work).measure for row in rows if row.cold is not None}
        report.add(COLD, in_turns(measures, plan.cold_rounds), size=size)
