"""Compares two versions of policies or APIs over all requests: what is newly allowed, and newly denied (ANA-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import newly_allowed, no_longer_denied
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.calls.call_arns import ANY_API_BEFORE_STAGE
from execpolicy.analysis.calls.claimed_calls import ApiNames
from execpolicy.analysis.calls.compare_apis import compare_apis
from execpolicy.analysis.calls.within import Within
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.analysis.difference import difference, used_up
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.side import PairSide, PolicySide, Side, base_view
from execpolicy.analysis.space import Space
from execpolicy.analysis.witness import confirmed, confirmed_deny
from execpolicy.arguments import described
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.allowed_requests import AllowedRequests
    from execpolicy.analysis.box import Box

    #: What ``compare`` takes: a policy, a caller and a target, or an API.
    Comparable: TypeAlias = Policy | tuple[Caller, Target] | ApiDefinition


def compare(
    before: Comparable, after: Comparable, *, within: str | None = None, budget: int | None = None
) -> Comparison:
    """Compare two versions over all requests, exactly.

    Args:
        before: the version before the change: a Policy by itself, a Caller with a Target, or an Api.
        after: the version after it, of the same form. A pair has the same caller as before.
        within: compare only these requests: ``METHOD /path``, with a path as people write it; a pattern of ARNs; or
            the part of an invariant from ``when``, ``from``, ``through`` or ``on`` on.
        budget: the number of steps of the search; when they are used up, the verdict is UNKNOWN.

    Returns:
        The verdict, with requests that show each difference. Where other policies may stand beside, as for two
        policies, ``explicit_denies`` compares what is denied explicitly.

    Raises:
        UsageError: the two versions cannot be compared.
        ExecPolicyError: ``within`` cannot be read; the error has the place.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html

    >>> from execpolicy import Policy
    >>> def reads(resource: str) -> Policy:
    ...     return Policy.parse({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
    ...         "Resource": resource}}, kind="resource")
    >>> compare(reads("execute-api:/prod/GET/*"), reads("execute-api:/*/GET/*")).verdict.value
    'laxer'
    """
    steps = budget_of(budget)
    try:
        if isinstance(before, Policy) and isinstance(after, Policy) and before.kind is not after.kind:
            raise UsageError(
                f"the policy is of kind {before.kind} before and {after.kind} after",
                advice="compare two policies of one kind: the kind decides what the words of a policy mean",
            )
        if isinstance(before, ApiDefinition) and isinstance(after, ApiDefinition):
            return compare_apis(before, after, steps, within=within)
        limits = Within(within, ApiNames("", "aws", ANY_API_BEFORE_STAGE))
        return _compare_sides(_side(before), _side(after), limits, steps)
    except BudgetExceededError as error:
        unknown = Difference(unknown=(used_up(steps, error),))
        return Comparison(unknown, unknown, ())


def _compare_sides(before: Side, after: Side, within: Within, budget: Budget) -> Comparison:
    _check_same_caller(before.caller, after.caller)
    space = _space_of((before, after), within, budget)
    old, new = before.allowed(space), after.allowed(space)
    directions = (((old, new), True), ((new, old), False))
    laxer, stricter = (
        difference(
            _groups(newly_allowed, space, versions, within, budget),
            space,
            partial(confirmed, before=before, after=after, allowed_after=laxer),
            budget,
        )
        for versions, laxer in directions
    )
    if not (old.left_to_others or new.left_to_others):
        return Comparison(laxer, stricter, ())
    fewer, more = (
        difference(
            _groups(no_longer_denied, space, versions, within, budget),
            space,
            partial(confirmed_deny, before=before, after=after, denied_after=not laxer),
            budget,
        )
        for versions, laxer in directions
    )
    return Comparison(laxer, stricter, (), Comparison(fewer, more, ()))


def _groups(
    find: Callable[[Box, Sequence[Box], AllowedRequests, AllowedRequests, Budget], Iterator[Iterator[Box]]],
    space: Space,
    versions: tuple[AllowedRequests, AllowedRequests],
    within: Within,
    budget: Budget,
) -> Iterator[Iterator[Box]]:
    """The groups of boxes of one direction; ``versions`` are the one before the change and the one after it."""
    for box in within.boxes(space.everything, space, budget):
        yield from find(box, space.impossible, *versions, budget)


def _check_same_caller(before: Caller | None, after: Caller | None) -> None:
    """Refuse sides of different forms, or of different callers."""
    if (before is None) is not (after is None):
        raise UsageError(
            "one version is a policy by itself and the other a caller with a target",
            advice="give two policies, or two pairs of one caller",
        )
    if before is not None and after is not None and before.principal != after.principal:
        raise UsageError(
            f"the caller is {before.principal.arn} before and {after.principal.arn} after",
            advice="compare the policies of one caller: another caller has other requests",
        )


def _space_of(sides: tuple[Side, Side], within: Within, budget: Budget) -> Space:
    """The space of the requests that the statements of both sides tell apart."""
    caller = sides[0].caller
    statements = [*(statement for side in sides for statement in side.statements()), *within.statements()]
    builders = DimensionBuilders(
        callers=None if caller is None else [caller.principal],
        any_service=any(side.any_service for side in sides),
    )
    return Space(statements, base_view(caller), builders, budget, regions=within.regions)


def _side(given: object) -> Side:
    if isinstance(given, Policy):
        return PolicySide(given)
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], Caller) and isinstance(given[1], Target):
        return PairSide(*given)
    raise UsageError(
        f"compare takes two policies, two pairs of a Caller and a Target, or two APIs, found {described(given)}",
        advice="write compare(before, after), or compare((caller, target), (caller, target))",
    )
