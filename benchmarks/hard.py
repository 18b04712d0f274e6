"""Measure policies for which an index helps little or not at all, with the number of function calls of a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

from benchmarks.answers import WrongAnswerError
from benchmarks.clock import in_turns, repeated
from benchmarks.counted import calls_of
from benchmarks.plan import Plan
from benchmarks.report import Report
from benchmarks.workload import ACCOUNT, ACTION, CALLER, TAGS
from execpolicy import Caller, Context, Policy, Principal, Request, Target, authorize

GROUP = "hard policies"
PATTERNS = "patterns that no segment tells apart: …/*-k1-*"
VARIABLES = "a variable in every resource, told apart by a segment"
HARD_VARIABLES = "a variable in every resource, told apart by no segment"
CIDRS, CIDRS_NEW = "CIDRs in one condition, context kept", "CIDRs in one condition, context new"
LIKES, LIKES_NEW = "StringLike values, k1-*, context kept", "StringLike values, k1-*, context new"
HARD_LIKES = "StringLike values, *-k1-*, context new"

_GET = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:api00000/prod/GET"
_TARGET = Target()

Statements = list[dict[str, Any]]


class Hard(NamedTuple):
    """Policies of growing size; ``bound`` says how the work for a decision grows."""

    name: str
    policy: Callable[[int], Statements]
    bound: str
    most: int = 10_000
    keep_context: bool = True
    #: Formatted with the number of the last pattern: if values are tried one by one, the last one matches.
    agent: str = "a-k{}-b"
    #: Formatted with the numbers of a pattern and of a request, so that every request matches one pattern.
    path: str = "red-k{}-{}"


def _resources(pattern: str) -> Callable[[int], Statements]:
    return lambda size: [_allow(f"{_GET}/{pattern.format(number)}") for number in range(size)]


def _condition(operator: str, key: str, value: Callable[[int], str]) -> Callable[[int], Statements]:
    return lambda size: [{**_allow("*"), "Condition": {operator: {key: [value(number) for number in range(size)]}}}]


def _allow(resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": ACTION, "Resource": resource}


def _cidr(number: int) -> str:
    """Return half of a /24, so no two ranges are adjacent."""
    return f"11.{number // 256}.{number % 256}.0/25"


_RANGES = _condition("IpAddress", "aws:SourceIp", _cidr)
_HEADS = _condition("StringLike", "aws:UserAgent", "k{}-*".format)
_INNER = _condition("StringLike", "aws:UserAgent", "*-k{}-*".format)
_ONE_BY_ONE = "each pattern is tried: linear in the patterns of one entry of the index"
_BISECTED = "ranges joined and bisected: log2 of the CIDRs"

HARD = (
    Hard(PATTERNS, _resources("*-k{}-*"), _ONE_BY_ONE),
    Hard(
        VARIABLES,
        _resources("${{aws:PrincipalTag/team}}/k{}/*"),
        "as many as the index finds, whatever the size",
        path="red/k{}/{}",
    ),
    Hard(HARD_VARIABLES, _resources("${{aws:PrincipalTag/team}}-k{}-*"), f"{_ONE_BY_ONE}, then in full if it matches"),
    Hard(CIDRS, _RANGES, "evaluated once per context", 1_000),
    Hard(CIDRS_NEW, _RANGES, _BISECTED, 1_000, keep_context=False),
    Hard(LIKES, _HEADS, "evaluated once per context", 500, agent="k{}-b"),
    Hard(LIKES_NEW, _HEADS, "one startswith with all prefixes: linear, in C", 500, keep_context=False, agent="k{}-b"),
    Hard(HARD_LIKES, _INNER, "each value is tried: linear in the values with a star on either side", 500, False),
)


def measure_hard(plan: Plan, report: Report) -> None:
    """Measure each kind at each size."""
    for hard in HARD:
        for size in sorted({min(size, hard.most) for size in plan.hard_sizes}):
            decide = _deciding(hard, size)
            decide()  # compiles
            counted = calls_of([decide] * 20)
            found = in_turns({hard.name: repeated(decide)}, plan.part_rounds)
            report.add(GROUP, found, size=size, note=f"{hard.bound}; {counted:.4g} calls counted")


def _caller(hard: Hard, size: int) -> Caller:
    policy = Policy.parse({"Version": "2012-10-17", "Statement": hard.policy(size)}, kind="identity")
    return Caller(Principal.parse(CALLER, tags=TAGS), identity=policy)


def _deciding(hard: Hard, size: int) -> Callable[[], None]:
    requests = _requests(hard, size, _caller(hard, size))
    return lambda: _allowed(next(requests))


def _allowed(request: Request) -> None:
    if not authorize(request, _TARGET).allowed:
        raise WrongAnswerError(f"{request.resource} is allowed by one of the patterns, and was denied")


def _requests(hard: Hard, size: int, caller: Caller) -> Iterator[Request]:
    """Yield requests of one caller, each for a different resource that matches one pattern."""
    values = {"aws:SourceIp": "11.0.3.9", "aws:UserAgent": hard.agent.format(size - 1)}
    kept = Context(values) if hard.keep_context else None
    for number in count():
        path = hard.path.format(number % size, number)
        yield Request(caller=caller, action=ACTION, resource=f"{_GET}/{path}", context=kept or Context(values))
