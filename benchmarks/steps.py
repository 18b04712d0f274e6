"""Measure the steps of a call with AWS_IAM, each alone: where its time goes."""

from __future__ import annotations

from itertools import count, cycle

from benchmarks.clock import in_turns, repeated
from benchmarks.gateway import an_api
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACTION
from execpolicy import Request, authorize
from execpolicy.gateway.flow.routing import find_route

GROUP = "steps of a call with AWS_IAM"
ROUTE, REQUEST, DECIDE = "find the route", "make the request", "decide"
ANSWER, GATES = "the whole call: its status", "the whole call: the result of every gate"


def measure_steps(plan: Plan, report: Report) -> None:
    """Measure each step of a call, for paths that were not called before."""
    api, caller, context = an_api()
    numbers, prefix = count(), f"arn:aws:execute-api:{api.region}:{api.account}:{api.id}/prod/GET"

    def path() -> str:
        return f"/pets/{next(numbers)}"

    def request() -> Request:
        return Request(caller=caller, action=ACTION, resource=prefix + path(), context=context)

    ready = cycle([request() for _ in range(20_000)])  # more than the tables of a layer hold
    steps = {
        ROUTE: lambda: find_route(api, "GET", path()),
        REQUEST: request,
        DECIDE: lambda: authorize(next(ready), api.target).allowed,
        ANSWER: lambda: api.invoke("GET", path(), caller=caller, context=context).status,
        GATES: lambda: api.invoke("GET", path(), caller=caller, context=context).steps,
    }
    report.add(GROUP, in_turns({name: repeated(step) for name, step in steps.items()}, plan.part_rounds))
