"""The routes of an API, ready to be found: those that say most first (GW-26)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, STATIC, Segment, declared, values_of

ANY = "ANY"

#: What decides between routes that match, the smallest first: greedy (HTTP APIs), segment by segment, ANY.
Rank = tuple[bool, tuple[int, ...], bool]

#: Routes in the order of their ranks, each with its place in it, the segments of its path, and how many a path that
#: matches has: 0 for any number.
RankedRoutes = list[tuple[int, Route, tuple[Segment, ...], int]]

#: A route that matches, its place, and what the placeholders of its path stand for.
_FoundRoute = tuple[int, Route, dict[str, str]]


class RouteMatch(NamedTuple):
    """The route that a call finds, and what the placeholders of its path stand for.

    Values are as sent for REST APIs, and with percent-encoding undone for HTTP APIs, as API Gateway passes them on.
    """

    route: Route
    parameters: dict[str, str]


class _RoutesOfMethod(NamedTuple):
    """The routes of one verb: by the text of their first segment, and those whose first is a placeholder, or is not."""

    by_first: dict[str, RankedRoutes]
    open: RankedRoutes


class RouteTable:
    """Routes with paths, by method and first segment; the route keys of WebSocket APIs have none.

    >>> table = RouteTable(ApiType.REST, [Route("ANY", "/{proxy+}"), Route("GET", "/pets/{id}")])
    >>> table.find("GET", ["pets", "7"]).route.key
    'GET /pets/{id}'
    """

    __slots__ = ("_by_verb", "_decodes", "_of_any")

    def __init__(self, api_type: ApiType, routes: Iterable[Route]) -> None:
        self._decodes = api_type is ApiType.HTTP
        self._by_verb: dict[str, _RoutesOfMethod] = {}
        with_path = [route for route in routes if route.path.startswith("/")]
        # Routes of one rank stay in their order.
        for place, route in enumerate(sorted(with_path, key=lambda route: _rank(api_type, route))):
            segments = declared(route.path)
            of_verb = self._by_verb.setdefault(route.method, _RoutesOfMethod({}, []))
            literal = segments and segments[0].kind == STATIC
            ranked = of_verb.by_first.setdefault(segments[0].text, []) if literal else of_verb.open
            greedy = any(segment.kind == GREEDY for segment in segments)
            ranked.append((place, route, segments, 0 if greedy else len(segments)))
        self._of_any = self._by_verb.get(ANY)

    def find(self, method: str, sent: list[str]) -> RouteMatch | None:
        """The route for a verb and the segments of a path that is sent: of those that match, the first by rank."""
        first = sent[0] if sent else ""
        if "%" in first:
            first = decoded(first)
        best: _FoundRoute | None = None
        for of_verb in (self._by_verb.get(method), self._of_any):
            if of_verb is not None:
                for ranked in (of_verb.by_first.get(first), of_verb.open):
                    if ranked and (best is None or ranked[0][0] < best[0]):
                        best = _sooner(ranked, sent, best)
        if best is None:
            return None
        _, route, parameters = best
        if self._decodes:
            parameters = {name: decoded(value) for name, value in parameters.items()}
        return RouteMatch(route, parameters)


def _sooner(ranked: RankedRoutes, sent: list[str], best: _FoundRoute | None) -> _FoundRoute | None:
    """The first of these routes that matches, unless the best so far comes before it."""
    given = len(sent)
    for place, route, segments, length in ranked:
        if best is not None and place > best[0]:
            break
        if length and length != given:
            continue
        values = values_of(segments, sent)
        if values is not None:
            return place, route, values
    return best


def _rank(api_type: ApiType, route: Route) -> Rank:
    kinds = tuple(segment.kind for segment in declared(route.path))
    return api_type is ApiType.HTTP and GREEDY in kinds, kinds, route.method == ANY
