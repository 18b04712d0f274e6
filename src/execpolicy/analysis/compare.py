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
from execpolicy.analysis.limits import CALLER_WITH_ACCOUNT
from execpolicy.analysis.side import CallerSide, PairSide, PolicySide, Side, base_view
from execpolicy.analysis.space import Space
from execpolicy.analysis.witness import confirmed, confirmed_deny
from execpolicy.arguments import described
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.difference import Confirm

    #: What ``compare`` takes: a policy, a caller, a caller and a target, or an API.
    Comparable: TypeAlias = Policy | Caller | tuple[Caller, Target] | ApiDefinition
    #: Finds the requests of a box that differ, in groups.
    Find: TypeAlias = Callable[[Box, Sequence[Box], Budget], Iterator[Iterator[Box]]]


def compare(
    before: Comparable, after: Comparable, *, within: str | None = None, budget: int | None = None
) -> Comparison:
    """Compare two versions over all requests, exactly.

    Args:
        before: the version before the change: a Policy by itself, a Caller by its own policies, a Caller with a
            Target, or an Api.
        after: the version after it, of the same form, and of the same caller.
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
    boxes = list(within.boxes(space.everything, space, budget))

    def found(find: Find, confirm: Confirm) -> Difference:
        groups = (group for box in boxes for group in find(box, space.impossible, budget))
        return difference(groups, space, confirm, budget)

    laxer, stricter = (
        found(
            partial(newly_allowed, before=one, after=other),
            partial(confirmed, before=before, after=after, allowed_after=is_laxer),
        )
        for one, other, is_laxer in ((old, new, True), (new, old, False))
    )
    left_by_old, left_by_new = before.left_to_others(space), after.left_to_others(space)
    if left_by_old is None or left_by_new is None:
        return Comparison(laxer, stricter, ())
    fewer, more = (
        found(
            partial(no_longer_denied, left=left, before=one, after=other),
            partial(confirmed_deny, before=before, after=after, denied_after=not is_fewer),
        )
        for left, one, other, is_fewer in ((left_by_new, old, new, True), (left_by_old, new, old, False))
    )
    return Comparison(laxer, stricter, (), Comparison(fewer, more, ()))


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
    if caller is None:
        statements.append(CALLER_WITH_ACCOUNT)  # which callers have policies of their own (EVL-8)
    builders = DimensionBuilders(
        callers=None if caller is None else [caller.principal],
        any_service=any(side.any_service for side in sides),
    )
    return Space(statements, base_view(caller), builders, budget, regions=within.regions)


def _side(given: object) -> Side:
    if isinstance(given, Policy):
        return PolicySide(given)
    if isinstance(given, Caller):
        return CallerSide(given)
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], Caller) and isinstance(given[1], Target):
        return PairSide(*given)
    raise UsageError(
        f"compare takes two policies, two callers, two pairs of a Caller and a Target, or two APIs, "
        f"found {described(given)}",
        advice="write compare(before, after), or compare((caller, target), (caller, target))",
    )
