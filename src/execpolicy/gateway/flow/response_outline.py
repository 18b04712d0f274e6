"""The lines that explain a response: the answer with the gate that decides, or every gate and statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from execpolicy._base.outline import OutlineLine
from execpolicy.document.syntax.wording import listed, printable
from execpolicy.engine.decision import Decision
from execpolicy.engine.explain.allowing_context import AllowingContext
from execpolicy.engine.explain.answer import Answer, answer
from execpolicy.engine.explain.answer_outline import (
    IN_PYTHON,
    AnswerWords,
    allowing_lines,
    assumption_line,
    decide_lines,
    fact_lines,
    headline,
    others_lines,
    statement_lines,
)
from execpolicy.engine.explain.one_line import NamedStatement, denial_in_words, statements_in_words
from execpolicy.engine.explain.subject import caller_name, resource_parts
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.flow.assumptions import ASSUMPTIONS_OF_GATES
from execpolicy.gateway.flow.step import CallOutcome, Step, UnknownValue, depends_in_words, listed_keys
from execpolicy.language.arn import parse_arn


class CallResult(NamedTuple):
    """What the lines read of a response; the fields are those of ``GatewayResponse``."""

    outcome: CallOutcome
    status: int | None
    statuses: tuple[int, ...]
    response_type: str
    message: str
    body: Mapping[str, str | None]
    has_message: bool
    arn: str
    steps: tuple[Step, ...]
    refused_by: Step | None
    deciding_keys: Sequence[str]
    assumed: tuple[str, ...]
    unknown_values: tuple[UnknownValue, ...]
    notes: tuple[str, ...]
    allowing_context: Callable[[], AllowingContext | None]


def call_result(response: Any) -> CallResult:
    """What the lines read of a response, which is a ``GatewayResponse``: that class knows this module."""
    return CallResult(
        response.outcome,
        response.status,
        response.statuses,
        "" if response.response_type is None else response.response_type.value,
        response.message,
        response.body,
        bool(response.body_key),
        response.arn,
        response.steps,
        response.refused_by,
        sorted(response.deciding_keys),
        tuple(response.assumed),
        response.unknown_values,
        response.notes,
        response.allowing_context,
    )


_MARKS = {True: "passed", False: "refused", None: "not known"}
_GATE_STYLES = {True: "passed_over", False: "failed", None: "undecided"}
_STYLES = {
    CallOutcome.ALLOWED: Outcome.ALLOW,
    CallOutcome.DENIED: Outcome.EXPLICIT_DENY,
    CallOutcome.INDETERMINATE: Outcome.INDETERMINATE,
}
_ALLOWED = "ALLOW: the call reaches its integration"
_PREFLIGHT = "ALLOW: API Gateway answers the preflight itself, from the CORS configuration"


def answer_lines(call: CallResult, words: AnswerWords = IN_PYTHON) -> Iterator[OutlineLine]:
    """The answer: the verdict, the gates that decide, and what to do.

    Args:
        call: the response.
        words: how the answer names what its reader can do.
    """
    yield OutlineLine(0, _STYLES[call.outcome].value, _answer_headline(call))
    if call.arn:
        yield OutlineLine(1, "fact", " · ".join((*resource_parts(parse_arn(call.arn)), *_signer(call))))
    allowed = call.outcome is CallOutcome.ALLOWED
    shown = [step for step in call.steps if allowed or not step.passed]
    answers: list[Answer] = []
    for step in shown:
        yield _gate_line(step)
        if step.decision is not None:
            evaluation = step.decision.evaluation
            found = answer(evaluation)
            if not (allowed and evaluation.needs_no_allow):
                answers.append(found)
            if not allowed:
                yield OutlineLine(1, evaluation.outcome.value, headline(evaluation))
            yield from statement_lines(evaluation, found, depth=1)
            if evaluation.outcome is Outcome.IMPLICIT_DENY:
                yield from fact_lines(evaluation, found)
    yield from _answered(call)
    yield from decide_lines(words)
    yield from allowing_lines(call.allowing_context(), words)
    yield from _passed_lines([step for step in call.steps if step not in shown])
    yield from others_lines([found.others for found in answers], words)
    for rule in call.assumed:
        yield assumption_line(rule, ASSUMPTIONS_OF_GATES)
    for note in call.notes:
        yield OutlineLine(0, "assumed", note, label="note")


def one_line(call: CallResult) -> str:
    """The outcome in one line, with the statement that determines it and its place, or else why the call is refused."""
    line, refusing = _answer_headline(call), call.refused_by
    if call.outcome is CallOutcome.DENIED and refusing is not None:
        refusal = refusing.detail if refusing.decision is None else _denial(refusing.decision)
        return printable(f"{line}: {refusal}" if call.status is not None else line)
    decisions = [step.decision for step in call.steps if step.decision is not None]
    named = statements_in_words(_determining(decisions[-1])) if decisions else ""
    return printable(f"{line}, by {named}" if named and call.outcome is CallOutcome.ALLOWED else line)


def _denial(decision: Decision) -> str:
    return denial_in_words(decision.evaluation, _determining(decision))


def _determining(decision: Decision) -> list[NamedStatement]:
    return [(each.sid, each.place) for each in decision.determining_statements]


def _answer_headline(call: CallResult) -> str:
    kind = f" {call.response_type}" if call.response_type else ""
    statuses = listed(map(str, call.statuses))
    if call.outcome is CallOutcome.ALLOWED:
        return _PREFLIGHT if call.steps and call.steps[-1].gate == "preflight" else _ALLOWED
    if call.outcome is CallOutcome.INDETERMINATE:
        return f"INDETERMINATE: allowed or refused ({statuses}): {_unknown(call)}"
    if call.status is None:
        return f"DENY: {statuses}: {_unknown(call)}"
    refusing = call.refused_by
    return f"DENY: {statuses}{kind}" + (f", at gate {refusing.number} ({refusing.gate})" if refusing else "")


def _unknown(call: CallResult) -> str:
    """What is not known of a call, and decides."""
    keys, values = call.deciding_keys, call.unknown_values
    if not keys and not values:
        return "details of the call are not known"
    of_keys = [f"{listed_keys(keys)} {'is' if len(keys) == 1 else 'are'} not known"] if keys else []
    return "; ".join([*of_keys, *([depends_in_words(values)] if values else [])])


def _deciding(call: CallResult) -> str:
    """The keys and values on which the message depends."""
    return listed_keys([*call.deciding_keys, *[value.name for value in call.unknown_values]])


def _signer(call: CallResult) -> Iterator[str]:
    """Who signed the call, where a policy was evaluated for that caller."""
    for step in call.steps:
        if step.decision is not None:
            request = step.decision.request
            if request.caller.principal.account:
                yield caller_name(request.caller.principal, request.account)
                return


def _gate_line(step: Step) -> OutlineLine:
    return OutlineLine(
        0, _GATE_STYLES[step.passed], f"{step.number}. {step.gate}: {_MARKS[step.passed]}: {step.detail}", step
    )


def _answered(call: CallResult) -> Iterator[OutlineLine]:
    """The body that API Gateway sends with a refusal."""
    if call.outcome is not CallOutcome.DENIED or call.status is None:
        return
    if call.has_message:
        text = json.dumps(dict(call.body), ensure_ascii=False)
    elif call.refused_by is not None and not (call.deciding_keys or call.unknown_values):
        text = "a body of the API's own, which is not known"
    else:
        text = f"a message that depends on {_deciding(call)}"
    yield OutlineLine(0, "fact", f"{call.status} {text}", label="AWS answers")


def _passed_lines(steps: Sequence[Step]) -> Iterator[OutlineLine]:
    """The gates before the one that decides, by name."""
    if steps:
        yield OutlineLine(0, "more", " · ".join(f"{step.number} {step.gate}" for step in steps), label="passed")


def full_lines(call: CallResult) -> Iterator[OutlineLine]:
    """Every gate in order, with every statement of the policies that were evaluated."""
    yield OutlineLine(0, _STYLES[call.outcome].value, _full_headline(call))
    if call.arn:
        yield OutlineLine(1, "fact", call.arn)
    for step in call.steps:
        yield _gate_line(step)
        if step.decision is not None:
            yield from _decision_lines(step.decision)
        for rule in step.assumed:
            yield OutlineLine(2, "assumed", f"assumed ({rule}): {ASSUMPTIONS_OF_GATES[rule]}")
    for note in call.notes:
        yield OutlineLine(0, "assumed", note)


def _decision_lines(decision: Decision) -> Iterator[OutlineLine]:
    """The lines of a decision below its gate, without its message, which the response has."""
    for line in decision.explain().full().lines():
        if line.text != printable(decision.message):
            yield line._replace(depth=line.depth + 2)


def _full_headline(call: CallResult) -> str:
    kind = f" {call.response_type}" if call.response_type else ""
    if call.status is None or call.outcome is not CallOutcome.DENIED:
        return _answer_headline(call)
    if call.status == 200:
        return f"DENIED (200{kind}): {call.message or 'no message'}"
    if not call.has_message and call.refused_by is not None and not (call.deciding_keys or call.unknown_values):
        return f"{call.status}{kind}: with a message of the API's own, which is not known"
    if not call.has_message:
        return f"{call.status}{kind}: the message depends on {_deciding(call)}"
    return f"{call.status}{kind}: {call.message or 'no message'}"
