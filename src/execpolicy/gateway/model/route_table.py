"""The routes of an API, indexed by method and path, the most specific first (GW-26)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, STATIC, Segment, placeholder_values, route_segments

ANY = "ANY"

#: A route's rank; the matching route with the smallest rank is chosen. Compared in this order: whether it is greedy
#: (HTTP APIs only), the kinds of its segments, whether its method is ANY.
Rank = tuple[bool, tuple[int, ...], bool]

#: Routes in the order of their ranks, each with its index, the segments of its path, and the number of segments of a
#: matching path: 0 for any number.
RankedRoutes = list[tuple[int, Route, tuple[Segment, ...], int]]

#: The index of a matching route, the route, and the values of its placeholders.
_FoundRoute = tuple[int, Route, dict[str, str]]


class RouteMatch(NamedTuple):
    """The route that a call matches, and the values of the placeholders of its path.

    Values are as sent for REST APIs and percent-decoded for HTTP APIs, as API Gateway passes them on.
    """

    route: Route
    parameters: dict[str, str]


class _RoutesOfMethod(NamedTuple):
    """The routes of one method: by their first segment if it is literal, and all others."""

    by_first: dict[str, RankedRoutes]
    others: RankedRoutes


class RouteTable:
    """Routes with paths, by method and first segment; the route keys of WebSocket APIs have no path and are left out.

    >>> table = RouteTable(ApiType.REST, [Route("ANY", "/{proxy+}"), Route("GET", "/pets/{id}")])
    >>> table.find("GET", ["pets", "7"]).route.key
    'GET /pets/{id}'
    """

    __slots__ = ("_by_verb", "_decodes", "_of_any")

    def __init__(self, api_type: ApiType, routes: Iterable[Route]) -> None:
        self._decodes = api_type is ApiType.HTTP
        self._by_verb: dict[str, _RoutesOfMethod] = {}
        with_path = [route for route in routes if route.path.startswith("/")]
        # Routes of equal rank keep their order.
        for place, route in enumerate(sorted(with_path, key=lambda route: rank_of(api_type, route))):
            segments = route_segments(route.path)
            of_verb = self._by_verb.setdefault(route.method, _RoutesOfMethod({}, []))
            literal = segments and segments[0].kind == STATIC
            ranked = of_verb.by_first.setdefault(segments[0].text, []) if literal else of_verb.others
            greedy = any(segment.kind == GREEDY for segment in segments)
            ranked.append((place, route, segments, 0 if greedy else len(segments)))
        self._of_any = self._by_verb.get(ANY)

    def find(self, method: str, sent: list[str]) -> RouteMatch | None:
        """The matching route of the lowest rank for a method and the segments of a path."""
        best = self._best(method, sent)
        if best is None:
            return None
        _, route, parameters = best
        if self._decodes:
            parameters = {name: decoded(value) for name, value in parameters.items()}
        return RouteMatch(route, parameters)

    def route(self, method: str, sent: list[str]) -> Route | None:
        """As ``find``, without the values of placeholders."""
        best = self._best(method, sent)
        return None if best is None else best[1]

    def _best(self, method: str, sent: list[str]) -> _FoundRoute | None:
        first = sent[0] if sent else ""
        if "%" in first:
            first = decoded(first)
        best: _FoundRoute | None = None
        for of_verb in (self._by_verb.get(method), self._of_any):
            if of_verb is not None:
                for ranked in (of_verb.by_first.get(first), of_verb.others):
                    if ranked and (best is None or ranked[0][0] < best[0]):
                        best = _lower_ranked(ranked, sent, best)
        return best


def _lower_ranked(ranked: RankedRoutes, sent: list[str], best: _FoundRoute | None) -> _FoundRoute | None:
    """The first of these routes that matches, or the best one so far if it has a lower rank."""
    length_of_path = len(sent)
    for place, route, segments, length in ranked:
        if best is not None and place > best[0]:
            break
        if length and length != length_of_path:
            continue
        values = placeholder_values(segments, sent)
        if values is not None:
            return place, route, values
    return best


def rank_of(api_type: ApiType, route: Route) -> Rank:
    """The rank of a route with a path: of all routes that match a call, that of the smallest rank is chosen."""
    kinds = tuple(segment.kind for segment in route_segments(route.path))
    return api_type is ApiType.HTTP and GREEDY in kinds, kinds, route.method == ANY
