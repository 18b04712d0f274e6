"""The result of one gate for a call, and whether the whole call is allowed (GW-25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from execpolicy.document.syntax.wording import listed
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.flow.lazy_text import LazyText, text_of


class CallOutcome(StrEnum):
    """Whether a call is allowed, whichever of the possible responses it gets (GW-25).

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> api.invoke("GET", "/orders").outcome
    <CallOutcome.DENIED: 'denied'>
    """

    #: The call is allowed: it reaches its integration.
    ALLOWED = "allowed"
    #: The call is refused: every possible response is a refusal, whatever its status.
    DENIED = "denied"
    #: Unknown details of the call decide: it may be refused, or reach its integration.
    INDETERMINATE = "indeterminate"


class Step(NamedTuple):
    """The result of one gate: its number in the flow, whether the call passed it (None: not known), and why.

    Where that is not known, ``deciding_keys`` are the condition keys that decide whether the call passes, or how it is
    refused. ``assumed`` are the ids of the rules of status A of API Gateway by whose other reading the result would be
    another one; those of policies are in ``decision.assumed``.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> api.invoke("GET", "/orders").steps[-1].gate
    'signature'
    """

    number: str
    gate: str
    passed: bool | None
    detail: str
    rules: tuple[str, ...] = ()
    decision: Decision | None = None
    deciding_keys: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


#: The values of a step. Its detail may be a text that is made when it is first read: that takes longer than to pass the
#: gate. The deciding keys are those of a gate that evaluates no policy; a decision has its own.
StepData = tuple[str, str, bool | None, LazyText, tuple[str, ...], Decision | None, tuple[str, ...], tuple[str, ...]]


def step_of(data: StepData) -> Step:
    """The step with these values."""
    number, gate, passed, detail, rules, decision, keys, assumed = data
    if decision is not None and decision.outcome is Outcome.INDETERMINATE:
        keys = tuple(sorted(decision.missing_keys))
    return Step(number, gate, passed, text_of(detail), rules, decision, keys, assumed)


def step_to_dict(step: Step) -> dict[str, Any]:
    """A step as plain data, by the schema ``docs/schemas/response-1.json``."""
    return {
        "number": step.number,
        "gate": step.gate,
        "passed": step.passed,
        "detail": step.detail,
        "rules": list(step.rules),
        "decision": None if step.decision is None else step.decision.to_dict(),
        "deciding_keys": list(step.deciding_keys),
        "assumed": list(step.assumed),
    }


def assumed_of(step: Step) -> Iterator[str]:
    """The assumed rules that the result of a step depends on."""
    yield from step.assumed
    if step.decision is not None:
        yield from step.decision.assumed


class UnknownValue(NamedTuple):
    """A value of a file that is not known and that decides: its name, and where the file uses it (SRC-9, SRC-10).

    >>> UnknownValue("the parameter Stage", "template.yaml:12:20").name
    'the parameter Stage'
    """

    name: str
    #: ``file:line:column``; empty if several places use it.
    place: str = ""


def unknown_values_of(decision: Decision) -> tuple[UnknownValue, ...]:
    """The values in texts of policies that are not known and that a decision depends on, with their places (SRC-10)."""
    from execpolicy.engine.explain.unknown_place import unknown_places

    if not decision.unknown_values:
        return ()
    places = unknown_places(decision.evaluation)
    return tuple(UnknownValue(name, places.get(name, "")) for name in decision.unknown_values)


def with_values_of_policies(of_api: Sequence[UnknownValue], steps: Sequence[StepData]) -> tuple[UnknownValue, ...]:
    """The unknown values of an API, and those of the policies that decide at gates, each name once."""
    values = {value.name: value for value in of_api}
    for data in steps:
        decision = data[5]
        if decision is not None and decision.outcome is Outcome.INDETERMINATE:
            for value in unknown_values_of(decision):
                values.setdefault(value.name, value)
    return tuple(values.values())


def depends_in_words(values: Sequence[UnknownValue]) -> str:
    """What is said of an answer that depends on values of a file that are not known."""
    shown = [f"{value.name}{f' ({value.place})' * bool(value.place)}" for value in values]
    if len(values) == 1:
        place = f" ({values[0].place})" if values[0].place else ""
        return f"it depends on {values[0].name}, which has no value{place}"
    return f"it depends on {listed(shown, 'and')}, which have no values"


def listed_keys(keys: Sequence[str]) -> str:
    """The condition keys that decide which of the possible responses a call gets, as a list in words."""
    return listed(keys, "and") if keys else "unknown details of the call"
