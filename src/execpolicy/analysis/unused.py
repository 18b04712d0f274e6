"""Statements of a policy without which it decides all requests in the same way, each with the proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import StatementBox
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.search import search
from execpolicy.analysis.side import PolicySide, base_view
from execpolicy.analysis.space import Space
from execpolicy.arguments import instance
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.document.model import Statement
    from execpolicy.errors import Span

#: The kinds of policies that must allow every request that they apply to: a Deny of what they do not allow is without
#: effect. A request that another kind does not allow may be allowed elsewhere, and its Deny counts (EVL-2, EVL-7).
_MUST_ALLOW = frozenset({PolicyKind.SCP, PolicyKind.VPC_ENDPOINT, PolicyKind.DOMAIN_NAME})


class UnusedKind(StrEnum):
    """Why a statement is without effect.

    >>> UnusedKind.REDUNDANT.value
    'redundant'
    """

    #: Its own clauses exclude each other: it applies to no request.
    CONTRADICTORY = "contradictory"
    #: It is an Allow, and a Deny applies to every request that it applies to.
    UNREACHABLE = "unreachable"
    #: It is a Deny of requests that the policy does not allow, in a policy that must allow.
    NO_EFFECT = "no_effect"
    #: Other statements of the same effect apply to every request that it applies to.
    REDUNDANT = "redundant"


class StatementFinding(Frozen):
    """A statement without which its policy decides all requests in the same way.

    Attributes:
        statement: the statement.
        kind: why it is without effect.
        covered_by: the statements because of which it is without effect; none for a contradictory one.
        span: the place of the statement.

    >>> from execpolicy import Policy, unused_statements
    >>> policy = Policy.parse({"Statement": [
    ...     {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
    ...     {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*/GET/*"},
    ... ]}, kind="resource")
    >>> found = unused_statements(policy)[0]
    >>> [each.number for each in found.covered_by]
    [0]
    """

    __slots__ = ("covered_by", "kind", "span", "statement")
    statement: Statement
    kind: UnusedKind
    covered_by: tuple[Statement, ...]
    span: Span | None

    def __init__(
        self, statement: Statement, kind: UnusedKind, covered_by: Iterable[Statement], span: Span | None
    ) -> None:
        self._set(statement=statement, kind=kind, covered_by=tuple(covered_by), span=span)


def unused_statements(subject: Policy, *, budget: int | None = None) -> tuple[StatementFinding, ...]:
    """Find the statements of a policy that can be left out, each judged with the others in place.

    Args:
        subject: a policy.
        budget: the number of steps of each search; a statement for which they are not enough is not found.

    Returns:
        The statements that are proven to be without effect, in the order of the document.

    Raises:
        UsageError: the argument is not a policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html

    >>> from execpolicy import Policy
    >>> policy = Policy.parse({"Statement": [
    ...     {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
    ...     {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*/GET/*"},
    ... ]}, kind="resource")
    >>> [(found.statement.number, found.kind.value) for found in unused_statements(policy)]
    [(1, 'redundant')]
    """
    policy = instance(subject, Policy, "subject")
    steps = budget_of(budget).steps
    side = PolicySide(policy)
    try:
        space = Space(
            side.statements(), base_view(None), DimensionBuilders(any_service=side.any_service), Budget(steps)
        )
    except BudgetExceededError:
        return ()
    return tuple(_StatementsOfPolicy(policy, space, side, steps).findings())


class _StatementsOfPolicy:
    """The statements of a policy, each judged with the others in place."""

    def __init__(self, policy: Policy, space: Space, side: PolicySide, steps: int) -> None:
        self._policy = policy
        self._space = space
        self._steps = steps
        found = side.allowed(space)
        (combination,) = found.combinations
        self._within = intersection(space.everything, combination.limits)
        self._denies = found.denies
        self._allows = combination.needed[0]

    def findings(self) -> Iterator[StatementFinding]:
        """The findings, in the order of the document."""
        boxes = {each.statement.statement.number: each for each in (*self._denies, *self._allows)}
        for statement in self._policy.statements:
            try:
                found = self._judged(boxes.get(statement.number))
            except BudgetExceededError:
                continue
            if found is not None:
                kind, covers = found
                covered_by = (each.statement.statement for each in covers)
                yield StatementFinding(statement, kind, covered_by, self._policy.span(statement))

    def _judged(self, judged: StatementBox | None) -> tuple[UnusedKind, Sequence[StatementBox]] | None:
        if judged is None or self._is_empty(judged, ()):
            return UnusedKind.CONTRADICTORY, ()
        same, others = (self._denies, self._allows) if judged.statement.denies else (self._allows, self._denies)
        peers = [each for each in same if each is not judged]
        if not judged.statement.denies and self._is_empty(judged, others):
            return UnusedKind.UNREACHABLE, self._needed(judged, others)
        if judged.statement.denies and self._policy.kind in _MUST_ALLOW and not self._meets(judged, others):
            return UnusedKind.NO_EFFECT, ()
        # Of an Allow, what a Deny refuses need not be allowed elsewhere.
        covers = [*peers, *(() if judged.statement.denies else others)]
        if self._is_empty(judged, covers):
            return UnusedKind.REDUNDANT, [each for each in self._needed(judged, covers) if each in peers]
        return None

    def _is_empty(self, judged: StatementBox, covers: Iterable[StatementBox]) -> bool:
        """Whether the statement applies to no request besides those of others."""
        start = None if self._within is None else intersection(self._within, judged.box)
        excluded = [*(each.box for each in covers), *self._space.impossible]
        return start is None or self._finds_nothing(start, [], excluded)

    def _meets(self, judged: StatementBox, others: Iterable[StatementBox]) -> bool:
        """Whether one of the others applies to a request that the statement applies to."""
        start = None if self._within is None else intersection(self._within, judged.box)
        if start is None:
            return False
        return not self._finds_nothing(start, [[each.box for each in others]], self._space.impossible)

    def _finds_nothing(self, start: Box, needed: Sequence[Sequence[Box]], excluded: Sequence[Box]) -> bool:
        return next(search(start, needed, excluded, Budget(self._steps)), None) is None

    def _needed(self, judged: StatementBox, covers: Iterable[StatementBox]) -> list[StatementBox]:
        """Those covers without which something of the statement is left."""
        left = list(covers)
        for each in tuple(left):
            fewer = [cover for cover in left if cover is not each]
            if self._is_empty(judged, fewer):
                left = fewer
        return left
