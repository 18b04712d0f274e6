"""Whether a condition holds for every name that a caller may have whose name holds unknown values (SRC-10)."""

from __future__ import annotations

from execpolicy.language.common_text import NameTokens, have_a_text_in_common, without_case
from execpolicy.language.condition import ConditionTest
from execpolicy.language.glob import ONE
from execpolicy.language.truth import Truth, kleene_any, kleene_not
from execpolicy.language.unknown_caller import PartlyKnownText
from execpolicy.language.variables import Unresolved, ValueLookup


def holds_for_each(condition: ConditionTest, value: PartlyKnownText, lookup: ValueLookup, *, same_file: bool) -> Truth:
    """Whether a condition holds for every value that its key may have; None if it holds for some only.

    Args:
        condition: the condition.
        value: the value of its key.
        lookup: gives the values of the keys of variables.
        same_file: whether the unknown values of the condition are those of the file that the value comes from.
    """
    numbers = range(len(condition.values))
    matched = kleene_any(_matches(condition, number, value, lookup, same_file=same_file) for number in numbers)
    return kleene_not(matched) if condition.operator.negated else matched


def _matches(
    condition: ConditionTest, number: int, value: PartlyKnownText, lookup: ValueLookup, *, same_file: bool
) -> Truth:
    """Whether each possible value matches one of the values of the condition."""
    operator, text = condition.operator, condition.texts[number]
    is_text = operator.family in ("String", "Arn")
    if is_text and same_file and condition.values[number] == value.text:
        return True
    operand = condition.operand(number, lookup)
    if operand is Unresolved.MISSING:
        return False
    if not is_text or operand is None or text.has_empty(lookup):
        return None
    widest = text.resolve(lookup, denies=condition.denies, widest=True)
    assert not isinstance(widest, Unresolved), "no variable is missing"
    tokens: NameTokens = widest
    possible = value.tokens
    if operator.fold is not None:
        tokens, possible = without_case(tokens, operator.fold), without_case(possible, operator.fold)
    if not have_a_text_in_common(tokens, possible):
        return False
    # A ? matches one unknown character, and not none or two.
    if isinstance(operand, Unresolved) or ONE in tokens:
        return None
    return True if operator.test(operator.read_request_value(value.with_stand_in()), operand) else None
