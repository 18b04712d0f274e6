"""The order of suggestions: those that open less come first.

One opens less than another if every request that it opens is one that the other opens: that is proven, where it can be.
Then it is the one that changes fewer policies, and then the one that writes fewer characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from execpolicy.analysis.outside import inclusions
from execpolicy.document.kinds import ELEMENT_RULES
from execpolicy.document.model import Condition
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.syntax.nodes import Text
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_statement

if TYPE_CHECKING:
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.suggestions.suggestion import Suggestion

#: The steps of all comparisons.
_STEPS: Final = 200_000


def in_order(suggestions: Iterable[Suggestion], caller: str) -> list[Suggestion]:
    """Suggestions in their order.

    Args:
        suggestions: the suggestions.
        caller: the value of aws:PrincipalArn of the caller, or the empty string: what a policy of the caller opens is
            compared for this caller only.
    """
    waiting = sorted(suggestions, key=lambda each: (len(each.policies), len(each.changes), each.size))
    inside = inclusions([_opened(each, caller) for each in waiting], budget=_STEPS)
    left, found = list(range(len(waiting))), []
    while left:
        following = next(
            one for one in left if not any((other, one) in inside and (one, other) not in inside for other in left)
        )
        left.remove(following)
        found.append(waiting[following])
    return found


def _opened(suggestion: Suggestion, caller: str) -> list[CompiledStatement]:
    return [_of_caller(each.statement, caller) for each in suggestion.changes]


def _of_caller(compiled: CompiledStatement, caller: str) -> CompiledStatement:
    """The statement of a policy that names nobody, for one caller."""
    if ELEMENT_RULES[compiled.policy.kind].principal or not caller:
        return compiled
    only = Condition(OperatorName("ArnEquals"), Text("ArnEquals"), Text("aws:PrincipalArn"), (Text(caller),))
    statement = compiled.statement._replace(conditions=(*compiled.statement.conditions, only))
    return compile_statement(compiled.policy, statement, ClauseTable())
