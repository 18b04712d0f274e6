"""Why a clause holds or does not hold for a request."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy.document.unknown_value import has_unknown, unknown_names
from execpolicy.engine.clause import Clause, spelled
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause
from execpolicy.engine.explain.condition_reason import absence_note, condition_reason
from execpolicy.engine.explain.principal_note import principal_note
from execpolicy.engine.explain.reasons import ClauseReason, Reason
from execpolicy.engine.explain.resource_reason import resource_reason
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.engine.view import View
from execpolicy.language.truth import Truth
from execpolicy.language.variables import Unresolved


def clause_reason(clause: Clause, view: View, truth: Truth) -> ClauseReason:
    """Why a clause holds (``truth`` is True), does not hold (False) or is not known (None) for a request."""
    if truth is True:
        return ClauseReason(Reason.HOLDS, _note_on_holding(clause, view))
    if truth is None:
        return ClauseReason(Reason.UNKNOWN, _unknown(clause, view))
    if isinstance(clause, ConditionClause):
        return condition_reason(clause, view)
    if not clause.values:
        return ClauseReason(Reason.EMPTY, _empty(clause))
    if isinstance(clause, (ActionClause, ResourceClause, PrincipalClause)) and clause.negated:
        return _excluded(clause, view)
    if isinstance(clause, ResourceClause):
        return resource_reason(clause, view)
    if isinstance(clause, PrincipalClause):
        return ClauseReason(Reason.DIFFERS, principal_note(clause, view))
    return ClauseReason(Reason.DIFFERS)


def _note_on_holding(clause: Clause, view: View) -> str:
    """A negated operator and IfExists hold because the key is absent (CND-3)."""
    if isinstance(clause, PrincipalClause) and clause.negated and view.has_boundary:
        return "NotPrincipal exempts no caller that has a permissions boundary"
    if not isinstance(clause, ConditionClause) or view.key_values.values(clause.condition.key) != ():
        return ""
    if clause.condition.is_null:
        return ""
    return f"{spelled(clause.condition.key)} is absent, so {clause.operator} holds" + absence_note(clause, view)


def _unknown(clause: Clause, view: View) -> str:
    names = clause.unknown(view)
    if names:
        several = sorted({name for name in names if not has_unknown(name)})
        values = sorted({value for name in names for value in unknown_names(name)})
        keys = f"{' and '.join(several)} {'is' if len(several) == 1 else 'are'} not known"
        return ", and ".join([*([keys] if several else []), *([depends_on(values)] if values else [])])
    return "a value of the request cannot be compared"


def depends_on(values: Sequence[str]) -> str:
    """That a result depends on unknown values (SRC-10)."""
    return f"it depends on {' and '.join(values)}, which {'has' if len(values) == 1 else 'have'} no value"


def _empty(clause: Clause) -> str:
    """Why a clause without values does not hold (POL-13)."""
    if isinstance(clause, EmptyConditionClause):
        what = f"{clause.operator} has no keys" if clause.operator else "the Condition is empty"
    else:
        what = f"the list of {clause.element} is empty"
        if not clause.element.startswith("Not"):
            return f"{what}, so the statement never applies"
    return f"{what}, so the Allow does not apply (POL-13)"


def _excluded(clause: Clause, view: View) -> ClauseReason:
    if (
        isinstance(clause, ResourceClause)
        and clause.grants
        and any(entry.test(view) is Unresolved.MISSING for entry in clause.entries)
    ):
        return ClauseReason(
            Reason.NO_VALUE_FOR_VARIABLE,
            "a variable of NotResource has no value here, so the Allow does not apply (VAR-5)",
        )
    return ClauseReason(Reason.EXCLUDED)
