"""Placeholders with different names for one segment, which would make the order of routes matter (GW-26)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, STATIC, route_segments, split_path

#: Advice for such placeholders.
ONE_NAME = "give the placeholder one name in all routes"


class Placeholders:
    """The placeholders of the routes of an API.

    A resource of a REST API has one path variable below it: AWS refuses a sibling with another name. Two routes of an
    HTTP API with the same method must differ in more than the names of placeholders.

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
        """Why AWS refuses a route beside the previous ones; None if it accepts the route."""
        if not route.path.startswith("/"):
            return None
        for place, names in self._places(route):
            known, key = self._known.setdefault(place, (names, route.key))
            if known != names:
                return f"{route.key} has {names} where {key} has {known}"
        return None


def _siblings(route: Route) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each placeholder, with the resource above it."""
    written = split_path(route.path)
    for index, segment in enumerate(route_segments(route.path)):
        if segment.kind != STATIC:
            yield (*written[:index], _shape(segment.kind, "")), written[index]


def _whole(route: Route) -> Iterator[tuple[tuple[str, ...], str]]:
    """All placeholders of a path, with its method and shape."""
    segments, written = route_segments(route.path), split_path(route.path)
    names = [text for segment, text in zip(segments, written, strict=True) if segment.kind != STATIC]
    yield (route.method, *(_shape(*segment) for segment in segments)), " and ".join(names)


def _shape(kind: int, text: str) -> str:
    return text if kind == STATIC else "{+}" if kind == GREEDY else "{}"
