"""Decides whether one condition implies another, value by value."""

from __future__ import annotations

from typing import Any

from execpolicy.document.model import NEW_VERSION
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.dates import Period
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, Wildcard
from execpolicy.language.operators import OPERATORS, Network, Operator
from execpolicy.language.variables import TextWithVariables
from execpolicy.testing.mutation.globs import contains

_WITHIN = {ANY: ANY_IN_FIELD, ONE: ONE_IN_FIELD}
_IGNORING_CASE = "StringEqualsIgnoreCase"


class _ComparedCondition:
    """One of two conditions that are compared, with its operator and values."""

    def __init__(self, clause: ConditionClause, version: str) -> None:
        self.name = clause.operator
        self.operator: Operator = OPERATORS[clause.operator.base]
        #: The operator that this one negates, or itself.
        self.positive = self.operator.name.replace("Not", "").replace("ArnEquals", "ArnLike")  # the same (CND-6)
        self.values = clause.values
        self.read_policy_value = clause.condition.read_policy_value
        self._variables = self.operator.variables and version == NEW_VERSION

    def tokens(self, value: str) -> Tokens | None:
        """The tokens of a value; None if a variable makes them depend on the request."""
        return TextWithVariables(value, variables=self._variables, wildcards=self.operator.wildcards).tokens


def implies_condition(one: ConditionClause, other: ConditionClause, version: str) -> bool:
    """Whether a condition on a key implies another condition on the same key."""
    mine, theirs = _ComparedCondition(one, version), _ComparedCondition(other, version)
    if one.key.lower() != other.key.lower() or not (mine.values and theirs.values):
        return False
    if mine.operator.family != theirs.operator.family or mine.operator.negated is not theirs.operator.negated:
        return False
    if mine.name.quantifier != theirs.name.quantifier or not _missing_implies(mine, theirs):
        return False
    if mine.operator.negated:
        return _all_in(theirs, mine)
    return _all_in(mine, theirs)


def _missing_implies(mine: _ComparedCondition, theirs: _ComparedCondition) -> bool:
    """Whether a request without the key that meets one condition also meets the other (CND-3, CND-12)."""
    if mine.name.quantifier or mine.operator.negated or theirs.name.if_exists:
        return True
    return not mine.name.if_exists


def _all_in(inner: _ComparedCondition, outer: _ComparedCondition) -> bool:
    return all(any(_holds(outer, wide, inner, value) for wide in outer.values) for value in inner.values)


def _holds(outer: _ComparedCondition, wide: str, inner: _ComparedCondition, value: str) -> bool:
    """Whether every value of a request that matches the one value also matches the other."""
    if wide == value and outer.positive == inner.positive:
        return True
    narrow_tokens, wide_tokens = inner.tokens(value), outer.tokens(wide)
    if narrow_tokens is None or wide_tokens is None:
        return False
    narrow_operand, wide_operand = (
        inner.read_policy_value(narrow_tokens),
        outer.read_policy_value(wide_tokens),
    )
    if narrow_operand is None:
        return True  # it matches nothing (CND-15)
    if wide_operand is None:
        return False
    if inner.operator.family == "String":
        return _text_holds(outer, wide_tokens, inner, narrow_tokens)
    if inner.operator.family == "Arn":
        return contains(_within_fields(wide_tokens), _within_fields(narrow_tokens))
    return _operand_holds(outer, wide_operand, inner, narrow_operand)


def _operand_holds(outer: _ComparedCondition, wide: Any, inner: _ComparedCondition, narrow: Any) -> bool:
    if isinstance(wide, Network):
        return _network_holds(wide, narrow)
    if inner.operator.family in ("Numeric", "Date"):
        return _order_holds(outer, wide, inner, narrow)
    return bool(wide == narrow)


def _text_holds(outer: _ComparedCondition, wide: Tokens, inner: _ComparedCondition, narrow: Tokens) -> bool:
    if outer.positive == _IGNORING_CASE:
        is_text = all(isinstance(token, str) for token in narrow)
        return is_text and _lower(narrow) == _lower(wide)
    return inner.positive != _IGNORING_CASE and contains(wide, narrow)


def _lower(tokens: Tokens) -> str:
    return "".join(str(token) for token in tokens).lower()


def _within_fields(tokens: Tokens) -> Tokens:
    """The pattern of an Arn operator for the whole text: before the last field, wildcards do not match a colon."""
    out: list[str | Wildcard] = []
    colons = 0
    for token in tokens:
        if isinstance(token, str):
            colons += token.count(":")
            out.append(token)
        else:
            out.append(_WITHIN[token] if colons < 5 else token)
    return tuple(out)


def _network_holds(wide: Network, narrow: Network) -> bool:
    return (
        wide.version == narrow.version and wide.mask & narrow.mask == wide.mask and narrow.base & wide.mask == wide.base
    )


def _order_holds(outer: _ComparedCondition, wide: Any, inner: _ComparedCondition, narrow: Any) -> bool:
    """Whether the numbers or dates that match one condition are within the bound of the other."""
    if isinstance(wide, Period) or isinstance(narrow, Period):
        return False
    family = inner.operator.family
    of_wide, of_narrow = (side.positive.removeprefix(family) for side in (outer, inner))
    if of_narrow == "Equals":
        return bool(outer.operator.test(narrow, wide))
    if of_wide.removesuffix("Equals") != of_narrow.removesuffix("Equals"):
        return False
    if narrow == wide:
        return of_wide.endswith("Equals") or not of_narrow.endswith("Equals")
    return bool(narrow < wide) if of_wide.startswith("LessThan") else bool(narrow > wide)
