"""Statements of a policy without which it decides all requests in the same way, each with the proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.granted_requests import box_granting, boxes_by_grant
from execpolicy.analysis.search import search
from execpolicy.analysis.side import PolicySide, base_view
from execpolicy.analysis.space import Space
from execpolicy.arguments import instance
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import AllowedRequests, StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.document.model import Statement
    from execpolicy.errors import Span
    from execpolicy.language.grant import Grant

#: The kinds of policies that must allow every request that they apply to, and are the only one of their kind: a Deny
#: of what they do not allow is without effect. What another kind does not allow may be allowed elsewhere, such as by
#: another SCP of the same level, and its Deny counts (EVL-2, EVL-7).
_MUST_ALLOW = frozenset({PolicyKind.VPC_ENDPOINT, PolicyKind.DOMAIN_NAME})


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
    #: Other statements of the same effect apply to every request for which it counts. Those of a resource policy that
    #: allow name the caller as strongly (EVL-4).
    REDUNDANT = "redundant"


#: The kinds in the order in which a statement is judged.
_KINDS = tuple(UnusedKind)


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
    if len({each.number for each in policy.statements}) < len(policy.statements):
        return ()  # a statement whose effect is not known stands twice, and covers nothing
    steps = budget_of(budget).steps
    side = PolicySide(policy)
    try:
        space = Space(
            side.statements(), base_view(None), DimensionBuilders(any_service=side.any_service), Budget(steps)
        )
    except BudgetExceededError:
        return ()
    sides = [side]
    if any(each.principal is not None and each.principal.negated for each in policy.statements):
        sides.append(PolicySide(policy, has_boundary=True))
    judging = [_JudgedPolicy(policy.kind, space, each.allowed(space), steps) for each in sides]
    found = ((each, _of_all(judging, each.number)) for each in policy.statements)
    return tuple(
        StatementFinding(statement, kind, _in_order(policy, covers), policy.span(statement))
        for statement, (kind, covers) in found
        if kind is not None
    )


def _of_all(judging: Iterable[_JudgedPolicy], number: int) -> tuple[UnusedKind | None, frozenset[int]]:
    """The last of the kinds that a statement is of for different callers, and the numbers of all that cover it."""
    last: UnusedKind | None = None
    covers: set[int] = set()
    for each in judging:
        try:
            found = each.judged(number)
        except BudgetExceededError:
            found = None
        if found is None:
            return None, frozenset()
        last = max(filter(None, (last, found[0])), key=_KINDS.index)
        covers.update(cover.statement.statement.number for cover in found[1])
    return last, frozenset(covers)


def _in_order(policy: Policy, numbers: frozenset[int]) -> Iterator[Statement]:
    return (each for each in policy.statements if each.number in numbers)


class _JudgedPolicy:
    """The statements of a policy for callers with or without a boundary, each judged with the others in place."""

    def __init__(self, kind: PolicyKind, space: Space, allowed: AllowedRequests, steps: int) -> None:
        self._kind = kind
        self._space = space
        self._steps = steps
        (combination,) = allowed.combinations
        self._within = intersection(space.everything, combination.limits)
        self._denies = allowed.denies
        self._allows = combination.needed[0]
        self._boxes = {each.statement.statement.number: each for each in (*self._denies, *self._allows)}

    def judged(self, number: int) -> tuple[UnusedKind, Sequence[StatementBox]] | None:
        """Why the statement with a number is without effect, and the statements that cover it; None if it has one.

        Raises:
            BudgetExceededError: the steps are not enough.
        """
        judged = self._boxes.get(number)
        if judged is None or self._finds_nothing(judged.box, [], ()):
            return UnusedKind.CONTRADICTORY, ()
        if judged.statement.denies:
            return self._judged_deny(judged)
        if self._is_covered(judged, self._denies):
            return UnusedKind.UNREACHABLE, self._needed(judged, self._denies)
        # What a Deny refuses need not be allowed by another statement.
        peers = [each for each in self._allows if each is not judged]
        if self._is_covered(judged, [*peers, *self._denies]):
            needed = self._needed(judged, [*peers, *self._denies])
            return UnusedKind.REDUNDANT, [each for each in needed if each in peers]
        return None

    def _judged_deny(self, judged: StatementBox) -> tuple[UnusedKind, Sequence[StatementBox]] | None:
        if self._is_covered(judged, ()):
            return UnusedKind.NO_EFFECT, ()
        peers = [each for each in self._denies if each is not judged]
        if self._is_covered(judged, peers):
            return UnusedKind.REDUNDANT, self._needed(judged, peers)
        return None

    def _is_covered(self, judged: StatementBox, covers: Sequence[StatementBox]) -> bool:
        """Whether every request of a statement is one of others, and granted as strongly if both are Allows.

        Of a Deny in a policy that must allow, only the requests count that the policy allows otherwise.
        """
        if self._kind is not PolicyKind.RESOURCE or judged.statement.denies:
            counts = judged.statement.denies and self._kind in _MUST_ALLOW
            needed = [[each.box for each in self._allows]] if counts else []
            return self._finds_nothing(judged.box, needed, [each.box for each in covers])
        return all(
            self._finds_nothing(box, [], self._granting(grant, judged, covers))
            for grant, box in boxes_by_grant(judged, self._space).items()
        )

    def _granting(self, grant: Grant, judged: StatementBox, covers: Iterable[StatementBox]) -> list[Box]:
        """The requests that others deny, or grant as strongly."""
        boxes = (
            each.box if each.statement.denies else box_granting(each, grant, judged, self._space) for each in covers
        )
        return [box for box in boxes if box is not None]

    def _finds_nothing(self, among: Box, needed: Sequence[Sequence[Box]], excluded: Iterable[Box]) -> bool:
        start = None if self._within is None else intersection(self._within, among)
        if start is None:
            return True
        found = search(start, needed, [*excluded, *self._space.impossible], Budget(self._steps))
        return next(found, None) is None

    def _needed(self, judged: StatementBox, covers: Iterable[StatementBox]) -> list[StatementBox]:
        """Those covers without which something of the statement is left."""
        left = list(covers)
        for each in tuple(left):
            fewer = [cover for cover in left if cover is not each]
            if self._is_covered(judged, fewer):
                left = fewer
        return left
