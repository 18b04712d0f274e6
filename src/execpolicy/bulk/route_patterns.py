"""Patterns of resources for the calls to a route, and the routes that a pattern covers (LOG-10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route_path import GREEDY, STATIC, VARIABLE, route_segments
from execpolicy.gateway.model.route_table import ANY as ANY_METHOD
from execpolicy.language.common_text import ANY_IN_NAME, have_a_text_in_common
from execpolicy.language.glob import ANY, matcher, tokens_of

if TYPE_CHECKING:
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.route import Route
    from execpolicy.language.common_text import NameTokens

#: The short form of a resource in a resource policy.
SHORT_FORM: Final = "execute-api:/"
_WILDCARDS: Final = "*?"
_VARIABLE_OF_POLICIES: Final = "${"
_OF_KINDS: Final = {VARIABLE: ANY_IN_NAME, GREEDY: ANY}


def pattern_of_route(route: Route, after_api: str) -> str:
    """The stage, the method and the path of the calls to a route as a pattern: each placeholder becomes ``*``.

    Args:
        route: the route.
        after_api: the same of one call to it, such as ``prod/GET/orders/7``.

    Returns:
        The pattern, such as ``prod/GET/orders/*``; for a route that takes all other calls ``prod/GET/*``. The part of
        the call itself, if the pattern does not match it: a call may write a path in another way than its route.
    """
    stage, _, rest = after_api.partition("/")
    method, slash, _ = rest.partition("/")
    if not slash:
        return after_api
    if not route.path.startswith("/"):
        return f"{stage}/{method}/*"
    segments = route_segments(route.path)
    path = "/".join(each.text if each.kind == STATIC else "*" for each in segments)
    is_literal = not any(char in each.text for each in segments if each.kind == STATIC for char in (*_WILDCARDS, "$"))
    pattern = f"{stage}/{method}/{path}"
    return pattern if is_literal and matcher(tokens_of(pattern))(after_api) else after_api


def contains(wide: str, narrow: str) -> bool:
    """Whether a pattern surely matches each text that another pattern matches.

    >>> contains("prod/GET/*", "prod/GET/orders/*"), contains("prod/GET/orders/?", "prod/GET/orders/*")
    (True, False)
    """
    if wide == narrow:
        return True
    if _VARIABLE_OF_POLICIES in wide or _VARIABLE_OF_POLICIES in narrow:
        return False
    if "?" in wide and any(char in narrow for char in _WILDCARDS):
        return False
    # A wildcard of the narrow pattern is a character here, which nothing but a star of the wide one matches.
    return matcher(tokens_of(wide))(narrow)


def without_contained(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns, each once, without those that another one contains."""
    kept: list[str] = []
    for one in dict.fromkeys(patterns):
        if not any(contains(other, one) for other in kept):
            kept = [*(other for other in kept if not contains(one, other)), one]
    return tuple(kept)


def covered_routes(api: ApiDefinition, pattern: str, routes: Iterable[str]) -> tuple[str, ...]:
    """The keys of the routes that a pattern covers, besides those that it is meant for.

    Args:
        api: the API.
        pattern: the stage, the method and the path, as ``pattern_of_route`` gives it.
        routes: the keys of the routes that it is meant for.
    """
    if "*" not in pattern or api.type is ApiType.WEBSOCKET:
        return ()
    meant = set(routes)
    _, _, called = pattern.partition("/")
    found = (each.key for each in api.routes if each.key not in meant and _is_covered(each, tokens_of(called)))
    return tuple(dict.fromkeys(found))


def _is_covered(route: Route, pattern: NameTokens) -> bool:
    method: str | object = ANY_IN_NAME if route.method == ANY_METHOD else route.method
    tokens: list[object] = [method]
    if route.path.startswith("/"):
        for segment in route_segments(route.path):
            tokens += ["/", segment.text if segment.kind == STATIC else _OF_KINDS[segment.kind]]
    else:
        tokens = [ANY]
    if len(tokens) == 1 and route.path == "/":
        tokens.append("/")
    return have_a_text_in_common(pattern, tuple(tokens))  # type: ignore[arg-type]  # texts and wildcards
