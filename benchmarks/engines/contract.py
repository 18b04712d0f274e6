"""What the benchmarks ask of an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from time import process_time
from typing import Any, NamedTuple, Protocol

from benchmarks.workload import Asked, Workload

#: API Gateway writes the short form ``execute-api:/*`` out when it stores a policy; other engines are given that.
WRITTEN_OUT = "arn:aws:execute-api:eu-west-1:111122223333:*"


class AbsentError(Exception):
    """An engine is not there; the text says what is missing."""


def library(name: str) -> Any:
    """A module of a library that this package does not depend on. Raises AbsentError."""
    try:
        return import_module(name)
    except ImportError as error:
        raise AbsentError(f"{name.partition('.')[0]} is not installed") from error


class Answered(NamedTuple):
    """Whether each request is allowed, and the seconds of processor time that all of them took."""

    allowed: list[bool]
    seconds: float


class Session(Protocol):
    """An engine with the policies of one workload read and, where it can, compiled."""

    def decide(self, asked: Sequence[Asked]) -> Answered:
        """Decide requests, each built from plain data within the time that is told."""

    def close(self) -> None:
        """Let go of what the session holds."""


class Row(NamedTuple):
    """One way of using an engine: what a line of the table and of the plot stands for."""

    name: str
    open: Callable[[Workload], Session]
    #: Reads policies from text and decides one request; gives the seconds.
    cold: Callable[[Workload], float] | None = None
    #: Whether the same few requests come again and again.
    seen: bool = False


class Engine(NamedTuple):
    """An engine, its version, and the ways of using it. ``find`` raises AbsentError where the engine is not there."""

    name: str
    find: Callable[[], tuple[str, Sequence[Row]]]


class InProcess:
    """A session of an engine that runs in this process."""

    def __init__(self, run: Callable[[Sequence[Asked]], list[bool]]) -> None:
        self._run = run

    def decide(self, asked: Sequence[Asked]) -> Answered:
        start = process_time()
        allowed = self._run(asked)
        return Answered(allowed, process_time() - start)

    def close(self) -> None:
        del self._run


def seconds(function: Callable[[], object]) -> float:
    """The processor time of one call."""
    start = process_time()
    function()
    return process_time() - start


def written_out(work: Workload) -> Workload:
    """The workload with the short forms of the resource policy as API Gateway stores them."""
    statements = [{**each, "Resource": WRITTEN_OUT} for each in work.resource["Statement"]]
    return work._replace(resource={**work.resource, "Statement": statements})


def with_tags(context: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """A context that tells the caller's tags too, for engines that do not know them of the caller."""
    return {**context, **{f"aws:PrincipalTag/{name}": value for name, value in tags.items()}}
