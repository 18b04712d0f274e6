"""Placeholders of different names for one segment: which route is taken would depend on the order of routes (GW-26)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, STATIC, declared, split

#: What to do about them.
ONE_NAME = "give the placeholder one name in all routes"


class Placeholders:
    """The placeholders of an API's routes.

    Of a REST API one resource has one path variable below it: AWS refuses a sibling of another name. Two routes of an
    HTTP API with one method differ in more than the names of placeholders.

    >>> placeholders = Placeholders(ApiType.REST)
    >>> placeholders.add(Route("GET", "/{a}"))
    >>> placeholders.add(Route("POST", "/{b}/c"))
    'POST /{b}/c has {b} where GET /{a} has {a}'
    """

    def __init__(self, api_type: ApiType) -> None:
        self._places = _siblings if api_type is ApiType.REST else _whole
        #: The placeholders at each place, and the route that has them.
        self._known: dict[tuple[str, ...], tuple[str, str]] = {}

    def add(self, route: Route) -> str | None:
        """Why a route cannot stand beside those before it; None where it can."""
        if not route.path.startswith("/"):
            return None
        for place, names in self._places(route):
            known, key = self._known.setdefault(place, (names, route.key))
            if known != names:
                return f"{route.key} has {names} where {key} has {known}"
        return None


def _siblings(route: Route) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each placeholder, with the resource above it."""
    written = split(route.path)
    for index, segment in enumerate(declared(route.path)):
        if segment.kind != STATIC:
            yield (*written[:index], _shape(segment.kind, "")), written[index]


def _whole(route: Route) -> Iterator[tuple[tuple[str, ...], str]]:
    """All placeholders of a path, with its method and shape."""
    segments, written = declared(route.path), split(route.path)
    names = [text for segment, text in zip(segments, written, strict=True) if segment.kind != STATIC]
    yield (route.method, *(_shape(*segment) for segment in segments)), " and ".join(names)


def _shape(kind: int, text: str) -> str:
    return text if kind == STATIC else "{+}" if kind == GREEDY else "{}"
