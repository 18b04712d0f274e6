"""Measure memory per statement, and whether memory grows with traffic, each in a new interpreter.

``python -m benchmarks.space held execpolicy 1000`` prints the bytes per statement of a policy with a thousand
statements. ``python -m benchmarks.space traffic 1000000`` prints the bytes by which a process grows during the last
nine tenths of a million resources.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.clock import Spread
from benchmarks.engines.cedar import policies_of
from benchmarks.engines.contract import library
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.starting import child
from benchmarks.workload import ACTION, CALLER, Workload, prepared, workload

HELD, TRAFFIC = "memory, a statement", "memory, traffic"

_PAGES = Path("/proc/self/statm")


def measure_space(plan: Plan, report: Report, present: Sequence[str]) -> None:
    """Measure the memory of the process for those engines of ``present`` that can read policies from text."""
    for name in [name for name in _READERS if name in present]:
        found = float(child("-m", "benchmarks.space", "held", name, str(plan.held)))
        report.add(HELD, {name: Spread(found, found, found)}, size=plan.held, unit="bytes")
    found = float(child("-m", "benchmarks.space", "traffic", str(plan.traffic)))
    note = f"from the first tenth to the last of {plan.traffic:,} requests, no two for one resource"
    report.add(TRAFFIC, {"execpolicy": Spread(found, found, found)}, unit="bytes", note=note)


def _execpolicy(text: str) -> object:
    from execpolicy import Caller, Policy
    from execpolicy.engine.layers import Layer

    caller = Caller(CALLER, identity=Policy.parse(text, kind="identity"))
    return caller, caller.compiled()[Layer.IDENTITY].prepared


def _cedarpy(text: str) -> object:
    return library("cedarpy").PolicySet.from_str(text)


def _moto(text: str) -> object:
    return library("moto.iam.access_control").IAMPolicy(text)


_READERS: dict[str, Callable[[str], object]] = {"execpolicy": _execpolicy, "cedarpy": _cedarpy, "moto": _moto}


def _text(name: str, work: Workload) -> str:
    return policies_of(work) if name == "cedarpy" else json.dumps(work.identity)


def held(name: str, size: int) -> float:
    """Return the bytes per statement of a policy that is read from text and kept."""
    read = _READERS[name]
    small, large = (_text(name, workload(count, requests=1)) for count in (5, size))
    kept: list[Any] = [read(small)]
    gc.collect()
    before = _resident()
    kept.append(read(large))
    gc.collect()
    return (_resident() - before) / size


def traffic(total: int) -> float:
    """Return the bytes by which the process grows while it decides requests for new resources."""
    from execpolicy import Request, authorize

    work = prepared(workload(1_000))
    before = 0.0
    for number in range(total):
        if number == total // 10:
            before = _resident()
        plain = work.requests[number % len(work.requests)]
        arn, context = f"{plain.resource}/{number}", work.contexts[number % len(work.contexts)]
        authorize(Request(caller=work.caller, action=ACTION, resource=arn, context=context), work.target)
    return _resident() - before


def _resident() -> float:
    """Return the resident memory of the process in bytes, or its peak if the system does not provide the former."""
    if _PAGES.exists():
        return int(_PAGES.read_text("utf-8").split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["held", name, size]:
            sys.stdout.write(f"{held(name, int(size))}\n")
        case ["traffic", total]:
            sys.stdout.write(f"{traffic(int(total))}\n")
