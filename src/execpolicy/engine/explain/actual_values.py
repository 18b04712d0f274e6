"""What a request has where a clause expects values."""

from __future__ import annotations

from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View


def actual_values(clause: Clause, view: View) -> tuple[str, ...] | None:
    """The values of a request that a clause reads; None where they are not known."""
    if isinstance(clause, ConditionClause):
        return view.key_values.values(clause.condition.key)
    if isinstance(clause, ResourceClause):
        return (view.resource,)
    if isinstance(clause, PrincipalClause):
        return (view.principal.arn,)
    if isinstance(clause, (EmptyConditionClause, UnknownPartClause)):
        return ()
    assert isinstance(clause, ActionClause)
    return (view.key_values.action,)
