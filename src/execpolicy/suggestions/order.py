"""The order of suggestions: those that open less come first.

One opens less than another if every request that it opens is one that the other opens: that is proven, where it can be.
Where neither is inside of the other, one that limits resource, caller and source more closely comes first, then one
that changes fewer policies, and then one that writes fewer characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from execpolicy.analysis.outside import inclusions
from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.operator_name import OperatorName
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_statement
from execpolicy.suggestions.candidate import condition, with_condition
from execpolicy.suggestions.wanted import PRINCIPAL_ARN

if TYPE_CHECKING:
    from execpolicy.document.model import Statement
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.suggestions.suggestion import Suggestion

#: The steps of all comparisons.
_STEPS: Final = 200_000
#: The operators whose conditions limit a key to few values, and the keys that say where a call comes from.
_EQUAL_TO_ONE: Final = ("ArnEquals", "IpAddress", "StringEquals")
_SOURCES: Final = frozenset(("aws:sourceaccount", "aws:sourceip", "aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"))


def in_order(suggestions: Iterable[Suggestion], caller: str) -> list[Suggestion]:
    """Suggestions in their order.

    Args:
        suggestions: the suggestions.
        caller: the value of aws:PrincipalArn of the caller, or the empty string: what a policy of the caller opens is
            compared for this caller only.
    """
    waiting = sorted(suggestions, key=_width)
    inside = inclusions([_opened(each, caller) for each in waiting], budget=_STEPS)
    left, found = list(range(len(waiting))), []
    while left:
        following = next(
            one for one in left if not any((other, one) in inside and (one, other) not in inside for other in left)
        )
        left.remove(following)
        found.append(waiting[following])
    return found


def _width(suggestion: Suggestion) -> tuple[int, int, int, int]:
    breadth = sum(_breadth(each.statement.statement) for each in suggestion.changes)
    return breadth, len(suggestion.policies), len(suggestion.changes), suggestion.size


def _breadth(statement: Statement) -> int:
    """How little a statement limits: 2 each for any resource and any caller, 1 each for a pattern and any source."""
    equal = {each.key.value.lower() for each in statement.conditions if each.operator.base in _EQUAL_TO_ONE}
    resources = [each.value for each in statement.resource.values]
    names = [] if statement.principal is None else [each.text.value for each in statement.principal.entries]
    any_caller = "*" in names or (statement.principal is not None and statement.principal.negated)
    is_wide = statement.resource.negated or "*" in resources
    return (
        (2 if is_wide else int(any("*" in each for each in resources)))
        + (2 if any_caller and "aws:principalarn" not in equal else 0)
        + (0 if equal & _SOURCES else 1)
    )


def _opened(suggestion: Suggestion, caller: str) -> list[CompiledStatement]:
    return [_of_caller(each.statement, caller) for each in suggestion.changes]


def _of_caller(compiled: CompiledStatement, caller: str) -> CompiledStatement:
    """The statement of a policy that names nobody, for one caller."""
    if ELEMENT_RULES[compiled.policy.kind].principal or not caller:
        return compiled
    only = condition(OperatorName("ArnEquals"), PRINCIPAL_ARN, caller)
    statement = with_condition(compiled.statement, only)
    return compile_statement(compiled.policy, statement, ClauseTable())
