"""Measure what users wait for: calls of each type of authorization, new callers, and the emulator of the examples."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.clock import Measure, in_turns, repeated
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACCOUNT, ACTION, CALLER, TAGS, workload
from execpolicy import Api, Authorizer, AuthorizerCache, Caller, Context, Policy, Principal, Route

GROUP, SERVED = "what users wait for", "the emulator of the examples"
OPEN, NEW, KNOWN, CACHED = (
    "Api.invoke, an open route",
    "Api.invoke, a new document of a Lambda authorizer",
    "Api.invoke, a known document of a Lambda authorizer",
    "Api.invoke, a cached document of a Lambda authorizer",
)
NEW_CALLER = "a Caller, policies known"
REQUESTS = "requests a second, ASGI called directly"

EMULATOR = Path(__file__).parents[1] / "examples" / "emulator"
_HEADERS = {"Authorization": "letmein"}
_ARN = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:api00000/prod"


def measure_waiting(plan: Plan, report: Report) -> None:
    """Measure each call of ``calls``, a new Caller for known policies, and the requests that the emulator serves."""
    measures = {name: repeated(call) for name, call in {**calls(), NEW_CALLER: new_caller()}.items()}
    report.add(GROUP, in_turns(measures, plan.part_rounds), note="unseen paths")
    report.add(SERVED, in_turns({REQUESTS: served_by_emulator()}, plan.part_rounds), unit="1/s", note="unseen paths")


def calls() -> dict[str, Callable[[], bool]]:
    """Return calls to one API: without authorization, and with a Lambda authorizer."""
    api = Api(
        id="api00000",
        type="REST",
        region="eu-west-1",
        account=ACCOUNT,
        stages=["prod"],
        routes=[Route("GET", "/health/{id}"), Route("GET", "/{noun}/{id}", authorizer="tokens")],
        authorizers=[
            Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"], ttl=3_600)
        ],
    )
    context, cache, numbers = Context({"aws:SourceIp": "203.0.113.9"}), AuthorizerCache(), count()
    known = output(0)

    def call(**given: Any) -> bool:
        path = f"/pets/{next(numbers)}"
        return api.invoke("GET", path, headers=_HEADERS, context=context, **given).allowed

    return {
        OPEN: lambda: api.invoke("GET", f"/health/{next(numbers)}", context=context).allowed,
        NEW: lambda: call(authorizer_output=output(next(numbers))),
        KNOWN: lambda: call(authorizer_output=known),
        CACHED: lambda: call(authorizer_output=known, cache=cache),
    }


def output(number: int) -> dict[str, Any]:
    """Return the output of an authorizer: a document of two statements, another one for each number."""
    statements = [
        {"Effect": "Allow", "Action": ACTION, "Resource": [f"{_ARN}/GET/pets/*", f"{_ARN}/GET/orders/{number}"]},
        {"Effect": "Deny", "Action": ACTION, "Resource": f"{_ARN}/DELETE/*"},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {"principalId": "ann", "policyDocument": document, "context": {"number": number}}


def new_caller() -> Callable[[], Caller]:
    """Return a function that makes a Caller: another session each time, with the same policies."""
    documents: Mapping[str, Any] = workload(5, requests=1).identity
    identity, boundary = Policy.parse(documents, kind="identity"), Policy.parse(documents, kind="boundary")
    principals = _distinct_principals()
    return lambda: Caller(next(principals), identity=identity, boundary=boundary)


def _distinct_principals() -> Iterator[Principal]:
    ready = [Principal.parse(f"{CALLER}{number}", tags=TAGS) for number in range(1_000)]
    while True:
        yield from ready


def served_by_emulator() -> Measure:
    """Return a measure of the requests that the emulator serves in a second: half of them are authorized."""
    sys.path.insert(0, str(EMULATOR))
    try:
        guarded = importlib.import_module("app").guarded
    finally:
        sys.path.remove(str(EMULATOR))
    numbers = count()
    headers = [(b"host", b"localhost"), (b"authorization", b"token-of-42"), (b"accept", b"*/*")]

    def scope(path: str) -> dict[str, Any]:
        return {"type": "http", "method": "GET", "raw_path": path.encode(), "query_string": b"", "headers": headers}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200

    async def both() -> None:
        await guarded(scope("/health"), receive, send)
        await guarded(scope(f"/customers/42/orders/{next(numbers)}"), receive, send)

    loop = asyncio.new_event_loop()
    pair = repeated(lambda: loop.run_until_complete(both()))
    return lambda: 2e6 / pair()
