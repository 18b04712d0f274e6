"""Divides the paths of calls into classes: those that take the same routes and match the same patterns (LOG-8)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.matched_patterns import MatchedPatterns
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.gateway.flow.routing import find_route, parse_own_host
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.language.arn import index_after_api
from execpolicy.loaders.call_destination import DescribedCall, find_destination
from execpolicy.loaders.read_call import PathStart

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.resource_entry import ResourceEntry
    from execpolicy.gateway.authorizers.incoming_call import SentValues
    from execpolicy.language.glob import Tokens

#: A path that is sent as it is: no escape, no slash twice or at the end, and short enough for each limit.
_PLAIN_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*+){1,20}+")
_LONGEST_PATH: Final = 300
#: The most results that are kept.
_MOST_KEPT: Final = 500_000


class LoggedPath(NamedTuple):
    """What a log says of where a call goes; the attributes are those of ``Call``."""

    method: str | None
    host: str | None
    path: str | None
    route: str | None
    stage: str | None
    is_websocket: bool = False
    path_start: PathStart = PathStart.HOST
    headers: Mapping[str, SentValues] | None = None


class _Reached(NamedTuple):
    """Where paths lead that begin with one segment: the stage, and whether that segment is its name."""

    stage: str
    names_stage: bool


class PathClasses:
    """Finds the class of method, path, stage and host.

    Args:
        versions: the versions of the API.
        clauses: the clauses of all policies that can decide.
    """

    def __init__(self, versions: Sequence[Api], clauses: Iterable[Clause]) -> None:
        self._versions = versions
        of_resources = [each for each in clauses if isinstance(each, ResourceClause)]
        self._is_whole = any(map(_is_joined, of_resources)) or any(
            each.has_variants or each.unknown_parts for each in versions
        )
        entries = [entry for clause in of_resources for entry in clause.entries if entry.fixed is not None]
        whole, short = (dict.fromkeys(_patterns(entries, short=is_short)) for is_short in (False, True))
        self._patterns = MatchedPatterns(whole, short)
        #: For each version the first one that has the same routes.
        self._same_routes = [_first_with_routes(versions, each) for each in versions]
        self._known: dict[Hashable, Hashable] = {}
        self._reached: dict[Hashable, _Reached | None] = {}
        #: The states after the beginnings of ARNs, by version, stage and method.
        self._begun: dict[Hashable, int] = {}

    def of(self, call: DescribedCall) -> Hashable:
        """The class of a call; the values themselves, if other values may differ.

        Args:
            call: the call.
        """
        whole = (call.method, call.host, call.path, call.path_start, call.route, call.stage, call.is_websocket)
        found = self._known.get(whole)
        if found is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            found = self._class(call)
            self._known[whole] = found = whole if found is None else found
        return found

    def _class(self, call: DescribedCall) -> Hashable | None:
        """The class of a path with the usual form; None for any other."""
        path = call.path or ""
        if self._is_whole or call.is_websocket or len(path) > _LONGEST_PATH or _PLAIN_PATH.fullmatch(path) is None:
            return None
        parts: list[Hashable] = []
        known: dict[Hashable, Hashable] = {}
        try:
            for number, api in enumerate(self._versions):
                reached = self._reached_in(number, api, call, path)
                if reached is None:
                    return None
                after_stage = (path[path.find("/", 1) :] if "/" in path[1:] else "/") if reached.names_stage else path
                begun = self._begun_arn(number, api, reached, call)
                # What is found in one version holds in another with the same routes and the same ARN.
                same = (self._same_routes[number], begun, reached)
                part = known.get(same)
                if part is None:
                    # It refuses a method that cannot be sent.
                    match = find_route(api, call.method or "", after_stage)
                    if after_stage.startswith("/@"):
                        return None
                    route = None if match is None else match.route.key
                    known[same] = part = (reached.stage, route, self._patterns.of(after_stage, begun))
                parts.append(part)
        except ExecPolicyError:
            return None
        # The route that the text names decides nothing but where the path leads, which is found.
        return (call.method, call.host, *parts)

    def _reached_in(self, number: int, api: Api, call: DescribedCall, path: str) -> _Reached | None:
        if api.domains:
            return _reached(api, call, path)
        begins = (number, call.host, call.stage, path[1:].partition("/")[0])
        if begins not in self._reached:
            if len(self._reached) >= _MOST_KEPT:
                self._reached.clear()
            self._reached[begins] = _reached(api, call, path)
        return self._reached[begins]

    def _begun_arn(self, number: int, api: Api, reached: _Reached, call: DescribedCall) -> int:
        """The state after the beginning of the ARN of a call, up to its path."""
        method = call.method or ""
        key = (number, reached.stage, method)
        begun = self._begun.get(key)
        if begun is None:
            if len(self._begun) >= _MOST_KEPT:
                self._begun.clear()
            stage = next(each for each in api.stages if each.name == reached.stage)
            arn = arn_of_call(api, stage, method, "")
            self._begun[key] = begun = self._patterns.begun(arn, index_after_api(arn))
        return begun


def _first_with_routes(versions: Sequence[Api], api: Api) -> int:
    """The number of the first version with the routes of another one."""
    shown = (api.type, api.routes, api.readings)
    return next(number for number, each in enumerate(versions) if (each.type, each.routes, each.readings) == shown)


def _patterns(entries: Iterable[ResourceEntry], *, short: bool) -> Iterator[Tokens]:
    for entry in entries:
        if entry.short is short:
            yield from (pattern for pattern, _ in entry.fixed or ())


def _reached(api: Api, call: DescribedCall, path: str) -> _Reached | None:
    """Where a path leads; None if that depends on more than the segment that it begins with."""
    at = find_destination(call, api)
    if at.after_stage is None or (at.host is not None and parse_own_host(at.host.lower()) is None):
        return None
    names_stage = len(at.after_stage) < len(path)
    first = path[1:].partition("/")[0]
    if names_stage and at.after_stage != (path[len(first) + 1 :] or "/"):
        return None
    stage = at.stage if at.stage is not None else first if names_stage else DEFAULT_STAGE
    return _Reached(stage, names_stage)


def _is_joined(clause: ResourceClause) -> bool:
    """Whether a variable or a value that is not known stands in the patterns of a clause."""
    return bool(clause.keys()) or any(entry.template.unknown for entry in clause.entries)
