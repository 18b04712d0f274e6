"""This package."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version

from benchmarks.engines.contract import Engine, InProcess, Row, Session, seconds
from benchmarks.workload import ACTION, CALLER, TAGS, PlainRequest, Prepared, Workload, prepared
from execpolicy import (
    Caller,
    Context,
    Explanation,
    Outcome,
    Policy,
    Principal,
    Request,
    Target,
    authorize,
    authorize_many,
)

NAME = "execpolicy"
FRESH, SEEN, MANY = f"{NAME}, fresh context", f"{NAME}, seen", f"{NAME}, many"
EVIDENCE, EXPLAINED = f"{NAME}, evidence", f"{NAME}, explained in words"
AS_DATA = f"{NAME}, explained as data"

Run = Callable[[Sequence[PlainRequest]], list[bool]]


def _unseen(work: Workload) -> Run:
    made = prepared(work)
    caller, target, contexts = made.caller, made.target, made.contexts

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [
            authorize(
                Request(caller=caller, action=ACTION, resource=resource, context=contexts[number]), target
            ).allowed
            for resource, number in requests
        ]

    return run


def _fresh(work: Workload) -> Run:
    made = prepared(work)
    caller, target, values = made.caller, made.target, work.contexts

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [
            authorize(
                Request(caller=caller, action=ACTION, resource=resource, context=Context(values[number])), target
            ).allowed
            for resource, number in requests
        ]

    return run


def _many(work: Workload) -> Run:
    made = prepared(work)

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [decision.allowed for decision in authorize_many(built_requests(made, requests), made.target)]

    return run


def _evidence(work: Workload) -> Run:
    """Read for every statement of every layer whether it applies, how it grants, and which clause failed first."""
    made = prepared(work)

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [_read(authorize(request, made.target).explain()) for request in built_requests(made, requests)]

    return run


def _read(explanation: Explanation) -> bool:
    for _, _, statement in explanation.statements():
        failed = statement.failed
        _ = statement.applies, statement.grant, failed and failed.element
    return explanation.outcome is Outcome.ALLOW


def _explained(work: Workload) -> Run:
    """Print the same as text, with every near miss, position, missing key and assumption."""
    made = prepared(work)

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [
            str(authorize(request, made.target).explain()).startswith("ALLOW")
            for request in built_requests(made, requests)
        ]

    return run


def _as_data(work: Workload) -> Run:
    """Return the same as plain data."""
    made = prepared(work)

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [authorize(request, made.target).to_dict()["allowed"] for request in built_requests(made, requests)]

    return run


def built_requests(made: Prepared, requests: Sequence[PlainRequest]) -> list[Request]:
    """Return the requests as objects of this package."""
    contexts = made.contexts
    return [
        Request(caller=made.caller, action=ACTION, resource=resource, context=contexts[number])
        for resource, number in requests
    ]


def _cold(work: Workload) -> float:
    identity, resource = json.dumps(work.identity), json.dumps(work.resource)
    first, values = work.requests[0], work.contexts[work.requests[0].context]

    def run() -> bool:
        caller = Caller(Principal.parse(CALLER, tags=TAGS), identity=Policy.parse(identity, kind="identity"))
        target = Target(resource=Policy.parse(resource, kind="resource"))
        return authorize(Request(caller=caller, action=ACTION, resource=first.resource, context=values), target).allowed

    return seconds(run)


def _opened(make: Callable[[Workload], Run]) -> Callable[[Workload], Session]:
    return lambda work: InProcess(make(work))


def _find() -> tuple[str, Sequence[Row]]:
    try:
        found = version("execpolicy")
    except PackageNotFoundError:
        found = "checkout"
    return found, (
        Row(NAME, _opened(_unseen), _cold),
        Row(FRESH, _opened(_fresh)),
        Row(SEEN, _opened(_unseen), seen=True),
        Row(MANY, _opened(_many)),
        Row(EVIDENCE, _opened(_evidence)),
        Row(EXPLAINED, _opened(_explained)),
        Row(AS_DATA, _opened(_as_data)),
    )


ENGINE = Engine(NAME, _find)
