"""Proves invariants of policies and APIs over all calls, or finds a call that contradicts them (INV-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import boxes_of
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.callers import given_callers
from execpolicy.analysis.calls.api_version import ASSUMPTIONS, ApiVersion, assumptions_of, not_compared, space_of
from execpolicy.analysis.calls.call_arns import ANY_API_BEFORE_STAGE
from execpolicy.analysis.calls.call_hosts import calls_by_host
from execpolicy.analysis.calls.call_witness import confirmed_by_api
from execpolicy.analysis.calls.claimed_calls import ApiNames, ClaimedBoxes, ClaimedCalls, check_calls, has_calls
from execpolicy.analysis.calls.credentials import TOKEN, good_answers
from execpolicy.analysis.calls.reached_arns import ReachingCalls
from execpolicy.analysis.calls.route_access import region
from execpolicy.analysis.calls.undescribed_domains import by_undescribed_domain, confirmed_by_undescribed_domain
from execpolicy.analysis.difference import difference, together, used_up
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.parts import InvariantKind
from execpolicy.analysis.proof import Proof, ProofVerdict
from execpolicy.analysis.search import search
from execpolicy.analysis.side import PolicySide, Side, base_view
from execpolicy.analysis.space import Space
from execpolicy.analysis.target_side import TargetSide
from execpolicy.analysis.witness import Witness
from execpolicy.arguments import described, instance
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.engine.caller import Target
from execpolicy.engine.layers import Outcome
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition

if TYPE_CHECKING:
    from typing import Protocol

    from execpolicy.analysis.allowed_requests import AllowedRequests
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.comparison import Difference
    from execpolicy.analysis.difference import Confirm
    from execpolicy.analysis.witness import RequestParts
    from execpolicy.engine.caller import Caller

    class WithCallers(Protocol):
        """A template: what describes several callers, by name."""

        @property
        def callers(self) -> Mapping[str, Caller]:
            """The callers."""

    class WithApis(Protocol):
        """A template: what describes several APIs, by name."""

        @property
        def apis(self) -> Mapping[str, ApiDefinition]:
            """The APIs."""


#: What is taken for granted of a policy by itself.
_OF_POLICIES = ("the policy is the only one: calls that only the policies of callers allow do not get through",)


def prove(
    invariant: Invariant | str,
    subject: ApiDefinition | Policy | Target | WithApis,
    *,
    callers: Iterable[Caller] | Caller | WithCallers | None = None,
    budget: int | None = None,
) -> Proof:
    """Prove an invariant for all calls, or find one that contradicts it.

    Args:
        invariant: an Invariant, or its text.
        subject: an API; a template, of which it must hold for every API; a resource policy by itself; or a Target, of
            whose API the account is the one that its resource policy names.
        callers: all callers that there are besides anonymous ones, with their policies: Callers, or a template. By
            default there may be any caller, and its own policies may allow everything.
        budget: the number of steps of the search; when they are used up, the verdict is UNKNOWN.

    Returns:
        PROVEN, REFUTED with a call that the simulation has confirmed, or UNKNOWN with the reason.

    Raises:
        ExecPolicyError: the text is not an invariant; the error has the place.
        UsageError: an argument is of the wrong type, the invariant names a stage that no API has, or callers are
            given for a policy or a Target.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> prove("anonymous may not call GET /orders", api).verdict.value
    'proven'
    """
    given = Invariant.parse(invariant) if isinstance(invariant, str) else instance(invariant, Invariant, "invariant")
    steps = budget_of(budget).steps
    who = given_callers(callers)
    if who is not None and isinstance(subject, (Policy, Target)):
        raise UsageError(
            f"callers are given, which count for an API or a template, and not for {described(subject)}",
            advice="leave callers out, or ask about the API that has the policy",
        )
    if isinstance(subject, (Policy, Target)):
        check_calls(given.calls, ())
    if isinstance(subject, Policy):
        return _within_budget(given, steps, partial(_prove_of_policy, subject))
    if isinstance(subject, Target):
        side = TargetSide(subject)
        names = ApiNames(side.account, side.partition, side.before_stage)
        return _within_budget(given, steps, partial(_prove_of_side, side, names, ASSUMPTIONS[:1]))
    if isinstance(subject, ApiDefinition):
        check_calls(given.calls, [subject])
        _check_stages(given, [subject])
        return _within_budget(given, steps, partial(_prove_of_api, subject, who))
    apis = getattr(subject, "apis", None)
    if not isinstance(apis, Mapping) or not apis:
        raise UsageError(
            "an invariant is proven of an API, a template with APIs, a resource policy or a Target, found "
            f"{described(subject)}",
            advice='give Api.load(…), Template.load(…), or Policy.parse(…, kind="resource")',
        )
    check_calls(given.calls, apis.values())
    _check_stages(given, list(apis.values()))
    # The invariant says nothing about an API that has none of its calls.
    asked = [api for api in apis.values() if has_calls(given, api)]
    proofs = [_within_budget(given, steps, partial(_prove_of_api, api, who)) for api in asked]
    return min(proofs, key=lambda proof: _WORST_FIRST.index(proof.verdict))


_WORST_FIRST = (ProofVerdict.REFUTED, ProofVerdict.UNKNOWN, ProofVerdict.PROVEN)


def _check_stages(invariant: Invariant, apis: Sequence[ApiDefinition]) -> None:
    """Refuse a stage that no API has: an invariant about no call would be proven of anything (INV-1)."""
    stages = list(dict.fromkeys(stage.name for api in apis for stage in api.stages))
    unknown = next((name for name in invariant.stages if name not in stages), None)
    if unknown is not None and not any(api.unknown_parts for api in apis):
        raise UsageError(
            f"the invariant is about the stage {quoted(unknown)}; the API has {listed(map(quoted, stages), 'and')}",
            advice="name one of these stages after on: a claim about calls to another stage says nothing",
        )


def _within_budget(invariant: Invariant, steps: int, search_for: Callable[[Invariant, Budget], Proof]) -> Proof:
    budget = Budget(steps)
    try:
        return search_for(invariant, budget)
    except BudgetExceededError as error:
        return Proof(invariant, witness=None, reason=used_up(budget, error), assumptions=())


def _prove_of_policy(policy: Policy, invariant: Invariant, budget: Budget) -> Proof:
    """Prove an invariant of a resource policy by itself: a call gets through if the policy allows it."""
    if policy.kind is not PolicyKind.RESOURCE:
        raise UsageError(f"an invariant is proven of a resource policy, found one of kind {policy.kind}")
    return _prove_of_side(
        PolicySide(policy), ApiNames("", "aws", ANY_API_BEFORE_STAGE), _OF_POLICIES, invariant, budget
    )


def _prove_of_side(
    side: Side, names: ApiNames, assumptions: tuple[str, ...], invariant: Invariant, budget: Budget
) -> Proof:
    claimed = ClaimedCalls(invariant, names)
    statements = (*side.statements(), *claimed.statements())
    space = Space(statements, base_view(None), DimensionBuilders(), budget, regions=claimed.regions)
    boxes, allowed = claimed.boxes(space), side.allowed(space)
    is_none = invariant.kind is InvariantKind.NONE
    groups = _allowed(boxes, allowed, space, budget) if is_none else _refused(boxes, allowed, space, budget)
    confirm = partial(_confirmed_by_side, side, is_none)
    return _proof(invariant, groups, space, confirm, budget, assumptions=assumptions)


def _prove_of_api(
    api: ApiDefinition, callers: tuple[Caller, ...] | None, invariant: Invariant, budget: Budget
) -> Proof:
    assumptions = assumptions_of(callers)
    reasons = tuple(not_compared(api))
    if reasons:
        return Proof(invariant, witness=None, reason="; ".join(reasons), assumptions=assumptions)
    version = ApiVersion(api, callers)
    claimed = ClaimedCalls(invariant, ApiNames.of_api(api))
    reaching = ReachingCalls(api, 0, calls_by_host((api,)))
    statements = chain(claimed.statements(), reaching.statements)
    space = space_of([version], budget, statements, chain(claimed.regions, reaching.regions))
    is_none = invariant.kind is InvariantKind.NONE
    boxes = claimed.boxes(space)
    unread = version.with_unread_tokens(space) if claimed.tells_anonymous else ()
    boxes = boxes._replace(excluded=[*boxes.excluded, *reaching.impossible(space), *unread])
    search_for = partial(_that_get_through if is_none else _that_do_not, version, boxes, space, budget)
    confirm = partial(confirmed_by_api, api, callers or (), is_none)
    reached = reaching.values(space)
    others = space.everything[RESOURCE] & ~reached
    found = [difference(search_for({RESOURCE: reached}), space, partial(confirm, reaching), budget, most=1)]
    if others and not is_none and api.disable_execute_api_endpoint:
        # No host that is described leads to these: the API's own host refuses them (ANA-8).
        groups = _all_claimed(boxes, space, budget, intersection(space.everything, {RESOURCE: others}))
        found.append(difference(groups, space, partial(confirm, None), budget, most=1))
    elif others:
        undescribed = partial(confirmed_by_undescribed_domain, apis=(api,), allowed=(is_none,), callers=callers or ())
        groups = search_for({RESOURCE: others})
        found.append(by_undescribed_domain(difference(groups, space, undescribed, budget, most=1)))
    return _of_difference(invariant, together(found), assumptions)


def _proof(
    invariant: Invariant,
    groups: Iterator[Iterator[Box]],
    space: Space,
    confirm: Confirm,
    budget: Budget,
    *,
    assumptions: tuple[str, ...] = (),
) -> Proof:
    """The proof, by the groups of requests that contradict the invariant."""
    return _of_difference(invariant, difference(groups, space, confirm, budget, most=1), assumptions)


def _of_difference(invariant: Invariant, found: Difference, assumptions: tuple[str, ...]) -> Proof:
    witness = found.witnesses[0] if found.witnesses else None
    return Proof(invariant, witness=witness, reason="; ".join(found.unknown), assumptions=assumptions)


def _allowed(
    claimed: ClaimedBoxes, allowed: AllowedRequests, space: Space, budget: Budget, within: Box | None = None
) -> Iterator[Iterator[Box]]:
    """The claimed requests that are allowed, by combination."""
    excluded = [*claimed.excluded, *(each.box for each in allowed.denies), *space.impossible]
    meant = space.everything if within is None else within
    for combination in allowed.combinations:
        start = intersection(meant, combination.limits)
        groups = [[each.box for each in group] for group in combination.needed]
        if start is not None:
            yield search(start, [*claimed.needed, *groups], excluded, budget)


def _refused(
    claimed: ClaimedBoxes, allowed: AllowedRequests, space: Space, budget: Budget, within: Box | None = None
) -> Iterator[Iterator[Box]]:
    """The claimed requests that are not allowed: those that no combination allows, and those that a Deny refuses."""
    start = space.everything if within is None else within
    outside = [*claimed.excluded, *space.impossible]
    boxes = [box for combination in allowed.combinations for box in boxes_of(combination, budget)]
    yield search(start, claimed.needed, [*outside, *boxes], budget)
    yield search(start, [*claimed.needed, [each.box for each in allowed.denies]], outside, budget)


def _that_get_through(
    version: ApiVersion, claimed: ClaimedBoxes, space: Space, budget: Budget, reached: Box
) -> Iterator[Iterator[Box]]:
    """The claimed calls that get through, by route and by combination."""
    within = intersection(space.everything, reached)
    for calls in version.routes if within is not None else ():
        yield from _allowed(claimed, version.access.of_route(calls, space), space, budget, within)


def _that_do_not(
    version: ApiVersion, claimed: ClaimedBoxes, space: Space, budget: Budget, reached: Box
) -> Iterator[Iterator[Box]]:
    """The claimed calls that do not get through although what they present is good, by route."""
    presented = good_answers(version.api)
    if claimed.says_token:
        del presented[TOKEN]
    good = intersection({**space.everything, **reached}, presented)
    assert good is not None, "every dimension of what is presented has a good value"
    nowhere = version.no_route(space)
    if nowhere is not None:
        yield from _all_claimed(claimed, space, budget, intersection(good, nowhere))
    for calls in version.routes:
        arns = region(calls, space)
        within = None if arns is None else intersection(good, arns)
        if within is not None:
            yield from _refused(claimed, version.access.of_route(calls, space), space, budget, within)


def _all_claimed(claimed: ClaimedBoxes, space: Space, budget: Budget, within: Box | None) -> Iterator[Iterator[Box]]:
    """The claimed calls in a box; there are none if it is None."""
    if within is not None:
        yield search(within, claimed.needed, [*claimed.excluded, *space.impossible], budget)


def _confirmed_by_side(side: Side, is_allowed: bool, parts: RequestParts, _: Box) -> Witness | None:
    """The witness of a request, if the engine confirms that it is allowed, or that it is not."""
    try:
        request = parts.request(None)
        decision = side.decide(request)
    except ExecPolicyError:
        return None
    if decision.outcome is Outcome.INDETERMINATE or decision.allowed is not is_allowed:
        return None
    return Witness(request, None, decision, parts.preference)
