"""Statements of a policy without which it decides all requests in the same way, each with the proof (ANA-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import BudgetExceededError, budget_of
from execpolicy.analysis.judged_policy import JudgedPolicy, judged_policies
from execpolicy.arguments import instance
from execpolicy.document.policy import Policy

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.document.model import Statement
    from execpolicy.errors import Span


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
        budget: the number of steps of the search; a statement for which they are not enough is not found.

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
    try:
        judging = judged_policies(policy, budget_of(budget))
    except BudgetExceededError:
        return ()
    return unused_in(policy, judging)


def unused_in(policy: Policy, judging: Iterable[JudgedPolicy]) -> tuple[StatementFinding, ...]:
    """The statements of a policy that can be left out, for all callers of which it is judged."""
    found = ((each, _of_all(judging, each.number)) for each in policy.statements)
    return tuple(
        StatementFinding(statement, kind, _in_order(policy, covers), policy.span(statement))
        for statement, (kind, covers) in found
        if kind is not None
    )


def _of_all(judging: Iterable[JudgedPolicy], number: int) -> tuple[UnusedKind | None, frozenset[int]]:
    """The last of the kinds that a statement is of for different callers, and the numbers of all that cover it."""
    last: UnusedKind | None = None
    covers: set[int] = set()
    for each in judging:
        try:
            found = _judged(each, number)
        except BudgetExceededError:
            found = None
        if found is None:
            return None, frozenset()
        last = max(filter(None, (last, found[0])), key=_KINDS.index)
        covers.update(cover.statement.statement.number for cover in found[1])
    return last, frozenset(covers)


def _in_order(policy: Policy, numbers: frozenset[int]) -> Iterator[Statement]:
    return (each for each in policy.statements if each.number in numbers)


def _judged(policy: JudgedPolicy, number: int) -> tuple[UnusedKind, Sequence[StatementBox]] | None:
    """Why the statement with a number is without effect, and the statements that cover it; None if it has one.

    Raises:
        BudgetExceededError: the steps are not enough.
    """
    judged = policy.box(number)
    if judged is None or policy.is_empty(judged):
        return UnusedKind.CONTRADICTORY, ()
    if judged.statement.denies:
        if policy.is_covered(judged, ()):
            return UnusedKind.NO_EFFECT, ()
    elif policy.is_covered(judged, policy.denies):
        return UnusedKind.UNREACHABLE, policy.needed(judged, policy.denies)
    peers = policy.peers(number)
    if policy.is_covered(judged, peers):
        needed = policy.needed(judged, peers)
        return UnusedKind.REDUNDANT, [each for each in needed if each.statement.denies is judged.statement.denies]
    return None
