"""Who reaches the routes of the APIs of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from execpolicy.analysis.access import Access, AccessGroup
from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.who import who
from execpolicy.api import Api
from execpolicy.gateway.flow.routing import DEFAULT
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_path import GREEDY, STATIC, route_segments
from execpolicy.render.api_outline import route_rows
from execpolicy.render.report.model import ReportAccess, ReportGroup, ReportRoute

_EVERY = "/**"
#: The longest text that says who is in a group.
_LONGEST = 2000
#: Stands for all routes.
_ALL = ""


class RouteAccess:
    """Collects who reaches the routes of APIs.

    Args:
        budget: the steps of each search.
        progress: is called with what is worked on.
    """

    def __init__(self, budget: int | None, progress: Callable[[str], None]) -> None:
        self._budget, self._progress = budget, progress
        self.routes: list[ReportRoute] = []
        self.assumptions: dict[str, None] = {}
        self._groups: list[ReportGroup] = []
        self._nobody: list[tuple[int, str]] = []
        self._unknown: dict[str, None] = {}
        self._others = 0

    def add(self, number: int, name: str, api: Api) -> None:
        """Add an API with its number in the report.

        Raises:
            ExecPolicyError: it cannot be analysed.
        """
        self._progress(f"who reaches the routes of {name}")
        answers = self._answers(api)
        for access in answers.values():
            self._unknown.update(dict.fromkeys(access.unknown))
            self.assumptions.update(dict.fromkeys(access.assumptions))
            self._others += access.others
        groups = _merged([group for access in answers.values() for group in access.groups])
        self._groups += [_shown(number, group) for group in groups]
        reached = {route for group in groups for route in group.routes}
        is_open = {route for group in groups if group.is_anybody and not group.presented for route in group.routes}
        for key, asks in route_rows(api):
            # Who may open connections may send messages (GW-21).
            asked = CONNECT if api.type is ApiType.WEBSOCKET else key
            access = answers.get(asked) or answers[_ALL]
            is_known = not access.unknown and not access.others
            # For all routes at once, anonymous callers get through to some route.
            not_open = False if is_known or access.anonymous is False else None
            self.routes.append(ReportRoute(number, key, asks, True if asked in is_open else not_open))
            if is_known and asked not in reached:
                self._nobody.append((number, key))

    def _answers(self, api: Api) -> dict[str, Access]:
        """The answer for all routes at once; for each route by its key where that is not known or leaves out groups."""
        if api.type is ApiType.WEBSOCKET:
            return {_ALL: who(api, CONNECT, budget=self._budget)}
        found = who(api, "ANY", _EVERY, budget=self._budget)
        if not (found.others or found.unknown) or len(api.routes) == 1 or api.has_variants or api.unknown_parts:
            return {_ALL: found}
        patterns = {route.key: _pattern(route.method, route.path) for route in api.routes}
        answers = {pattern: who(api, *pattern, budget=self._budget) for pattern in dict.fromkeys(patterns.values())}
        return {key: answers[pattern] for key, pattern in patterns.items()}

    def access(self) -> ReportAccess:
        """Who reaches the routes."""
        return ReportAccess(tuple(self._groups), tuple(self._nobody), tuple(self._unknown), self._others)


def _pattern(method: str, path: str) -> tuple[str, str]:
    """The calls to a route, as ``who`` takes them."""
    if DEFAULT in (method, path):
        return "ANY", _EVERY
    segments = route_segments(path)
    marks = {STATIC: None, GREEDY: "**"}
    parts = [marks.get(each.kind, "*") or each.text for each in segments]
    return method, "/" + "/".join(parts)


def _merged(groups: Sequence[AccessGroup]) -> list[AccessGroup]:
    """Groups with equal words as one, in the order of the first."""
    found: dict[tuple[object, ...], list[AccessGroup]] = {}
    for group in groups:
        found.setdefault(group.words, []).append(group)
    return [first.with_other_routes(others) for first, *others in found.values()]


def _cut(text: str) -> str:
    """A text that a reader can take in: a condition may list thousands of values."""
    if len(text) <= _LONGEST:
        return text
    shown = text[:_LONGEST].rpartition(" ")[0]
    return f"{shown} … ({len(text) - len(shown)} more characters)"


def _shown(number: int, group: AccessGroup) -> ReportGroup:
    statements = []
    for each in group.statements:
        place = f":{each.span.line}:{each.span.column}" if each.span is not None else ""
        statements.append(f"{each.policy.name}{place} {each.sid or f'Statement[{each.statement.number}]'}")
    example = _cut(str(group.example).split("\n", 1)[0])
    return ReportGroup(number, _cut(str(group)), group.routes, tuple(statements), example)
