"""A statement as the fast decision evaluates it: everything but its resource."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.model import Condition, Statement
from execpolicy.document.policy import Policy
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ClauseTable
from execpolicy.engine.fast.remaining_checks import (
    UNKNOWN_CHECK,
    Checks,
    ClauseCheck,
)
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.view import View
from execpolicy.language.grant import Grant
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from typing import TypeAlias

#: The result of a principal clause for a caller: its truth, the sure and the possible grant.
Naming: TypeAlias = tuple[Truth, Grant, Grant]
#: What is left to check by whether the action matches; None where the statement does not apply.
_LEFT_OF_ACTION: dict[Truth, Checks | None] = {True: (), None: (UNKNOWN_CHECK,), False: None}
#: The result of a clause that names the caller directly.
NAMED_DIRECTLY: Naming = (True, Grant.DIRECT, Grant.DIRECT)


class PreparedStatement(NamedTuple):
    """A statement without its resource; ``level`` is that of its policy."""

    denies: bool
    level: int
    action: ActionClause
    principal: PrincipalClause | None
    checks: Checks


class StatementPreparer:
    """Prepares the statements of a layer. Equal clauses, and the checks of them, are one object."""

    def __init__(self, table: ClauseTable) -> None:
        self._table = table
        #: Whether a principal was left out.
        self.has_everybody = False
        self._principals: dict[int, PrincipalClause] = {}
        self._checks: dict[int, ClauseCheck] = {}

    @property
    def principals(self) -> tuple[PrincipalClause, ...]:
        """The principal clauses that are evaluated for each caller."""
        return tuple(self._principals.values())

    def prepared(
        self, statement: Statement, level: int, policy: Policy, *, evaluates_everybody: bool
    ) -> PreparedStatement:
        """A statement of a policy.

        A principal that names everybody is left out, unless ``evaluates_everybody`` keeps it there.
        """
        table, effect = self._table, statement.effect
        principal: PrincipalClause | None = None
        named = statement.principal
        if named is not None:
            if named.names_everybody and not evaluates_everybody:
                self.has_everybody = True
            else:
                principal = table.principal(named, effect=effect, source=policy.source)
                self._principals[id(principal)] = principal
        checks = [self._check(condition, policy, effect) for condition in statement.conditions]
        empty = (table.empty_condition(condition, effect=effect) for condition in statement.empty_conditions)
        checks.extend(map(self._clause_check, empty))
        checks.extend(self._clause_check(table.unknown_part(part)) for part in statement.unknown_parts)
        action = table.action(statement.action, effect=effect)
        return PreparedStatement(effect == "Deny", level, action, principal, tuple(checks))

    def _check(self, condition: Condition, policy: Policy, effect: str) -> ClauseCheck:
        clause = self._table.condition(condition, version=policy.version, effect=effect, source=policy.source)
        return self._clause_check(clause)

    def _clause_check(self, clause: Clause) -> ClauseCheck:
        check = self._checks.get(id(clause))
        if check is None:
            check = self._checks[id(clause)] = ClauseCheck(clause)
        return check


def naming_of(clause: PrincipalClause, view: View) -> Naming:
    """The result of a principal clause for the caller of a request."""
    if clause.negated:
        return clause.test(view), Grant.DIRECT, Grant.DIRECT
    sure, possible = clause.grant(view)
    return True if sure else None if possible else False, sure, possible


def checks_left(
    statements: Iterable[tuple[PreparedStatement, Checks]],
    levels: int,
    naming: Callable[[PrincipalClause], Naming],
    view: View,
) -> tuple[tuple[Checks, ...], list[list[tuple[int, Checks]]]]:
    """The checks that are left of the statements whose resource matches, for one action and one caller.

    Args:
        statements: the statements, each with the checks of its resource.
        levels: the number of levels.
        naming: the result of a principal clause for the caller.
        view: the request.

    Returns:
        Those of the Denies, and for each level those of the Allows, each with its grant.
    """
    of_actions: dict[int, Checks | None] = {}
    denies: dict[Checks, None] = {}
    allows: list[list[tuple[int, Checks]]] = [[] for _ in range(levels)]
    for statement, of_resource in statements:
        action = statement.action
        if id(action) not in of_actions:
            of_actions[id(action)] = _LEFT_OF_ACTION[action.test(view)]
        of_action = of_actions[id(action)]
        if of_action is None:
            continue
        principal = statement.principal
        truth, sure, possible = NAMED_DIRECTLY if principal is None else naming(principal)
        if truth is False:
            continue
        checks = (*statement.checks, *of_resource, *of_action)
        if statement.denies:
            denies[checks if truth else (*checks, UNKNOWN_CHECK)] = None
            continue
        if sure:
            allows[statement.level].append((sure, checks))
        if possible > sure:
            allows[statement.level].append((possible, (*checks, UNKNOWN_CHECK)))
    return tuple(denies), allows
