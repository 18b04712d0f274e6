"""Preflight requests to two versions of an HTTP API that differ in CORS: which ones each version answers (GW-27)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowCombination, AllowedRequests
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.api_version import ApiVersion
from execpolicy.analysis.calls.call_arns import call_arns
from execpolicy.analysis.calls.route_access import ApiAccess, region
from execpolicy.analysis.calls.route_calls import RouteCalls, before_stage
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.values.text_pattern import ANY_TEXT, literal, sequence
from execpolicy.gateway.flow.preflight import is_answered
from execpolicy.gateway.model.route import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from execpolicy.analysis.space import Space
    from execpolicy.gateway.model.api_definition import ApiDefinition

#: What a browser sends with a preflight request.
PREFLIGHT_HEADERS: Mapping[str, str] = {
    "Origin": "https://shop.example.com",
    "Access-Control-Request-Method": "GET",
}
#: Stands for the answer to the calls that no route takes.
_ANSWERED = Route("OPTIONS", "/{proxy+}")


def preflights_of(api: ApiDefinition, stages: Iterable[str]) -> ArnRegion:
    """The ARNs of preflight requests to some stages."""
    path = sequence(literal("/"), ANY_TEXT)
    return ArnRegion("preflight requests", call_arns(before_stage(api), stages, ["OPTIONS"], path))


class PreflightAccess(ApiAccess):
    """When an API with CORS lets preflight requests through or answers them itself."""

    def of_route(self, calls: RouteCalls, space: Space) -> AllowedRequests:
        """As for ApiAccess; a request that CORS answers is let through, whoever sends it."""
        if not is_answered(self.api, None if calls.route is _ANSWERED else calls.route):
            return super().of_route(calls, space)
        reached = region(calls, space)
        limits = None if reached is None else intersection(space.everything, reached)
        return AllowedRequests((), () if limits is None else (AllowCombination(limits, (), "anybody"),))


class PreflightVersion(ApiVersion):
    """A version of an API as preflight requests reach it.

    Args:
        api: the version.
        preflights: all preflight requests that are meant.
    """

    def __init__(self, api: ApiDefinition, preflights: ArnRegion) -> None:
        super().__init__(api)
        if api.cors:
            self.access = PreflightAccess(api, None)
            others = RouteCalls(_ANSWERED, preflights, tuple(each.matching for each in self.routes))
            self.routes = (*self.routes, others)
