"""What one layer of policies says of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from execpolicy.engine.compile import CompiledPolicies, CompiledPolicy, CompiledStatement
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.view import View
from execpolicy.language.condition import Truth, kleene_any
from execpolicy.language.grant import Grant

#: Tells of a statement whether it applies.
Judge = Callable[[CompiledStatement, View], Truth]
#: Tells of a statement how strongly it names the caller, surely and possibly.
Naming = Callable[[CompiledStatement, View], tuple[Grant, Grant]]


def evaluate(
    policies: CompiledPolicies,
    view: View,
    judge: Judge = CompiledStatement.test,
    naming: Naming = CompiledStatement.grant,
) -> LayerOutcome:
    """All statements of a layer against a request, every one of them (EVL-11).

    Several levels must each allow, and any Deny counts; several policies of a level add up (EVL-2, EVL-6).
    """
    outcomes = [_evaluate_level(level, view, judge, naming) for level in policies.levels]
    return LayerOutcome(
        kleene_any(outcome.deny for outcome in outcomes),
        min((outcome.grant for outcome in outcomes), default=Grant.NONE),
        min((outcome.possible_grant for outcome in outcomes), default=Grant.NONE),
    )


def _evaluate_level(level: Iterable[CompiledPolicy], view: View, judge: Judge, naming: Naming) -> LayerOutcome:
    deny: Truth = False
    grant = possible = Grant.NONE
    for statement in (statement for policy in level for statement in policy.statements):
        applies = judge(statement, view)
        if applies is False:
            continue
        if statement.denies:
            deny = True if applies or deny else None
            continue
        sure, may_be = naming(statement, view)
        possible = max(possible, may_be)
        if applies:
            grant = max(grant, sure)
    return LayerOutcome(deny, grant, possible)
