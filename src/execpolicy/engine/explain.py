"""From a decided case to its account: every statement of every layer, with the first clause that failed."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.engine.case import Case, Verdicts
from execpolicy.engine.clauses import ActionClause, Clause, ConditionClause, PrincipalClause, ResourceClause
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.explanation import Explanation
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.reasons import finding
from execpolicy.engine.trace import ClauseTrace, LayerTrace, PolicyTrace, RequestTrace, StatementTrace
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant


def explain(
    case: Case, verdicts: Verdicts, *, message: str, missing: Iterable[str], assumed: Iterable[str]
) -> Explanation:
    """Trace every statement of every layer that was given (EVL-11)."""
    request = case.request
    layers = tuple(
        LayerTrace(
            layer,
            verdicts.layers[layer],
            "",
            _policies(case, layer, verdicts.outcome),
            len(case.parts[layer].policies.levels),
        )
        if layer in case.parts
        else LayerTrace(layer, None, case.not_applicable[layer], ())
        for layer in Layer
        if layer in case.parts or layer in case.not_applicable
    )
    return Explanation(
        outcome=verdicts.outcome,
        message=message,
        request=RequestTrace(
            request.caller.principal.arn,
            request.action,
            request.arn.text,
            request.account,
            tuple(request.context.values.items()),
            request.context.complete,
        ),
        layers=layers,
        blocked_by=verdicts.worst.blocked_by,
        missing_keys=tuple(sorted(missing)),
        assumed=tuple(sorted(assumed)),
    )


_DECIDING = {Outcome.ALLOW: "Allow", Outcome.EXPLICIT_DENY: "Deny"}


def _policies(case: Case, layer: Layer, outcome: Outcome) -> tuple[PolicyTrace, ...]:
    part = case.parts[layer]
    deciding = _DECIDING.get(outcome)
    return tuple(
        PolicyTrace(
            compiled.policy.name,
            number,
            compiled.policy.source,
            tuple(_statement(statement, part.view, deciding) for statement in compiled.statements),
        )
        for number, level in enumerate(part.policies.levels)
        for compiled in level
    )


def _statement(statement: CompiledStatement, view: View, deciding: str | None) -> StatementTrace:
    clauses = tuple(_clause(statement, occurrence, view) for occurrence in statement.occurrences)
    applies = statement.test(view)
    failed = next((trace for trace in clauses if trace.holds is applies), None) if applies is not True else None
    effect = statement.statement.effect
    path = f"Statement[{statement.statement.number}]"
    return StatementTrace(
        statement.statement.number,
        statement.sid,
        effect,
        applies,
        bool(applies) and effect == deciding,
        statement.grant(view)[0] if applies else Grant.NONE,
        clauses,
        failed,
        statement.policy.place(statement.statement, path),
        statement.span,
    )


def _clause(statement: CompiledStatement, occurrence: Occurrence, view: View) -> ClauseTrace:
    clause = occurrence.clause
    holds = clause.test(view)
    reason, note = finding(clause, view, holds)
    return ClauseTrace(
        clause.element,
        str(clause.operator) if isinstance(clause, ConditionClause) else "",
        clause.key if isinstance(clause, ConditionClause) else "",
        clause.values,
        _actual(clause, view),
        holds,
        reason,
        note,
        statement.policy.place(occurrence, occurrence.path),
        statement.policy.span(occurrence),
    )


def _actual(clause: Clause, view: View) -> tuple[str, ...] | None:
    if isinstance(clause, ConditionClause):
        return view.facts.values(clause.condition.key)
    if isinstance(clause, ResourceClause):
        return (view.arn.text,)
    if isinstance(clause, PrincipalClause):
        return (view.principal.arn,)
    assert isinstance(clause, ActionClause)
    return (view.facts.action,)
