"""Compares two versions of an API: each route through API Gateway's flow, by its authorization (ANA-5, GW-25)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowedRequests, newly_allowed
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.api_version import ASSUMPTIONS, ApiVersion, not_compared, shared_stages, space_of
from execpolicy.analysis.calls.call_witness import confirmed_call
from execpolicy.analysis.calls.claimed_calls import ApiNames
from execpolicy.analysis.calls.route_access import region
from execpolicy.analysis.calls.route_calls import before_stage
from execpolicy.analysis.calls.within import Within
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.analysis.difference import difference
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.calls.route_calls import RouteCalls
    from execpolicy.analysis.space import Space
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: The parts of an API that decide about its host and the calls that it answers before any route: they must be equal on
#: both sides.
_OF_HOSTS = (
    *("disable_execute_api_endpoint", "domains", "endpoint", "readings", "endpoint_access_mode"),
    *("cors", "ip_address_type"),
)

#: The stage whose name is not in paths: the first segment of a path may be the name of another stage.
_WITHOUT_NAME = "$default"


def compare_apis(
    before: ApiDefinition, after: ApiDefinition, budget: Budget, *, within: str | None = None
) -> Comparison:
    """Compare two versions of an API.

    Raises:
        UsageError: they are not versions of one API.
        BudgetExceededError: the space has too many values.
    """
    _check_same_api(before, after)
    reasons = [*not_compared(before), *not_compared(after), *_other_hosts(before, after)]
    if reasons:
        unknown = Difference(unknown=tuple(dict.fromkeys(reasons)))
        return Comparison(unknown, unknown, ASSUMPTIONS)
    versions = ApiVersion(before), ApiVersion(after)
    limits = Within(within, ApiNames(after.account, after.partition, before_stage(after)))
    space = space_of(versions, budget, limits.statements(), limits.regions)
    old, new = versions
    confirm = partial(confirmed_call, before=before, after=after)
    laxer, stricter = (
        difference(
            _newly_allowed(*sides, space, limits, budget), space, partial(confirm, allowed_after=allowed_after), budget
        )
        for sides, allowed_after in (((old, new), True), ((new, old), False))
    )
    # A stage that is added lets calls in, and shuts none out.
    return Comparison(_with_stages(laxer, before, after), _with_stages(stricter, after, before), ASSUMPTIONS)


def _with_stages(found: Difference, before: ApiDefinition, after: ApiDefinition) -> Difference:
    """What is found in one direction, and that calls to the stages which only one version has are not known."""
    others = {stage.name for stage in after.stages} - {stage.name for stage in before.stages}
    if not others:
        return found
    reason = f"only one version has the stage {listed(sorted(others), 'and')}, whose calls are not compared"
    return found._replace(unknown=(*found.unknown, reason))


def _newly_allowed(
    before: ApiVersion, after: ApiVersion, space: Space, limits: Within, budget: Budget
) -> Iterator[Iterator[Box]]:
    """The calls that get through after a change and did not before, by the routes that they reach."""
    old: list[tuple[Box | None, RouteCalls | None]] = [(region(each, space), each) for each in before.routes]
    old.append((before.no_route(space), None))
    for calls in after.routes:
        reached = region(calls, space)
        if reached is None:
            continue
        now = after.access.of_route(calls, space)
        for of_old, old_calls in old:
            both = None if of_old is None else intersection(reached, of_old)
            if both is None:
                continue
            shared = intersection(space.everything, both)
            was = AllowedRequests((), ()) if old_calls is None else before.access.of_route(old_calls, space)
            for box in () if shared is None else limits.boxes(shared, space, budget):
                yield from newly_allowed(box, space.impossible, was, now, budget)


def _check_same_api(before: ApiDefinition, after: ApiDefinition) -> None:
    for name in ("id", "account", "region", "type"):
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            raise UsageError(
                f"the {name} of the API is {was} before and {is_now} after",
                advice="compare two versions of one API; account, region and api_id give what a template does not say",
            )


def _other_hosts(before: ApiDefinition, after: ApiDefinition) -> Iterator[str]:
    """Parts about hosts that differ: whether they open or close the API is not found."""
    for name in _OF_HOSTS:
        if getattr(before, name) != getattr(after, name):
            yield f"the versions differ in {name}, which is not compared"
    was, is_now = ({stage.name for stage in api.stages} for api in (before, after))
    if not shared_stages([before, after]):
        yield "the versions have no stage in common"
    elif was != is_now and _WITHOUT_NAME in was | is_now:
        others = listed(sorted(was ^ is_now), "and")
        yield f"only one version has the stage {others}, and {_WITHOUT_NAME} has the calls of stages that are not there"
    if _variables(before) != _variables(after):
        yield "the versions differ in stage variables, which an authorizer reads"


def _variables(api: ApiDefinition) -> list[tuple[str, dict[str, str]]]:
    """The variables of stages, if an identity source reads one (AUT-4)."""
    reads = any("stageVariables." in source for each in api.authorizers for source in each.identity_sources)
    return [(stage.name, dict(stage.variables)) for stage in api.stages] if reads else []
