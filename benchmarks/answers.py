"""Check an engine's answers, request by request, against the naive model of the tests.

The model is slow. For a large policy, it evaluates only the statements whose resource matches according to a regular
expression; the others cannot affect the result. Wrong answers are counted by the properties of these statements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from benchmarks.report import Answers
from benchmarks.workload import ACCOUNT, ACTION, TAGS, PlainRequest, Workload
from tests.model.evaluator import Principal, World, decide

_CLERK = Principal("role_session", account=ACCOUNT, name="Clerk", session="ann", tags=dict(TAGS))

#: The model evaluates all statements of policies up to this size.
WHOLE = 5


class WrongAnswerError(Exception):
    """A decision of this package differs from the model, so the measurements are not reported."""


class ExpectedAnswers:
    """The right answers to the requests of a workload, computed when they are first needed."""

    def __init__(self, work: Workload) -> None:
        self._work = work
        self._patterns = [_expression(each["Resource"]) for each in work.identity["Statement"]]
        self._known: dict[PlainRequest, bool] = {}

    def allowed(self, request: PlainRequest) -> bool:
        """Return whether the request is allowed."""
        known = self._known.get(request)
        if known is None:
            known = self._known[request] = decide(self._world(request)) == "allow"
        return known

    def concerned(self, request: PlainRequest) -> list[dict[str, Any]]:
        """Return the statements whose resource matches."""
        statements = self._work.identity["Statement"]
        return [
            each for each, match in zip(statements, self._patterns, strict=True) if match.fullmatch(request.resource)
        ]

    def _world(self, request: PlainRequest) -> World:
        work, identity = self._work, self._work.identity
        if len(self._patterns) > WHOLE:
            identity = {**identity, "Statement": self.concerned(request)}
        context = work.contexts[request.context]
        return World(
            _CLERK, ACTION, request.resource, context=context, identity=[identity], resource_policy=work.resource
        )


def compared(
    row: str, size: int, expected: ExpectedAnswers, requests: Sequence[PlainRequest], allowed: Sequence[bool]
) -> Answers:
    """Count the right answers, and the wrong ones by the statements that they concern."""
    opened = shut = 0
    traits: dict[str, int] = {}
    for each, answer in zip(requests, allowed, strict=True):
        right = expected.allowed(each)
        if answer == right:
            continue
        opened, shut = opened + answer, shut + right
        name = (
            f"{'allows' if answer else 'denies'}: {'; '.join(map(trait, expected.concerned(each))) or 'no statement'}"
        )
        traits[name] = traits.get(name, 0) + 1
    return Answers(row, size, len(requests), len(requests) - opened - shut, opened, shut, traits)


def trait(statement: dict[str, Any]) -> str:
    """Describe a statement of the workload: effect, position of the wildcard, operator of the condition."""
    return " ".join([statement["Effect"], _place(statement["Resource"]), *statement.get("Condition", {})])


def _place(pattern: str) -> str:
    segments = pattern.split(":", 5)[5].split("/")
    if "?" in pattern:
        return "?"
    if "*" not in segments:
        return "exact"
    place = segments.index("*")
    if place == len(segments) - 1:
        return "tail *"
    return ("API *", "stage *", "method *", "middle *")[min(place, 3)]


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"([*?])", pattern)
    return re.compile("".join({"*": ".*", "?": "."}.get(part, re.escape(part)) for part in parts), re.DOTALL)
