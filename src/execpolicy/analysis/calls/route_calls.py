"""The calls that reach each route of an API, as regions of ARNs (GW-26)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.calls.call_arns import call_arns, connect_arns, connection_arns, paths_of_route
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.values.text_pattern import ANY_TEXT, either, literal, sequence
from execpolicy.gateway.flow.call_arn import CONNECTIONS
from execpolicy.gateway.flow.invoke import route_of_connections
from execpolicy.gateway.flow.routing import CONNECT, find_route
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_table import ANY, rank_of

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.route import Route

_DEFAULT = "$default"
_ANY_PATH = sequence(literal("/"), ANY_TEXT)


class RouteCalls(NamedTuple):
    """A route with the calls that match it; those in ``better`` match a route of a better rank, and do not reach it."""

    route: Route
    matching: ArnRegion
    better: tuple[ArnRegion, ...]


def calls_of_routes(api: ApiDefinition) -> tuple[RouteCalls, ...]:
    """The routes of an API, the best rank first; of a WebSocket API those that are authorized."""
    if api.type is ApiType.WEBSOCKET:
        return _calls_of_socket(api)
    found: list[RouteCalls] = []
    with_path = [route for route in api.routes if route.path.startswith("/")]
    defaults = [route for route in api.routes if _DEFAULT in (route.method, route.path)]
    for route in (*sorted(with_path, key=lambda each: rank_of(api.type, each)), *defaults[:1]):
        better = tuple(each.matching for each in found if _share_methods(each.route, route))
        found.append(RouteCalls(route, _region(api, route), better))
    return tuple(found)


def _calls_of_socket(api: ApiDefinition) -> tuple[RouteCalls, ...]:
    """The calls that open connections, and those to connections (GW-21)."""
    before, stages = before_stage(api), [stage.name for stage in api.stages]
    match = find_route(api, CONNECT, "")
    assert match is not None, "an API without this route accepts every connection"
    connect = ArnRegion(CONNECT, connect_arns(before, stages))
    connections = ArnRegion(CONNECTIONS, connection_arns(before, stages))
    return RouteCalls(match.route, connect, ()), RouteCalls(route_of_connections(), connections, ())


def _share_methods(one: Route, other: Route) -> bool:
    return one.method == other.method or not {one.method, other.method}.isdisjoint((ANY, _DEFAULT))


def calls_of_api(api: ApiDefinition, stages: Iterable[str]) -> ArnRegion:
    """All calls to some stages of an API, whether they reach a route or not."""
    name = f"calls to {api.id}"
    if api.type is ApiType.WEBSOCKET:
        stages, before = list(stages), before_stage(api)
        return ArnRegion(name, either([connect_arns(before, stages), connection_arns(before, stages)]))
    return ArnRegion(name, call_arns(before_stage(api), stages, (), _ANY_PATH))


def _region(api: ApiDefinition, route: Route) -> ArnRegion:
    methods = () if route.method in (ANY, _DEFAULT) else (route.method,)
    pattern = call_arns(before_stage(api), (stage.name for stage in api.stages), methods, _paths(api, route))
    return ArnRegion(route.key, pattern)


def before_stage(api: ApiDefinition) -> TextPattern:
    """The beginning of the ARN of a call to an API, up to the stage, as a pattern."""
    return literal(arn_before_stage(api))


def arn_before_stage(api: ApiDefinition) -> str:
    """The beginning of the ARN of a call to an API, up to the slash before the stage."""
    stage = api.stages[0].name
    return api.tables.arn_prefixes[stage].removesuffix(f"{stage}/")


def _paths(api: ApiDefinition, route: Route) -> TextPattern:
    if not route.path.startswith("/"):
        return _ANY_PATH
    return paths_of_route(route.path, trailing_slashes=api.type is ApiType.REST)
