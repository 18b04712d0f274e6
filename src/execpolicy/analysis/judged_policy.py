"""A policy whose statements and parts are judged: whether it decides all requests in the same way without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import StatementBox
from execpolicy.analysis.box import intersection
from execpolicy.analysis.covering import Covering
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.side import PolicySide, base_view
from execpolicy.analysis.space import Space
from execpolicy.document.kinds import PolicyKind

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.document.policy import Policy
    from execpolicy.engine.compile import CompiledStatement

#: The kinds of policies that must allow every request that they apply to, and are the only one of their kind: a Deny
#: of what they do not allow is without effect. What another kind does not allow may be allowed elsewhere, such as by
#: another SCP of the same level, and its Deny counts (EVL-2, EVL-7).
_MUST_ALLOW = frozenset({PolicyKind.VPC_ENDPOINT, PolicyKind.DOMAIN_NAME})


def judged_policies(
    policy: Policy, budget: Budget, changed: Iterable[CompiledStatement] = ()
) -> tuple[JudgedPolicy, ...]:
    """A policy for all callers; where a NotPrincipal tells them apart, once more for those with a boundary (PRN-6).

    Args:
        policy: a policy that has no two statements with one number.
        budget: counts the steps of everything that is judged.
        changed: other statements that are compared with those of the policy.

    Raises:
        BudgetExceededError: the steps are not enough to tell its requests apart.
    """
    side = PolicySide(policy)
    statements = [*side.statements(), *changed]
    builders = DimensionBuilders(any_service=side.any_service)
    space = Space(statements, base_view(None), builders, budget, divides_statements=False)
    exempts = any(each.principal is not None and each.principal.negated for each in policy.statements)
    return tuple(JudgedPolicy(policy, space, budget, has_boundary=each) for each in (False, True)[: 1 + exempts])


class JudgedPolicy:
    """The statements of a policy, for callers with or without a boundary, with the requests that each applies to."""

    def __init__(self, policy: Policy, space: Space, budget: Budget, *, has_boundary: bool) -> None:
        self._kind = policy.kind
        self._space = space
        self._has_boundary = has_boundary
        allowed = PolicySide(policy, has_boundary=has_boundary).allowed(space)
        (combination,) = allowed.combinations
        within = intersection(space.everything, combination.limits)
        self._covering = Covering(space, within, space.impossible, policy.kind, budget)
        self.denies = allowed.denies
        self.allows = combination.needed[0]
        #: By the id of a statement, which stays as long as it is here.
        self._boxed: dict[int, tuple[CompiledStatement, StatementBox | None]] = {}
        self._boxes = {each.statement.statement.number: each for each in (*self.denies, *self.allows)}

    def box(self, number: int) -> StatementBox | None:
        """The statement with a number; None if its clauses exclude each other."""
        return self._boxes.get(number)

    def boxed(self, statement: CompiledStatement) -> StatementBox | None:
        """Another statement, or a part of one, with its requests; None if its clauses exclude each other."""
        found = self._boxed.get(id(statement))
        if found is None:
            box = self._space.box(statement, has_boundary=self._has_boundary)
            found = statement, None if box is None else StatementBox(statement, box)
            self._boxed[id(statement)] = found
        return found[1]

    def is_empty(self, judged: StatementBox | None, *excluded: StatementBox | None) -> bool:
        """Whether no request is one of a statement, and of none of others."""
        return judged is None or self._covering.has_only(judged, [each for each in excluded if each is not None])

    def peers(self, number: int) -> list[StatementBox]:
        """The other statements that can have the effect of one: of the same effect, and of an Allow all Denies.

        What a Deny refuses need not be allowed by another statement.
        """
        judged = self._boxes.get(number)
        denies = [each for each in self.denies if each is not judged]
        if judged is not None and judged.statement.denies:
            return denies
        return [*(each for each in self.allows if each is not judged), *denies]

    def is_covered(self, judged: StatementBox, covers: Sequence[StatementBox]) -> bool:
        """Whether every request of a statement is one of others, and granted as strongly if both are Allows.

        Of a Deny in a policy that must allow, only the requests count that the policy allows otherwise.
        """
        return self._covering.is_covered((judged,), covers, self._counting(judged))

    def _counting(self, judged: StatementBox) -> list[list[Box]]:
        """What a request that a statement counts for has to be in."""
        counts = judged.statement.denies and self._kind in _MUST_ALLOW
        return [[each.box for each in self.allows]] if counts else []

    def needed(self, judged: StatementBox, covers: Iterable[StatementBox]) -> list[StatementBox]:
        """Those covers without which something of the statement is left."""
        found = self._covering.needed((judged,), [(each,) for each in covers], self._counting(judged))
        return [box for each in found for box in each]
