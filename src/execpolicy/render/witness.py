"""Witnesses and the statements that decide them, as lines of text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.analysis.witness import Witness, deciding_statements
from execpolicy.engine.caller import Caller
from execpolicy.engine.decision import Decision, DeterminingStatement
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness_command import command_of

_STYLES = {True: "allow", False: "explicit_deny"}


def witness_lines(
    witness: Witness,
    mark: str,
    *,
    names: Sequence[str],
    command: Sequence[str],
    width: int | None,
    callers: Mapping[str, Caller] | None = None,
) -> Iterator[StyledLine]:
    """A witness on a few lines: the request, the answer of each version, and a command that asks for it again.

    Args:
        witness: the witness.
        mark: what precedes the request, such as ``+``.
        names: the names of the versions: two, or one where only one was analysed.
        command: the beginning of the command, up to what it decides by; empty if there is none.
        width: the number of columns, or None for lines of any length.
        callers: all callers that there are, by what the command names them; None if there may be any.
    """
    first = str(witness).split("\n", 1)[0]
    yield from wrapped(OutlineLine(0, "", printable(f"{mark} {first}")), width)
    answers = (witness.after,) if witness.before is None else (witness.before, witness.after)
    longest = max(map(len, names))
    for name, answer in zip(names, answers, strict=True):
        yield styled_line(
            ("label", printable(f"    {name:<{longest}}  ")), (_STYLES[answer.allowed], outcome_words(answer))
        )
        for statement in deciding_statements(answer):
            yield styled_line(("", printable(f"    {'':<{longest}}  {statement_with_place(statement)}")))
    again = command_of(witness, command, callers)
    if again:
        yield from wrapped(OutlineLine(2, "command", printable(again)), width)


def outcome_words(answer: Decision | GatewayResponse) -> str:
    """The outcome of a decision, or the status of a response with whether the call gets through."""
    if isinstance(answer, Decision):
        return "allowed" if answer.allowed else answer.outcome.value.replace("_", " ")
    return f"{answer.status} {'gets through' if answer.allowed else 'is refused'}"


def statement_with_place(statement: DeterminingStatement) -> str:
    """The place of a statement, and its Sid or its number."""
    name = statement.sid or f"Statement[{statement.index}]"
    span = statement.span
    return f"{statement.policy}:{span.line}:{span.column} {name}" if span else f"{statement.policy} {name}"


def witness_data(witness: Witness) -> dict[str, Any]:
    """A witness as plain data."""
    data: dict[str, Any] = {"request": None, "call": None}
    if witness.request is not None:
        request = witness.request
        data["request"] = {
            "caller": request.caller.principal.arn,
            "action": request.action,
            "resource": request.resource,
            "context": {name: list(values) for name, values in request.context.values.items() if values},
        }
    elif witness.call is not None:
        call = witness.call
        data["call"] = {
            "method": call.method,
            "path": call.path,
            "stage": call.stage,
            "caller": call.principal.arn,
            "context": {name: list(values) for name, values in call.context.items() if values},
        }
        if call.host is not None:
            data["call"]["host"] = call.host
        if call.authorizer_outputs:
            data["call"]["authorizer_outputs"] = dict(zip(("before", "after"), call.authorizer_outputs, strict=True))
    return {
        **data,
        "before": None if witness.before is None else _answer_data(witness.before),
        "after": _answer_data(witness.after),
    }


def _answer_data(answer: Decision | GatewayResponse) -> dict[str, Any]:
    return {
        "allowed": answer.allowed,
        "outcome": str(answer.outcome),
        "status": None if isinstance(answer, Decision) else answer.status,
        "statements": [statement_data(each) for each in deciding_statements(answer)],
    }


def statement_data(statement: DeterminingStatement) -> dict[str, Any]:
    """A statement that decides as plain data, with its place."""
    return {
        "policy": statement.policy,
        "layer": str(statement.layer),
        "index": statement.index,
        "sid": statement.sid,
        "line": statement.span.line if statement.span else None,
        "column": statement.span.column if statement.span else None,
    }
