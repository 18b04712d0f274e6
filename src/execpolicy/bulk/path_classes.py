"""Divides the paths of calls into classes: those that take the same routes and match the same patterns (LOG-8)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.matched_patterns import REST, SEGMENT, AnyTokens, MatchedPatterns, PathPart, PatternState
from execpolicy.bulk.short_paths import short_segment
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.arn.parts import HTTP_VERBS
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_path import GREEDY, STATIC, route_segments
from execpolicy.gateway.model.route_table import ANY
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.language.arn import index_after_api
from execpolicy.language.glob import Tokens
from execpolicy.loaders.call_destination import DescribedCall, find_destination
from execpolicy.loaders.read_call import PathStart

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.resource_entry import ResourceEntry
    from execpolicy.gateway.authorizers.incoming_call import SentValues

#: A path that is sent as it is: no escape, no slash twice or at the end, and short enough for each limit.
PLAIN_PATH: Final = r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*){1,20}"
LONGEST_PATH: Final = 300
_PLAIN_PATH: Final = re.compile(PLAIN_PATH.replace("*)", "*+)") + "+")
#: The most results that are kept.
_MOST_KEPT: Final = 100_000
#: The groups of patterns: of the paths of routes, of whole ARNs, and of what follows the id of the API in them.
_OF_ROUTES, _WHOLE, _SHORT = range(3)


class LoggedPath(NamedTuple):
    """What a log says of where a call goes; the attributes are those of ``Call``."""

    method: str | None
    host: str | None
    path: str | None
    stage: str | None
    route: str | None = None
    is_websocket: bool = False
    path_start: PathStart = PathStart.HOST
    headers: Mapping[str, SentValues] | None = None


class _Reached(NamedTuple):
    """Where paths lead that begin with one segment: the stage, and whether that segment is its name."""

    stage: str
    names_stage: bool


class _Begun(NamedTuple):
    """What all paths share that begin with one segment.

    Attributes:
        stages: the stage in each version.
        names_stage: whether the segment is the name of the stage.
        state: the state of the patterns before the path after the stage.
    """

    stages: tuple[str, ...]
    names_stage: bool
    state: PatternState


class PathClasses:
    """Finds the classes of paths, which hold for every known method.

    Args:
        versions: the versions of the API.
        clauses: the clauses of all policies that can decide.
    """

    def __init__(self, versions: Sequence[Api], clauses: Iterable[Clause]) -> None:
        self._versions = versions
        of_resources = [each for each in clauses if isinstance(each, ResourceClause)]
        self._is_whole = (
            any(map(is_joined, of_resources))
            or any(each.has_variants or each.unknown_parts for each in versions)
            or any(each.type is ApiType.WEBSOCKET for each in versions)
        )
        entries = [entry for clause in of_resources for entry in clause.entries if entry.fixed is not None]
        whole, short = (dict.fromkeys(_patterns(entries, is_short=is_short)) for is_short in (False, True))
        paths = dict.fromkeys(route.path for api in versions for route in api.routes if route.path.startswith("/"))
        patterns: list[list[AnyTokens]] = [[_pattern_of_route(path) for path in paths], list(whole), list(short)]
        self._patterns = MatchedPatterns(patterns)
        domains = any(each.domains for each in versions)
        #: What finds all that is read of a segment of a plain path after the first one; None if more may be read.
        self.short_segment = None if self._is_whole or domains else short_segment(chain.from_iterable(patterns))
        of_routes = {route.method for api in versions for route in api.routes if route.path.startswith("/")}
        #: The methods for which classes hold.
        self.methods: frozenset[str] = frozenset({*HTTP_VERBS, *of_routes} - {ANY})
        self._begun: dict[Hashable, _Begun | None] = {}

    def of(self, call: DescribedCall) -> Hashable:
        """The class of where a call goes: its method, and the class of its path.

        Args:
            call: the call.
        """
        if call.method in self.methods and not call.is_websocket and call.path_start is PathStart.HOST:
            found = self.of_path(call.host, call.path, call.stage)
            if found is not None:
                # The route that the text names decides nothing but where the path leads, which is found.
                return (call.method, call.host, found)
        return (call.method, call.host, call.path, call.path_start, call.route, call.stage, call.is_websocket)

    def of_path(self, host: str | None, path: str | None, stage: str | None) -> Hashable | None:
        """The class of a path; None for one of an unusual form, which has to be decided by itself.

        Args:
            host: the host that was called; None if the log does not say it.
            path: the whole path.
            stage: the stage that the log says.
        """
        if path is None or self._is_whole or not is_plain_path(path):
            return None
        first, _, rest = path[1:].partition("/")
        begins = (host, stage, first)
        begun = self._begun[begins] if begins in self._begun else self._new_begun(host, path, stage, begins)
        if begun is None or rest.startswith("@") or first.startswith("@"):
            return None
        after_stage = f"/{rest}" if begun.names_stage else path
        return (begun.stages, self._patterns.after(after_stage, begun.state).found)

    def _new_begun(self, host: str | None, path: str, stage: str | None, begins: Hashable) -> _Begun | None:
        if len(self._begun) >= _MOST_KEPT:
            self._begun.clear()
        found = self._begin(LoggedPath("GET", host, path, stage))
        # With custom domains a path can be one after a base path of several segments.
        if not any(each.domains for each in self._versions):
            self._begun[begins] = found
        return found

    def _begin(self, call: LoggedPath) -> _Begun | None:
        """What a path begins with, if it leads to the same place in all versions, apart from the stage's name."""
        try:
            reached = [_reached(api, call) for api in self._versions]
        except ExecPolicyError:
            return None
        found = [each for each in reached if each is not None]
        if len(found) < len(reached) or len({each.names_stage for each in found}) > 1:
            return None
        # The routes do not depend on the method, and each method has an ARN of its own.
        beginnings: dict[int, None] = {self._patterns.first(_OF_ROUTES): None}
        for api, each in zip(self._versions, found, strict=True):
            stage = next(stage for stage in api.stages if stage.name == each.stage)
            for method in sorted(self.methods):
                arn = arn_of_call(api, stage, method, "")
                beginnings[self._after_arn(arn)] = None
        return _Begun(tuple(each.stage for each in found), found[0].names_stage, self._patterns.state(beginnings))

    def _after_arn(self, arn: str) -> int:
        """The places of the patterns after the beginning of an ARN, up to the path."""
        whole, short = (self._patterns.state([self._patterns.first(each)]) for each in (_WHOLE, _SHORT))
        (of_whole,) = self._patterns.after(arn, whole).places
        (of_short,) = self._patterns.after(arn[index_after_api(arn) :], short).places
        return of_whole | of_short


def _patterns(entries: Iterable[ResourceEntry], *, is_short: bool) -> Iterator[Tokens]:
    for entry in entries:
        if entry.short is is_short:
            yield from (pattern for pattern, _ in entry.fixed or ())


def _pattern_of_route(path: str) -> AnyTokens:
    """The paths of a plain form that match the path of a route (GW-26)."""
    found: list[str | PathPart] = []
    for segment in route_segments(path):
        found += ["/", segment.text if segment.kind == STATIC else REST if segment.kind == GREEDY else SEGMENT]
    return tuple(found) or ("/",)


def _reached(api: Api, call: LoggedPath) -> _Reached | None:
    """Where a path leads; None if that depends on more than the segment that it begins with."""
    path = call.path or ""
    at = find_destination(call, api)
    if at.after_stage is None or (at.host is not None and parse_own_host(at.host.lower()) is None):
        return None
    names_stage = len(at.after_stage) < len(path)
    first, _, rest = path[1:].partition("/")
    if names_stage and at.after_stage != f"/{rest}":
        return None
    stage = at.stage if at.stage is not None else first if names_stage else DEFAULT_STAGE
    return _Reached(stage, names_stage)


def is_plain_path(path: str) -> bool:
    """Whether a path has the usual form, in which two paths differ by nothing but what patterns match.

    Args:
        path: the path as it is sent.
    """
    return len(path) <= LONGEST_PATH and _PLAIN_PATH.fullmatch(path) is not None


def is_joined(clause: ResourceClause) -> bool:
    """Whether a variable or a value that is not known stands in the patterns of a clause."""
    return bool(clause.keys()) or any(entry.template.unknown for entry in clause.entries)
