"""The interface of an engine for the benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from time import process_time
from typing import Any, NamedTuple, Protocol

from benchmarks.workload import PlainRequest, Workload

#: API Gateway replaces the short form ``execute-api:/*`` by this ARN when it stores a policy. Other engines need it.
WRITTEN_OUT = "arn:aws:execute-api:eu-west-1:111122223333:*"


class AbsentError(Exception):
    """An engine is not available; the message says what is missing."""


def library(name: str) -> Any:
    """Import a module of a library that this package does not depend on. Raise AbsentError if it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise AbsentError(f"{name.partition('.')[0]} is not installed") from error


class TimedAnswers(NamedTuple):
    """Whether each request is allowed, and the processor time of all of them in seconds."""

    allowed: list[bool]
    seconds: float


class Session(Protocol):
    """An engine with the policies of one workload, read and, if the engine supports it, compiled."""

    def decide(self, requests: Sequence[PlainRequest]) -> TimedAnswers:
        """Decide requests. The time includes building each request from plain data."""

    def close(self) -> None:
        """Release the resources of the session."""


class Row(NamedTuple):
    """One way of using an engine: one line of the table and of the plot."""

    name: str
    open: Callable[[Workload], Session]
    #: Reads policies from text, decides one request, and returns the seconds.
    cold: Callable[[Workload], float] | None = None
    #: Whether the same few requests are repeated.
    seen: bool = False


class Engine(NamedTuple):
    """An engine. ``find`` returns its version and rows, and raises AbsentError if the engine is not available."""

    name: str
    find: Callable[[], tuple[str, Sequence[Row]]]


class InProcess:
    """A session of an engine that runs in this process."""

    def __init__(self, run: Callable[[Sequence[PlainRequest]], list[bool]]) -> None:
        self._run = run

    def decide(self, requests: Sequence[PlainRequest]) -> TimedAnswers:
        start = process_time()
        allowed = self._run(requests)
        return TimedAnswers(allowed, process_time() - start)

    def close(self) -> None:
        del self._run


def seconds(function: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    start = process_time()
    function()
    return process_time() - start


def written_out(work: Workload) -> Workload:
    """Return the workload with the ARNs that API Gateway stores in place of short forms."""
    statements = [{**each, "Resource": WRITTEN_OUT} for each in work.resource["Statement"]]
    return work._replace(resource={**work.resource, "Statement": statements})


def with_tags(context: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Return a context that includes the caller's tags, for engines that do not derive them from the caller."""
    return {**context, **{f"aws:PrincipalTag/{name}": value for name, value in tags.items()}}
