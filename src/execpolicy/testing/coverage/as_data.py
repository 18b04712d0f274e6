"""The report as plain data, in the schema ``docs/schemas/coverage-1.json``."""

from __future__ import annotations

from typing import Any, Final

from execpolicy.testing.coverage.model import ClauseReport, CoverageData, PolicyReport, Share, StatementReport

SCHEMA_VERSION: Final = 1


def as_data(report: CoverageData) -> dict[str, Any]:
    """The report."""
    return {
        "schema_version": SCHEMA_VERSION,
        "cases": report.cases,
        **_shares(report.points, report.decided, report.stopped),
        "policies": [_policy(policy) for policy in report.policies],
    }


def _shares(points: Share, decided: Share, stopped: Share) -> dict[str, Any]:
    return {
        "percent": points.percent,
        "points": points._asdict(),
        "statements_decided": decided._asdict(),
        "clauses_stopped": stopped._asdict(),
    }


def _policy(policy: PolicyReport) -> dict[str, Any]:
    has_text = policy.source is not None
    return {
        "name": policy.name,
        "kinds": list(policy.kinds),
        "source": policy.source,
        **_shares(policy.points, policy.decided, policy.stopped),
        "statements": [_statement(statement, has_text=has_text) for statement in policy.statements],
    }


def _statement(statement: StatementReport, *, has_text: bool) -> dict[str, Any]:
    outline = statement.outline
    return {
        "index": outline.number,
        "sid": outline.sid,
        "effect": outline.effect,
        "place": outline.place,
        "span": outline.span._asdict() if has_text else None,
        "state": statement.state.value,
        "applied": statement.applied.to_dict(),
        "decided": statement.decided.to_dict(),
        "clauses": [_clause(clause, has_text=has_text) for clause in statement.clauses],
    }


def _clause(clause: ClauseReport, *, has_text: bool) -> dict[str, Any]:
    outline = clause.outline
    return {
        "element": outline.element,
        "operator": outline.operator or None,
        "key": outline.key or None,
        "place": outline.place,
        "span": outline.span._asdict() if has_text else None,
        "state": clause.state.value,
        "can_fail": clause.can_fail,
        "stopped": clause.stopped.to_dict(),
    }
