"""Measure very many statements: reading and compiling, the memory, and a decision, in new interpreters.

``python -m benchmarks.growing time 100000`` and ``python -m benchmarks.growing memory 100000`` print one measurement
each as JSON. The statements are in ten identity policies, because a document has at most 16 MiB.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import process_time

from benchmarks.clock import Spread
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.starting import child
from benchmarks.workload import ACTION, CALLER, TAGS, PlainRequest, Workload, workload
from execpolicy import Caller, Context, Policy, Principal, Request, Target, authorize
from execpolicy.engine.layers import Layer

GROUP = "very many statements"
COMPILE, MEMORY, PEAK = "read and compile", "memory", "memory, most while compiling"
DECISION, SMALL = "a decision, unseen resources", "a decision at N=5, in the same run"

_PARTS = 10
_WARM, _ROUNDS = 4_000, 5


def measure_growing(plan: Plan, report: Report) -> None:
    """Measure ``plan.grown`` statements."""
    times = json.loads(child("-m", "benchmarks.growing", "time", str(plan.grown)))
    memory = json.loads(child("-m", "benchmarks.growing", "memory", str(plan.grown)))
    for names, found, unit in (
        ((COMPILE,), times, "s"),
        ((DECISION, SMALL), times, "µs"),
        ((MEMORY, PEAK), memory, "MB"),
    ):
        report.add(GROUP, {name: Spread(*found[name]) for name in names}, size=plan.grown, unit=unit)


def timed(size: int) -> dict[str, Spread]:
    """Return the seconds of reading and compiling, and the microseconds of a decision there and at N=5."""
    work = workload(size, requests=_WARM + _ROUNDS * 1_000)
    texts = _texts(work)
    start = process_time()
    caller = _compiled(texts)
    seconds = process_time() - start
    small = workload(5, requests=_WARM + _ROUNDS * 1_000)
    measures = {DECISION: _deciding(caller, work), SMALL: _deciding(_compiled(_texts(small)), small)}
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(_ROUNDS):
        for name, measure in measures.items():
            taken[name].append(measure())
    found = {name: Spread(sorted(values)[_ROUNDS // 2], min(values), max(values)) for name, values in taken.items()}
    return {COMPILE: Spread(seconds, seconds, seconds), **found}


def held(size: int) -> dict[str, Spread]:
    """Return the megabytes of what is kept of the policies, and the most while they are compiled."""
    import tracemalloc

    texts = _texts(workload(size, requests=1))
    _compiled(_texts(workload(5, requests=1)))  # loads the modules
    tracemalloc.start(1)
    caller = _compiled(texts)
    kept, most = (bytes_ / 1e6 for bytes_ in tracemalloc.get_traced_memory())
    assert caller.compiled()
    return {MEMORY: Spread(kept, kept, kept), PEAK: Spread(most, most, most)}


def _texts(work: Workload) -> list[str]:
    statements = work.identity["Statement"]
    part = -(-len(statements) // _PARTS)
    return [
        json.dumps({**work.identity, "Statement": statements[start : start + part]})
        for start in range(0, len(statements), part)
    ]


def _compiled(texts: list[str]) -> Caller:
    caller = Caller(
        Principal.parse(CALLER, tags=TAGS), identity=[Policy.parse(text, kind="identity") for text in texts]
    )
    assert caller.compiled()[Layer.IDENTITY].prepared is not None
    return caller


def _deciding(caller: Caller, work: Workload) -> Callable[[], float]:
    target = Target(resource=Policy.parse(work.resource, kind="resource"))
    contexts = [Context(values) for values in work.contexts]
    left = iter(work.requests)

    def decide(count: int) -> float:
        requests: list[PlainRequest] = [next(left) for _ in range(count)]
        start = process_time()
        allowed = [
            authorize(
                Request(caller=caller, action=ACTION, resource=resource, context=contexts[number]), target
            ).allowed
            for resource, number in requests
        ]
        return (process_time() - start) / len(allowed) * 1e6

    decide(_WARM)
    return lambda: decide(1_000)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["time", size]:
            sys.stdout.write(json.dumps(timed(int(size))))
        case ["memory", size]:
            sys.stdout.write(json.dumps(held(int(size))))
