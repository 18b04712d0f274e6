"""Compares two versions of an API: each route through API Gateway's flow, by its authorization (ANA-5, GW-25).

A call is one that a client sends: to a host, with the path of a URL. Where both versions lead it to one stage and path,
it has one ARN. Where only one version leads it anywhere, the other one refuses it. Where they lead it to different
stages or paths, the ARNs of one version are divided, and the other version is read by them (``MovedArns``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowedRequests, newly_allowed
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.api_version import (
    ASSUMPTIONS,
    NO_PREFLIGHTS,
    ApiVersion,
    all_stages,
    not_compared,
    space_of,
)
from execpolicy.analysis.calls.call_hosts import LedElsewhere, StagePath, calls_by_host
from execpolicy.analysis.calls.call_witness import confirmed_call
from execpolicy.analysis.calls.called_functions import CalledFunctions, as_other_functions, reads_stage_variables
from execpolicy.analysis.calls.claimed_calls import ApiNames
from execpolicy.analysis.calls.preflights import PREFLIGHT_HEADERS, PreflightVersion, preflights_of
from execpolicy.analysis.calls.reached_arns import ReachingCalls
from execpolicy.analysis.calls.route_access import region
from execpolicy.analysis.calls.route_calls import arn_before_stage
from execpolicy.analysis.calls.undescribed_domains import by_undescribed_domain, confirmed_by_undescribed_domain
from execpolicy.analysis.calls.within import Within
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.analysis.difference import difference, together
from execpolicy.analysis.dimensions.moved_arns import MovedArns
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.calls.call_hosts import HostCalls
    from execpolicy.analysis.calls.route_calls import RouteCalls
    from execpolicy.analysis.space import Space
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.gateway.model.api_definition import ApiDefinition

    #: What is newly allowed, and what is newly denied.
    BothWays: TypeAlias = tuple[Difference, Difference]
    Apis: TypeAlias = tuple[ApiDefinition, ApiDefinition]

#: The parts of an API that decide which calls it answers before any route: they must be equal on both sides.
_OF_HOSTS = ("endpoint", "readings", "endpoint_access_mode", "ip_address_type")
#: The same parts of a custom domain.
_OF_DOMAINS = ("endpoint_access_mode", "ip_address_type")


def compare_apis(
    before: ApiDefinition, after: ApiDefinition, budget: Budget, *, within: str | None = None
) -> Comparison:
    """Compare two versions of an API.

    Raises:
        UsageError: they are not versions of one API, or have no call that is one of those within.
        BudgetExceededError: the space has too many values.
    """
    _check_same_api(before, after)
    apis = (before, after)
    limits = Within(within, ApiNames.of_api(after), apis)
    ways = calls_by_host(apis)
    reasons = [
        *not_compared(before),
        *not_compared(after),
        *_other_parts(apis, ways),
        *_other_destinations(apis, ways),
    ]
    if reasons:
        unknown = Difference(unknown=tuple(dict.fromkeys(reasons)))
        return Comparison(unknown, unknown, ASSUMPTIONS)
    functions = CalledFunctions(before, after)
    laxer, stricter = _differences(functions.as_same(), ways, limits, budget)
    others = functions.as_others()
    if others is not None:
        more_allowed, more_denied = _differences(others, ways, limits, budget)
        laxer, stricter = functions.difference(laxer, more_allowed), functions.difference(stricter, more_denied)
    used = (each for each in ASSUMPTIONS if each != NO_PREFLIGHTS or before.cors == after.cors)
    return Comparison(laxer, stricter, (*used, *functions.assumptions()))


def _differences(apis: Apis, ways: Sequence[HostCalls], limits: Within, budget: Budget) -> BothWays:
    """What is newly allowed after the change, and what is newly denied."""
    found = [_with_common_arns(apis, ways, limits, budget)]
    found += [_with_moved_arns(apis, moved, limits, budget) for moved in _moved(ways)]
    if apis[0].cors != apis[1].cors:
        found.append(_of_preflights(apis, ways, limits, budget))
    laxer, stricter = map(together, zip(*found, strict=True))
    return laxer, stricter


def _moved(ways: Iterable[HostCalls]) -> Iterator[list[HostCalls]]:
    """The calls that lead to different stages or paths in both versions, those with equal destinations together."""
    by_destinations: dict[object, list[HostCalls]] = {}
    for way in ways:
        was, is_now = way.destinations
        if isinstance(was, StagePath) and isinstance(is_now, StagePath) and was != is_now:
            by_destinations.setdefault(way.destinations, []).append(way)
    yield from by_destinations.values()


def _with_common_arns(apis: Apis, ways: Sequence[HostCalls], limits: Within, budget: Budget) -> BothWays:
    """The differences of the calls that have one ARN, or lead to a stage in one version only."""
    before, after = apis
    same = _to_equal_destinations(after, ways)
    only_before = ReachingCalls(before, 0, (way for way in ways if way.destinations[1] is None))
    only_after = ReachingCalls(after, 1, (way for way in ways if way.destinations[0] is None))
    old, new = ApiVersion(before), ApiVersion(after)
    elsewhere = [_to_its_own_stages(apis, ways, version) for version in range(len(apis))]
    regions = chain(limits.regions, *(each.regions for each in (same, only_before, only_after, *elsewhere)))
    statements = chain(limits.statements(), same.statements, only_before.statements, only_after.statements)
    space = space_of((old, new), budget, statements, regions)
    limits.check_calls_to(after, space, budget)
    others = space.everything[RESOURCE]
    for each in (same, only_before, only_after, *elsewhere):
        others = others & ~each.values(space)
    search_in = partial(_newly_allowed, space=space, limits=limits, budget=budget)

    def differences(was: ApiVersion, is_now: ApiVersion, added: ReachingCalls, *, allowed_after: bool) -> Difference:
        confirm = partial(confirmed_call, before=before, after=after, allowed_after=allowed_after)
        undescribed = partial(confirmed_by_undescribed_domain, apis=(was.api, is_now.api), allowed=(False, True))
        found = []
        for reaching, one in ((same, was), (added, None)):
            values = reaching.values(space)
            if values:
                groups = search_in(one, is_now, values, impossible=reaching.impossible(space))
                found.append(difference(groups, space, partial(confirm, reaching), budget))
        if others:
            groups = search_in(was, is_now, others)
            found.append(by_undescribed_domain(difference(groups, space, undescribed, budget, most=1)))
        return together(found)

    return (
        differences(old, new, only_after, allowed_after=True),
        differences(new, old, only_before, allowed_after=False),
    )


def _to_equal_destinations(after: ApiDefinition, ways: Iterable[HostCalls]) -> ReachingCalls:
    """The calls that lead to one stage and path in both versions."""
    return ReachingCalls(after, 1, (way for way in ways if way.destinations[0] == way.destinations[1]))


def _to_its_own_stages(apis: Apis, ways: Iterable[HostCalls], version: int) -> ReachingCalls:
    """The calls that lead to a stage which only this version has, and to another stage in the other version."""
    others = {stage.name for stage in apis[1 - version].stages}
    moved = chain.from_iterable(_moved(ways))
    only_here = (each for each in moved if each.destination(version).stage not in others)
    return ReachingCalls(apis[version], version, only_here)


def _with_moved_arns(apis: Apis, ways: Sequence[HostCalls], limits: Within, budget: Budget) -> BothWays:
    """The differences of calls that lead to one stage and path before, and to others after the change."""
    apis = as_other_functions(apis)
    was, is_now = ways[0].destination(0), ways[0].destination(1)
    # The path of the ARN that has more of the path of the URL says which call it is.
    version = 0 if len(was.kept) > len(is_now.kept) else 1
    divided, other = (was, is_now) if version == 0 else (is_now, was)
    moved = MovedArns(arn_before_stage(apis[version]), divided.stage, divided.beginning, other.stage, other.beginning)
    old, new = (ApiVersion(api, moved=None if place == version else moved) for place, api in enumerate(apis))
    reaching = ReachingCalls(apis[version], version, ways)
    statements = chain(limits.statements(), reaching.statements)
    space = space_of((old, new), budget, statements, chain(limits.regions, reaching.regions))
    return _both_ways((old, new), reaching, reaching.values(space), space=space, limits=limits, budget=budget)


def _of_preflights(apis: Apis, ways: Sequence[HostCalls], limits: Within, budget: Budget) -> BothWays:
    """The differences of preflight requests, which only one version answers by its CORS configuration (GW-27)."""
    before, after = apis
    preflights = preflights_of(after, all_stages(apis))
    old, new = PreflightVersion(before, preflights), PreflightVersion(after, preflights)
    same = _to_equal_destinations(after, ways)
    statements, regions = chain(limits.statements(), same.statements), chain(limits.regions, same.regions, [preflights])
    space = space_of((old, new), budget, statements, regions)
    values = same.values(space) & space.values_of(preflights)
    return _both_ways((old, new), same, values, headers=PREFLIGHT_HEADERS, space=space, limits=limits, budget=budget)


def _both_ways(
    versions: tuple[ApiVersion, ApiVersion],
    reaching: ReachingCalls,
    values: ValueSet,
    *,
    headers: Mapping[str, str] = MappingProxyType({}),
    space: Space,
    limits: Within,
    budget: Budget,
) -> BothWays:
    """The differences of calls with some ARNs, which lead to a stage in both versions.

    Args:
        versions: the versions before and after the change.
        reaching: the calls, by host.
        values: their ARNs.
        headers: what every call sends besides what it presents.
        space: the space of the calls.
        limits: what the comparison is limited to.
        budget: counts the steps.
    """
    old, new = versions
    impossible = reaching.impossible(space)
    search_in = partial(_newly_allowed, values=values, impossible=impossible, space=space, limits=limits, budget=budget)
    confirm = partial(confirmed_call, reaching, before=old.api, after=new.api, headers=headers)
    return (
        difference(search_in(old, new), space, partial(confirm, allowed_after=True), budget),
        difference(search_in(new, old), space, partial(confirm, allowed_after=False), budget),
    )


def _newly_allowed(
    before: ApiVersion | None,
    after: ApiVersion,
    values: ValueSet,
    *,
    impossible: Iterable[Box] = (),
    space: Space,
    limits: Within,
    budget: Budget,
) -> Iterator[Iterator[Box]]:
    """The calls that get through after a change and did not before, by the routes that they reach.

    Args:
        before: the version before the change; None for calls that it leads nowhere.
        after: the version after it.
        values: the ARNs of the calls.
        impossible: calls that nobody makes by these hosts.
        space: the space of the calls.
        limits: what the comparison is limited to.
        budget: counts the steps.
    """
    old: list[tuple[Box | None, RouteCalls | None]] = [({}, None)]
    if before is not None:
        old = [*((region(each, space), each) for each in before.routes), (before.no_route(space), None)]
    for calls in after.routes:
        reached = region(calls, space)
        reached = None if reached is None else intersection(reached, {RESOURCE: values})
        if reached is None:
            continue
        now = after.access.of_route(calls, space)
        for of_old, old_calls in old:
            both = None if of_old is None else intersection(reached, of_old)
            if both is None:
                continue
            shared = intersection(space.everything, both)
            was = AllowedRequests((), ())
            if before is not None and old_calls is not None:
                was = before.access.of_route(old_calls, space)
            for box in () if shared is None else limits.boxes(shared, space, budget):
                yield from newly_allowed(box, [*space.impossible, *impossible], budget, before=was, after=now)


def _check_same_api(before: ApiDefinition, after: ApiDefinition) -> None:
    for name in ("id", "account", "region", "type"):
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            raise UsageError(
                f"the {name} of the API is {was} before and {is_now} after",
                advice="compare two versions of one API; account, region and api_id give what a template does not say",
            )


def _other_parts(apis: Apis, ways: Iterable[HostCalls]) -> Iterator[str]:
    """Parts about hosts that differ: whether they open or close the API is not found."""
    before, after = apis
    for name in _OF_HOSTS:
        if getattr(before, name) != getattr(after, name):
            yield f"the versions differ in {name}, which is not compared"
    if before.cors != after.cors and any(way.destinations[0] != way.destinations[1] for way in ways):
        yield "the versions differ in cors and in where calls lead, and preflight requests are not compared there"
    if before.is_private and before.domains != after.domains:
        yield "the versions differ in private custom domains, which are not compared"
    described = {domain.name: domain for domain in before.domains}
    for domain in after.domains:
        was = described.get(domain.name, domain)
        for name in _OF_DOMAINS:
            if getattr(was, name) != getattr(domain, name):
                yield f"the versions differ in {name} of {domain.name}, which is not compared"


def _other_destinations(apis: Apis, ways: Iterable[HostCalls]) -> Iterator[str]:
    """Destinations that are not compared: other APIs, and stages with other variables that an authorizer reads."""
    before, after = apis
    stages = [(stage.name, stage.name) for stage in before.stages if stage.name in {each.name for each in after.stages}]
    for way in ways:
        was, is_now = way.destinations
        if isinstance(was, StagePath) and isinstance(is_now, StagePath):
            stages.append((was.stage, is_now.stage))
        for each in (was, is_now):
            if isinstance(each, LedElsewhere):
                yield f"in one version {each.reason}, whose answers are not known"
    if any(_variables(before, was) != _variables(after, is_now) for was, is_now in stages):
        yield "the versions differ in stage variables, which an authorizer reads"


def _variables(api: ApiDefinition, name: str) -> dict[str, str]:
    """The variables of a stage, if an authorizer reads one."""
    reads = any(map(reads_stage_variables, api.authorizers))
    return dict(next(stage.variables for stage in api.stages if stage.name == name)) if reads else {}
