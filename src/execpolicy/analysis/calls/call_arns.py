"""The ARNs of calls: by method, by a path that people write, and by the path of a route (GW-1, GW-26, INV-2).

A path stands in the ARN as it is sent (GW-4), and API Gateway compares the literal text of a route with decoded text.
The calls of a route are meant to have its literal text unencoded: what is analysed takes that for granted.
"""

from __future__ import annotations

import string
from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.budget import BudgetExceededError
from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.invariants.path_pattern import ANY_SEGMENTS, ONE_SEGMENT
from execpolicy.analysis.values.characters import ANY_CHARACTER, none_of, one_of
from execpolicy.analysis.values.text_pattern import ANY_TEXT, either, literal, repeated, sequence, single
from execpolicy.gateway.model.route_path import GREEDY, STATIC, Segment, route_segments

if TYPE_CHECKING:
    from execpolicy.analysis.invariants.path_pattern import PathPattern
    from execpolicy.analysis.values.text_pattern import TextPattern

_NO_SLASH = none_of("/")
_SLASHES = either([literal(""), repeated(one_of("/"), at_least=1)])
_SEGMENT = repeated(_NO_SLASH, at_least=1)
#: A call has its method in upper case (GW-5); names that do not exist are not known to API Gateway either.
_METHOD = repeated(one_of(string.ascii_uppercase), at_least=1)
_FIELD = repeated(none_of(":"))

#: The methods of calls to connections, and the ids: one segment, which is no second ``@connections``.
_METHODS_OF_CONNECTIONS = ("DELETE", "GET", "POST")
_CONNECTION = sequence(single(none_of("/@%?")), repeated(none_of("/?")))

#: A pattern with so many ``**`` has 256 alternatives.
_MOST_ANY_SEGMENTS = 8

#: The texts of ids of APIs.
_ID = repeated(none_of(":/"), at_least=1)


def apis_before_stage(
    partition: TextPattern = _FIELD, account: TextPattern = _FIELD, api_id: TextPattern = _ID
) -> TextPattern:
    """The beginning of the ARN of a call to some APIs, up to the slash before the stage."""
    return sequence(
        *(literal("arn:"), partition, literal(":execute-api:"), _FIELD, literal(":"), account, literal(":")),
        *(api_id, literal("/")),
    )


#: The same for an API of any account.
ANY_API_BEFORE_STAGE = apis_before_stage()


def call_arns(
    before_stage: TextPattern, stages: Iterable[str], methods: Iterable[str], path: TextPattern
) -> TextPattern:
    """The ARNs of calls with these methods and paths.

    Args:
        before_stage: the beginning of the ARN, up to the slash before the stage.
        stages: the names of stages; none for any stage.
        methods: the methods; none for any method.
        path: the path, with its first slash.
    """
    stage, method = _any_of(stages, _SEGMENT), _any_of(methods, _METHOD)
    return sequence(before_stage, stage, literal("/"), method, path)


def connect_arns(before_stage: TextPattern, stages: Iterable[str]) -> TextPattern:
    """The ARNs of the route ``$connect`` of a WebSocket API on some stages; none for any stage (GW-1)."""
    return sequence(before_stage, _any_of(stages, _SEGMENT), literal(f"/{CONNECT}"))


def connection_arns(before_stage: TextPattern, stages: Iterable[str]) -> TextPattern:
    """The ARNs of calls to connections of a WebSocket API on some stages; none for any stage (GW-1)."""
    return call_arns(before_stage, stages, _METHODS_OF_CONNECTIONS, sequence(literal("/@connections/"), _CONNECTION))


def _any_of(names: Iterable[str], otherwise: TextPattern) -> TextPattern:
    """One of some names; anything of a form if there are none."""
    return either(map(literal, names)) if (names := tuple(names)) else otherwise


def paths_of_people(pattern: PathPattern) -> TextPattern:
    """The paths of a pattern in which ``*`` is one segment, and ``**`` any number of them (INV-2).

    Raises BudgetExceededError: it has too many ``**``, each of which doubles the number of alternatives.
    """
    several = pattern.segments.count(ANY_SEGMENTS)
    if several > _MOST_ANY_SEGMENTS:
        raise BudgetExceededError(f"a path with {several} times ** is divided")
    if pattern.segments == (ANY_SEGMENTS,):
        return sequence(literal("/"), ANY_TEXT)  # every path begins with a slash
    whole = literal("")
    for segment in pattern.segments:
        if segment == ANY_SEGMENTS:
            whole = sequence(whole, either([literal(""), sequence(literal("/"), ANY_TEXT)]))
        else:
            whole = sequence(whole, literal("/"), _SEGMENT if segment == ONE_SEGMENT else literal(segment))
    return whole if pattern.segments else literal("/")


def paths_of_route(path: str, *, trailing_slashes: bool) -> TextPattern:
    """The paths that match the path of a route, with its literal text as it is.

    Args:
        path: the path of the route, such as ``/orders/{id}``.
        trailing_slashes: whether slashes at the end do not count, as in REST APIs.
    """
    whole = literal("")
    segments = route_segments(path)
    for segment in segments:
        whole = sequence(whole, literal("/"), _of_segment(segment, trailing_slashes=trailing_slashes))
    if not trailing_slashes and len(segments) == 1 and segments[0].kind == GREEDY:
        return sequence(literal("/"), single(ANY_CHARACTER), ANY_TEXT)  # the root path has no segment
    if whole == literal(""):
        whole = literal("/")
    return sequence(whole, _SLASHES) if trailing_slashes else whole


def _of_segment(segment: Segment, *, trailing_slashes: bool) -> TextPattern:
    if segment.kind == GREEDY:
        # Without the slashes at the end, it is not empty.
        return sequence(repeated(one_of("/")), single(_NO_SLASH), ANY_TEXT) if trailing_slashes else ANY_TEXT
    return literal(segment.text) if segment.kind == STATIC else _SEGMENT
