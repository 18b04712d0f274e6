"""Measure many calls at once: a matrix against its cells one by one, and columns against ``authorize_many``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from time import process_time
from typing import Any, Final

from benchmarks.clock import in_turns
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACTION, prepared, workload
from execpolicy import Api, Caller, Policy, Request, Route, authorize_columns, authorize_many, matrix

GROUP: Final = "many calls at once"
MATRIX, INVOKES = "a cell of a matrix, 200 callers and 2,000 calls", "Api.invoke of such a cell"
COLUMNS, MANY = "authorize_columns, N=100, 60 % repeats", "authorize_many of the same requests"
_CALLERS, _CALLS, _INVOKED = 200, 2000, 4000
_STATEMENTS, _REQUESTS, _REPEATED = 100, 5000, 0.6
_KINDS: Final = ("orders", "customers", "invoices", "carts", "items", "reviews", "payments", "shipments")
_ACCOUNT: Final = "111122223333"


def measure_bulk(plan: Plan, report: Report) -> None:
    """Measure a matrix whose callers have 40 different policies, and one policy of 100 statements."""
    rounds = min(plan.part_rounds, 5)
    callers, calls = min(_CALLERS, plan.most), min(_CALLS, 2 * plan.most)
    report.add(
        GROUP, in_turns(_of_matrix(callers, calls), rounds), note=f"{callers} callers with 40 policies, {calls:,} calls"
    )
    report.add(GROUP, in_turns(_of_columns(), rounds), size=_STATEMENTS, note=f"{_REQUESTS:,} requests")


def _of_matrix(most_callers: int, most_calls: int) -> dict[str, Callable[[], float]]:
    api, callers, calls = matrix_parts(most_callers, most_calls)
    random = Random(1)
    cells = [(random.choice(calls).split(" "), random.choice(callers)) for _ in range(_INVOKED)]

    def invokes() -> None:
        for (method, path), caller in cells:
            api.invoke(method, path, caller=caller)

    return {
        MATRIX: lambda: _each(lambda: matrix(api, callers, calls), len(callers) * len(calls)),
        INVOKES: lambda: _each(invokes, _INVOKED),
    }


def _each(work: Callable[[], object], number: int) -> float:
    """The microseconds of one of the parts of some work."""
    start = process_time()
    work()
    return (process_time() - start) / number * 1e6


def _policy(kind: Any, *statements: Any) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=f"{kind}.json")


def matrix_parts(most_callers: int, most_calls: int) -> tuple[Api, list[Caller], list[str]]:
    """An API of 32 routes, roles with one of 40 policies each, and calls to all routes."""
    paths = [path for kind in _KINDS for path in (f"/{kind}", f"/{kind}/{{id}}")]
    everybody = {"Principal": "*", "Action": "execute-api:Invoke"}
    api = Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=_ACCOUNT,
        stages=["prod"],
        routes=[Route(verb, path, auth="AWS_IAM") for path in paths for verb in ("GET", "POST")],
        resource_policy=_policy(
            "resource",
            {**everybody, "Effect": "Deny", "Resource": "execute-api:/*/POST/invoices/*"},
            {**everybody, "Effect": "Deny", "Resource": "execute-api:/*/GET/orders/4*"},
        ),
    )
    callers = [
        Caller(f"arn:aws:iam::{_ACCOUNT}:role/Role{number}", identity=_policy("identity", *_of_role(number % 40)))
        for number in range(most_callers)
    ]
    verbs = ("GET", "POST")
    calls = [f"{verbs[each % 2]} /{_KINDS[each // 2 % len(_KINDS)]}/{each}" for each in range(most_calls)]
    return api, callers, calls


def _of_role(number: int) -> Sequence[dict[str, Any]]:
    """The statements of a role: it may read all, and write a part of one kind of resources."""
    arn = f"arn:aws:execute-api:*:{_ACCOUNT}:a1b2c3/prod"
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke"}
    kind = _KINDS[number % len(_KINDS)]
    return {**allow, "Resource": f"{arn}/GET/*"}, {**allow, "Resource": f"{arn}/POST/{kind}/{number // len(_KINDS)}*"}


def _of_columns() -> dict[str, Callable[[], float]]:
    work = workload(_STATEMENTS, requests=_REQUESTS)
    random = Random(1)
    different = work.requests[: int(_REQUESTS * (1 - _REPEATED))]
    asked = [*different, *(random.choice(different) for _ in range(_REQUESTS - len(different)))]
    random.shuffle(asked)
    made = prepared(work)
    caller, target = made.caller, made.target
    resources = [each.resource for each in asked]
    contexts = [made.contexts[each.context] for each in asked]

    def many() -> None:
        requests = (
            Request(caller=caller, action=ACTION, resource=resource, context=context)
            for resource, context in zip(resources, contexts, strict=True)
        )
        for decision in authorize_many(requests, target):
            assert decision.outcome

    return {
        COLUMNS: lambda: _each(lambda: authorize_columns(caller, ACTION, resources, contexts, target), _REQUESTS),
        MANY: lambda: _each(many, _REQUESTS),
    }
