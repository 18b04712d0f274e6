"""What all dimensions of context keys read of a condition, and which conditions none of them can divide values by."""

from __future__ import annotations

from execpolicy.analysis.dimensions.dimension import NotComparableError
from execpolicy.engine.clause import Clause, spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.condition import ConditionTest


def condition_of(clause: Clause) -> ConditionTest:
    """The condition of a clause, which is one of those that a dimension of a context key was built from."""
    assert isinstance(clause, ConditionClause), "only conditions test context keys"
    return clause.condition


def check_fixed(clause: Clause) -> ConditionTest:
    """The condition of a clause whose values are the same for every request.

    Raises NotComparableError: they depend on other keys, or on values that are not known.
    """
    condition = condition_of(clause)
    if condition.variables:
        names = ", ".join(f"${{{spelled(key)}}}" for key in dict.fromkeys(condition.variables))
        raise NotComparableError(clause, f"a condition on {spelled(condition.key)} has values with {names}")
    if condition.unknown:
        names = ", ".join(dict.fromkeys(condition.unknown))
        raise NotComparableError(clause, f"a condition on {spelled(condition.key)} has the unknown value {names}")
    return condition
