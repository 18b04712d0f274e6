"""A call to each route of an API, with a sample value for each parameter of its path (GW-26)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count, islice, product
from typing import Final, NamedTuple

from execpolicy.analysis.dimensions.resource_examples import METHODS
from execpolicy.gateway.flow.routing import DEFAULT, find_route
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, STATIC, Segment, route_segments
from execpolicy.gateway.model.route_table import ANY

#: The most values that are tried for the parameters of a path, until the call reaches its route.
_MOST_VALUES: Final = 10
#: The characters that a path has as they are, besides letters and digits.
_UNENCODED: Final = "-._~!$&'()*+,;=:@"
#: The numbers of segments that are tried for a greedy parameter.
_LENGTHS: Final = (1, 2, 3, 4, 6, 8)


class SampleCall(NamedTuple):
    """A call to a route.

    Attributes:
        route: the key of the route.
        method: the method that is sent, or the route key of a WebSocket API.
        path: the path that is sent; empty for a WebSocket API.
        values: the sample values by the names of the parameters.
    """

    route: str
    method: str
    path: str
    values: tuple[tuple[str, str], ...] = ()


def sample_call(api: ApiDefinition, route: Route) -> SampleCall | None:
    """A call that reaches a route; None if each call that is tried reaches another one.

    A sample value is never the literal text of a route: the call would be one to another resource.

    >>> api = ApiDefinition(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders/{id}", "GET /orders/1"])
    >>> sample_call(api, api.routes[0]).path
    '/orders/2'
    """
    if api.type is ApiType.WEBSOCKET:
        return SampleCall(route.key, route.method, "")
    literal = {segment.text for each in api.routes for segment in route_segments(each.path) if segment.kind == STATIC}
    values = tuple(islice((text for text in map(str, count(1)) if text not in literal), _MOST_VALUES))
    for sample in _samples(route, values):
        found = find_route(api, sample.method, sample.path)
        if found is not None and found.route == route:
            return sample
    return None


def _samples(route: Route, values: Sequence[str]) -> Iterator[SampleCall]:
    """Calls that may reach a route, the simplest first."""
    is_default = DEFAULT in (route.method, route.path)
    methods = METHODS if is_default or route.method == ANY else (route.method,)
    paths = _paths(route_segments("/{proxy+}" if is_default else route.path), values)
    if is_default:
        paths = chain(paths, [("/", {})])
    for (path, sent), method in product(paths, methods):
        yield SampleCall(route.key, method, path, () if is_default else tuple(sent.items()))


def _paths(segments: tuple[Segment, ...], values: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Paths that may match segments, each with the values of the parameters."""
    kinds = {segment.kind for segment in segments}
    has_values = kinds - {STATIC}
    for length in _LENGTHS if GREEDY in kinds else (1,):
        for value in values if has_values else ("",):
            parts = [_sent(segment, value, length) for segment in segments]
            named = zip(segments, parts, strict=True)
            yield "/" + "/".join(parts), {each.text: part for each, part in named if each.kind != STATIC}


def _sent(segment: Segment, value: str, length: int) -> str:
    """A segment as it is sent: API Gateway compares the literal text with the decoded one."""
    if segment.kind == STATIC:
        from urllib.parse import quote  # it imports ipaddress

        return quote(segment.text, safe=_UNENCODED)
    return "/".join([value] * length) if segment.kind == GREEDY else value
