"""Finds who gets through to a method and path of an API, and under which conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.access import Access, AccessGroup
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError, budget_of
from execpolicy.analysis.callers import given_callers
from execpolicy.analysis.calls.api_version import ApiVersion, assumptions_of, not_compared, space_of
from execpolicy.analysis.calls.call_hosts import calls_by_host
from execpolicy.analysis.calls.call_witness import call_of, confirmed_by_api, response_to
from execpolicy.analysis.calls.claimed_calls import ApiNames, check_calls, region_of_calls
from execpolicy.analysis.calls.credentials import GOOD_ANSWERS, dimensions_of
from execpolicy.analysis.calls.reached_arns import ReachingCalls
from execpolicy.analysis.calls.undescribed_domains import by_undescribed_domain, confirmed_by_undescribed_domain
from execpolicy.analysis.difference import difference, used_up
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.group_words import statement_words
from execpolicy.analysis.invariants.call_pattern import CONNECT, CallPattern
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.analysis.search import search
from execpolicy.analysis.witness import RequestParts
from execpolicy.arguments import instance, text, text_or_none
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import AuthType

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import AllowCombination, StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.calls.call_hosts import HostCalls
    from execpolicy.analysis.calls.route_calls import RouteCalls
    from execpolicy.analysis.prove import WithCallers
    from execpolicy.analysis.space import Space
    from execpolicy.engine.caller import Caller
    from execpolicy.engine.request import Request

#: At most so many groups are given.
MAX_GROUPS = 10


def who(
    subject: ApiDefinition,
    method: str,
    path: str = "",
    *,
    stage: str | None = None,
    callers: Iterable[Caller] | Caller | WithCallers | None = None,
    budget: int | None = None,
) -> Access:
    """Find who gets through to a method and path.

    Args:
        subject: an API.
        method: the method, or ``ANY``; ``$connect`` for the opening of connections to a WebSocket API.
        path: a path as people write it: ``*`` is one segment, ``**`` any number of them. ``$connect`` has none.
        stage: the name of a stage; by default every stage.
        callers: all callers that there are besides anonymous ones, as for ``prove``.
        budget: the number of steps of the search.

    Returns:
        The groups of callers that get through, the most open first.

    Raises:
        ExecPolicyError: the method or the path is not valid; the error has the place.
        UsageError: an argument is of the wrong type.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html

    >>> from execpolicy import Api, Route
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders", auth="AWS_IAM")])
    >>> print(who(api, "GET", "/orders").groups[0])
    callers of account 111122223333 whose own policies allow it
    """
    api = instance(subject, ApiDefinition, "subject")
    calls = called(text(method, "method"), text(path, "path"))
    check_calls([calls], [api])
    at_stage = text_or_none(stage, "stage")
    stages = [each.name for each in api.stages] if at_stage is None else [api.with_stage(at_stage).stage.name]
    steps = budget_of(budget)
    given = given_callers(callers)
    assumptions = assumptions_of(given)
    includes = _CallsThatGetThrough(api, given or ())
    reasons = list(not_compared(api))
    if reasons:
        return Access((), others=0, anonymous=None, unknown=reasons, assumptions=assumptions, includes=includes)
    try:
        found = list(_Finder(api, given, calls, stages, steps).candidates())
    except BudgetExceededError as error:
        found = []
        reasons.append(used_up(steps, error))
    groups = sorted(_merged(each for each in found if isinstance(each, AccessGroup)), key=_openness)
    reasons += [each for each in found if isinstance(each, str)]
    on_stage = f" on {at_stage}" if at_stage is not None else ""
    proof = prove(f"anonymous may not call {calls}{on_stage}", api, budget=budget)
    return Access(
        groups[:MAX_GROUPS],
        others=len(groups) - len(groups[:MAX_GROUPS]),
        anonymous={ProofVerdict.PROVEN: False, ProofVerdict.REFUTED: True}.get(proof.verdict),
        unknown=dict.fromkeys(reasons),
        assumptions=assumptions,
        includes=includes,
    )


def called(method: str, path: str) -> CallPattern:
    """The calls of a method and a path, or those that open connections.

    Raises:
        ExecPolicyError: the method or the path is not valid; the error has the place.
    """
    if method == CONNECT and not path:
        return CallPattern(CONNECT)
    return CallPattern(path, methods=[] if method == CONNECT and path == CONNECT else method)


def _merged(groups: Iterable[AccessGroup]) -> Iterator[AccessGroup]:
    """The groups, those of several routes that say the same as one (ANA-6)."""
    by_words: dict[object, list[AccessGroup]] = {}
    for each in groups:
        by_words.setdefault(each.words, []).append(each)
    for first, *others in by_words.values():
        yield first.with_other_routes(others) if others else first


def _openness(group: AccessGroup) -> tuple[int, int, int]:
    """What orders groups: those with the fewest limits first, and of these those that anybody is in."""
    limits = bool(group.sources) + len(group.keys) + len(group.presented)
    return limits + (not group.is_anybody), len(group.exceptions), len(group.principals)


class _Finder:
    """Finds the groups of the calls of a pattern."""

    def __init__(
        self,
        api: ApiDefinition,
        callers: tuple[Caller, ...] | None,
        calls: CallPattern,
        stages: list[str],
        budget: Budget,
    ) -> None:
        self._api = api
        self._callers = callers or ()
        self._budget = budget
        self._version = ApiVersion(api, callers)
        asked = region_of_calls(calls, stages, ApiNames.of_api(api))
        self._reaching = ReachingCalls(api, 0, calls_by_host((api,)))
        self._space: Space = space_of(
            [self._version], budget, self._reaching.statements, [asked, *self._reaching.regions]
        )
        self._impossible = [*self._space.impossible, *self._reaching.impossible(self._space)]
        meant, reached = self._space.values_of(asked), self._reaching.values(self._space)
        self._within = intersection(self._space.everything, {RESOURCE: meant & reached})
        #: The calls that no host leads to the API that is described.
        self._others = intersection(self._space.everything, {RESOURCE: meant & ~reached})

    def candidates(self) -> Iterator[AccessGroup | str]:
        """The groups, and the reasons for which it is not known whether there is one more."""
        for calls in self._version.routes:
            allowed = self._version.access.of_route(calls, self._space)
            for combination in allowed.combinations:
                for single in combination.by_statement():
                    group = self._group(calls, single, allowed.denies)
                    if group is not None:
                        yield group
                    yield from self._by_undescribed_domain(single, allowed.denies)

    def _by_undescribed_domain(
        self, combination: AllowCombination, denies: tuple[StatementBox, ...]
    ) -> tuple[str, ...]:
        """Why it is not known whether a combination allows calls by a custom domain that is not described."""
        start = None if self._others is None else intersection(self._others, combination.limits)
        if start is None:
            return ()
        confirm = partial(confirmed_by_undescribed_domain, apis=(self._api,), allowed=(True,), callers=self._callers)
        boxes = self._search(start, combination, denies)
        return by_undescribed_domain(difference([boxes], self._space, confirm, self._budget, most=1)).unknown

    def _search(self, start: Box, combination: AllowCombination, denies: tuple[StatementBox, ...]) -> Iterator[Box]:
        """The calls that a combination allows."""
        needed = [[each.box for each in group] for group in combination.needed]
        excluded = [*(each.box for each in denies), *self._impossible]
        return search(start, needed, excluded, self._budget)

    def _group(
        self, calls: RouteCalls, combination: AllowCombination, denies: tuple[StatementBox, ...]
    ) -> AccessGroup | str | None:
        """The group of the calls that a combination allows; the reason if that is not known, None if there are none."""
        start = None if self._within is None else intersection(self._within, combination.limits)
        if start is None:
            return None
        needed = [[each.box for each in group] for group in combination.needed]
        boxes = self._search(start, combination, denies)
        confirm = partial(confirmed_by_api, self._api, self._callers, True, self._reaching)
        found = difference([boxes], self._space, confirm, self._budget, most=1)
        if not found.witnesses:
            return next(iter(found.unknown), None)
        allows = list({id(each.statement): each.statement for group in combination.needed for each in group}.values())
        sees_caller = self._api.auth_of(calls.route) is AuthType.AWS_IAM
        words = statement_words(allows[0], sees_caller=sees_caller) if allows else None
        met = (each for each in denies if self._meets(start, needed, each.box))
        return AccessGroup(
            routes=(calls.route.key,),
            callers=combination.callers,
            principals=words.principals if words is not None and sees_caller else (),
            sources=words.sources if words is not None else (),
            keys=words.keys if words is not None else (),
            presented=("an API key",) if calls.route.api_key_required else (),
            exceptions=[self._exception(each, start, sees_caller=sees_caller) for each in met],
            statements=allows,
            example=found.witnesses[0],
        )

    def _exception(self, deny: StatementBox, start: Box, *, sees_caller: bool) -> str:
        """A Deny in words, with its resources if it does not deny every call of the group."""
        words = statement_words(deny.statement, sees_caller=sees_caller).as_one
        resources = deny.box.get(RESOURCE)
        if resources is None or not start[RESOURCE] & ~resources:
            return words
        return f"{words} on {', '.join(each.value for each in deny.statement.statement.resource.values)}"

    def _meets(self, start: Box, needed: list[list[Box]], deny: Box) -> bool:
        """Whether a Deny applies to some of the calls of a group."""
        return next(search(start, [*needed, [deny]], self._impossible, self._budget), None) is not None


class _CallsThatGetThrough:
    """Whether the call of a request gets through, with what it has to present.

    Args:
        api: the API.
        callers: the callers whose policies are given.
    """

    def __init__(self, api: ApiDefinition, callers: Sequence[Caller]) -> None:
        self._api = api
        self._callers = callers
        self._good = dict.fromkeys(dimensions_of(api), GOOD_ANSWERS)

    def __call__(self, request: Request) -> bool:
        parts = RequestParts(request.caller.principal, request.action, request.resource, request.context.values)
        ways: Iterable[HostCalls | None] = [*self._reaching.by_arn(request.resource)] or [None]
        calls = (call_of(parts, self._good, (self._api,), way) for way in ways)
        return any(response_to(call, self._api, self._callers).allowed for call in calls if call is not None)

    @cached_property
    def _reaching(self) -> ReachingCalls:
        return ReachingCalls(self._api, 0, calls_by_host((self._api,)))
