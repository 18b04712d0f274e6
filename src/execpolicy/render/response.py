"""A response set as text: gate by gate, with the lines of the policies that decided."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.engine.explain.outline import Line
from execpolicy.engine.explain.trace import PolicyTrace, StatementTrace
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.render.row import Row, row
from execpolicy.render.text import STATEMENT, own_lines, wrapped

#: How deep the lines of a decision stand below the gate that it belongs to.
_BELOW_A_GATE = 2
#: The style of the notes that close an explanation.
_NOTE = "assumed"
#: Gates have styles of their own here: those of the explanation are shared with statements.
_GATES = {"passed_over": "gate", "failed": "explicit_deny", "undecided": "unknown"}


def response_to_text(response: GatewayResponse, *, width: int | None = None) -> str:
    """The explanation of a response for people, without colour.

    Args:
        response: what is explained.
        width: the columns there are; None for lines as long as they are.

    Returns:
        Lines, each with its end.

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> print(response_to_text(api.invoke("GET", "/orders")).splitlines()[0])
    403 MISSING_AUTHENTICATION_TOKEN: Missing Authentication Token
    """
    return "".join(f"{line.text}\n" for line in response_rows(response, width=width))


def response_rows(response: GatewayResponse, *, width: int | None = None) -> Iterator[Row]:
    """The same in lines whose pieces have styles, for whoever colours them."""
    statements = list(_statements(response))
    shown = _last_of_each(statements)
    at = -1
    before: Line | None = None
    for line in response.explain().lines():
        if before is not None and _begins_a_block(line, before):
            yield row()
        before = line if before is not None else line._replace(depth=1)  # the headline is a block of its own
        yield from wrapped(line if line.depth else line._replace(style=_GATES.get(line.style, line.style)), width)
        if line.depth == _BELOW_A_GATE + 1 and line.style in STATEMENT:
            at += 1
            policy, statement = statements[at]
            if at in shown and (statement.determining or statement.applies is None):
                yield from own_lines(policy.source, statement, line.depth + 1, width)


def _begins_a_block(line: Line, before: Line) -> bool:
    """Gates of which there is little to say stand together, and so do the notes at the end."""
    return line.depth == 0 and (before.depth > 0 or (line.style == _NOTE) is not (before.style == _NOTE))


def _statements(response: GatewayResponse) -> Iterator[tuple[PolicyTrace, StatementTrace]]:
    """Every statement that a gate has looked at, in order."""
    for step in response.steps:
        if step.decision is not None:
            for _, policy, statement in step.decision.explain().statements():
                yield policy, statement


def _last_of_each(statements: list[tuple[PolicyTrace, StatementTrace]]) -> set[int]:
    """Where each statement is looked at for the last time: its own lines are shown there, and not before."""
    last = {(statement.place, policy.name): at for at, (policy, statement) in enumerate(statements)}
    return set(last.values())
