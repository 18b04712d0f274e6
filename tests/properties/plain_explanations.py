"""Explanations made statement by statement and clause by clause: what the faster ways have to equal."""

from __future__ import annotations

from typing import Any

from execpolicy import ClauseTrace, Decision, LayerTrace, Span, StatementTrace
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.explain.nearest import failing_clauses
from execpolicy.engine.explain.resource_reason import agreeing_length
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.full.tally import LayerTally
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause

_DISTANCES = {
    ConditionClause: 1,
    EmptyConditionClause: 5,
    UnknownPartClause: 5,
    ResourceClause: 10,
    ActionClause: 100,
    PrincipalClause: 100,
}
_TRUTHS = {True: "yes", False: "no", None: "unknown"}


def nearest_allows(evaluated: LayerEvaluation) -> list[int]:
    """The Allow statements that do not apply and in which the least fails; of several, those that agree the most."""
    rows = [
        at
        for at, (row, result) in enumerate(zip(evaluated.table.rows, evaluated.results, strict=True))
        if result.applies is not True and row.effect == "Allow"
    ]
    distances = {at: sum(_DISTANCES[type(clause)] for clause in failing_clauses(evaluated, at)) for at in rows}
    least = min(distances.values(), default=0)
    rows = [at for at in rows if distances[at] == least]
    if len(rows) < 2 or least < 10:
        return rows
    agreements = {at: _agreement(evaluated, at) for at in rows}
    return [at for at in rows if agreements[at] == max(agreements.values())]


def _agreement(evaluated: LayerEvaluation, at: int) -> int:
    return sum(
        agreeing_length(clause, evaluated.view)
        for clause in failing_clauses(evaluated, at)
        if isinstance(clause, ResourceClause) and not clause.negated
    )


def layer_outcome(evaluated: LayerEvaluation) -> LayerOutcome:
    """The outcome of a layer, from counts of all its statements."""
    tally: LayerTally = evaluated.tally()
    return tally.outcome()


def as_data(decision: Decision) -> dict[str, Any]:
    """The layers of a decision as plain data, from the traces of its explanation."""
    return {"layers": [_layer(layer) for layer in decision.explain().layers]}


def _layer(layer: LayerTrace) -> dict[str, Any]:
    return {
        "layer": layer.layer.value,
        "verdict": layer.verdict,
        "not_applicable": layer.not_applicable or None,
        "policies": [
            {
                "name": policy.name,
                "level": policy.level,
                "statements": [_statement(statement) for statement in policy.statements],
            }
            for policy in layer.policies
        ],
    }


def _statement(statement: StatementTrace) -> dict[str, Any]:
    failed = [number for number, clause in enumerate(statement.clauses) if clause is statement.failed]
    return {
        "index": statement.number,
        "sid": statement.sid,
        "effect": statement.effect,
        "applies": _TRUTHS[statement.applies],
        "determining": statement.determining,
        "grant": statement.grant.name.lower(),
        "place": statement.place,
        "span": _span(statement.span),
        "failed": failed[0] if failed else None,
        "clauses": [_clause(trace) for trace in statement.clauses],
    }


def _clause(trace: ClauseTrace) -> dict[str, Any]:
    return {
        "element": trace.element,
        "operator": trace.operator or None,
        "key": trace.key or None,
        "expected": list(trace.expected),
        "actual": None if trace.actual is None else list(trace.actual),
        "holds": _TRUTHS[trace.holds],
        "reason": trace.reason.value,
        "note": trace.note or None,
        "place": trace.place,
        "span": _span(trace.span),
    }


def _span(span: Span | None) -> dict[str, int] | None:
    return None if span is None else dict(span._asdict())
