"""A trace as plain data, by the schema ``docs/schemas/decision-1.json``."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.explain.trace import ClauseTrace, LayerTrace, RequestTrace, StatementTrace
from execpolicy.errors import Span

if TYPE_CHECKING:
    from typing import Any


SCHEMA_VERSION = 1


def _span_record(span: Span | None) -> dict[str, int] | None:
    return None if span is None else dict(span._asdict())


def request_record(request: RequestTrace) -> dict[str, Any]:
    """The request."""
    return {**request._asdict(), "context": {key: list(values) for key, values in request.context}}


def layer_record(layer: LayerTrace) -> dict[str, Any]:
    """A layer and all its statements."""
    return {
        "layer": layer.layer.value,
        "verdict": layer.verdict,
        "not_applicable": layer.not_applicable or None,
        "policies": [
            {
                "name": policy.name,
                "level": policy.level,
                "statements": [_statement_record(statement) for statement in policy.statements],
            }
            for policy in layer.policies
        ],
    }


#: How results of statements and clauses are written.
_TRUTHS = {True: "yes", False: "no", None: "unknown"}


def _statement_record(statement: StatementTrace) -> dict[str, Any]:
    return {
        "index": statement.number,
        "sid": statement.sid,
        "effect": statement.effect,
        "applies": _TRUTHS[statement.applies],
        "determining": statement.determining,
        "grant": statement.grant.name.lower(),
        "place": statement.place,
        "span": _span_record(statement.span),
        "failed": None if statement.failed is None else _number_of(statement.failed, statement.clauses),
        "clauses": [_clause_record(trace) for trace in statement.clauses],
    }


def _number_of(failed: ClauseTrace, clauses: tuple[ClauseTrace, ...]) -> int:
    """The number of the clause that failed, found by identity: to compare clauses computes all of their fields."""
    return next(number for number, clause in enumerate(clauses) if clause is failed)


def _clause_record(trace: ClauseTrace) -> dict[str, Any]:
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
        "span": _span_record(trace.span),
    }
