"""The stage and the route of a call (GW-26, GW-28, GW-32)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy.arguments import text as checked_text
from execpolicy.gateway.arn.call_path import decoded, merged_slashes
from execpolicy.gateway.arn.parts import HTTP_VERBS, InvalidArnPart, error_at, invalid_part
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.routing_rules import MatchedRule, base_segments, find_rule
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import Domain, base_of
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import match_segments, split_path
from execpolicy.gateway.model.route_table import RouteMatch
from execpolicy.gateway.model.routing_rule import RULES_ONLY
from execpolicy.gateway.model.stage import DEFAULT_STAGE, Stage

_REST = ApiType.REST
_HTTP = ApiType.HTTP
_WEBSOCKET = ApiType.WEBSOCKET

#: The predefined route keys.
CONNECT, DISCONNECT, DEFAULT = "$connect", "$disconnect", "$default"

#: A default host: of an API, of an API at a VPC endpoint, or of the endpoint, where a header names the API.
_OWN_HOST = re.compile(
    r"(?:(?P<api>[a-z0-9]+)(?P<endpoint>-vpce-[a-z0-9]+)?|vpce-[a-z0-9-]+)"
    r"\.execute-api\.(?P<region>[a-z0-9-]+)(?:\.[a-z0-9]+)+"
)
#: Methods that were checked.
_methods: dict[str, str] = {}
#: A segment that only a placeholder matches.
_ANY_TEXT = "\0"


class CallDestination(NamedTuple):
    """The stage of a call, the rest of the path, and the custom domain."""

    stage: Stage
    path: str
    domain: Domain | None = None
    #: The routing rule that selects the stage; None if a base path or the host does.
    matched: MatchedRule | None = None


class NoDestination(NamedTuple):
    """Why a call reaches no stage, the status of the response, and the rule of docs/semantics.md."""

    reason: str
    status: int
    rule: str = "GW-28"


def find_route(api: ApiDefinition, method: str, path: str) -> RouteMatch | None:
    """Find the route of a call; None if no route matches.

    REST APIs: of all resources whose path matches and that have the method or ANY, the most specific one, segment by
    segment from the left; a resource without the method is skipped, even for ``/{proxy+}``. HTTP APIs: routes without a
    greedy placeholder first, then those with one, then ``$default``. WebSocket APIs: the route key, which is given as
    ``method``, else ``$default``; a connection needs no ``$connect`` route and is not authorized without one.

    Args:
        api: the API that is called.
        method: the HTTP method that is sent, in upper case; the route key of a WebSocket API.
        path: the path that is sent, without stage and query string; empty for a WebSocket API.

    Raises:
        RequestError: the method or the path is not valid.
    """
    if api.type is _WEBSOCKET:
        return _socket_route(api, checked_text(method, "the route key"))
    _check_method(method)
    _check_path(path)
    found = api.tables.routes.find(method, _segments(api, path))
    return _default_route(api) if found is None else found


def _socket_route(api: ApiDefinition, key: str) -> RouteMatch | None:
    of_connection = key in (CONNECT, DISCONNECT)
    for wanted in (key,) if of_connection else (key, DEFAULT):
        for route in api.routes:
            if route.method == wanted:
                return RouteMatch(route, {})
    return RouteMatch(Route(key), {}) if of_connection else None


def _check(part: str, value: object) -> None:
    text = checked_text(value, f"the {part}")
    problem = invalid_part(part, text)
    if problem is not None:
        raise error_at(problem, text=text, name=part)


def _check_method(method: str) -> None:
    if not isinstance(method, str) or method not in _methods:
        _check("method", method)
        if len(method) <= MAX_KEY_LENGTH:
            store(_methods, method, method)


def _check_path(path: str) -> None:
    # The complete check of a path, faster than the regular expression that finds the error.
    if not isinstance(path, str) or not path.startswith("/") or "?" in path or not path.isascii():
        _check("path", path)


def _routes_with_path(api: ApiDefinition) -> Iterator[Route]:
    return (route for route in api.routes if route.path.startswith("/"))


def _segments(api: ApiDefinition, path: str) -> list[str]:
    """The segments of a path that is sent.

    A REST API serves ``/pets/`` by ``/pets``; reports on HTTP APIs differ, so that it depends on the reading (GW-4).
    """
    if api.readings.path == "normalised":
        path = merged_slashes(path)
    elif path.endswith("/") and api.type is _REST:
        path = path.rstrip("/") or "/"
    return split_path(path)


def _default_route(api: ApiDefinition) -> RouteMatch | None:
    if api.type is _HTTP:
        for route in api.routes:
            if DEFAULT in (route.method, route.path):
                return RouteMatch(route, {})
    return None


def is_verb(api: ApiDefinition, method: str) -> bool:
    """Whether a call to a WebSocket API is an HTTP request, not a message with this route key (GW-1)."""
    return method in HTTP_VERBS and all(route.key != method for route in api.routes)


def why_no_route(api: ApiDefinition, method: str, path: str) -> str:
    """Explain why no route matches a call, by the nearest one."""
    if api.type is _WEBSOCKET:
        return _why_no_socket_route(method, path, is_verb=is_verb(api, method))
    sent = _segments(api, path)
    verbs = sorted({route.method for route in _routes_with_path(api) if match_segments(route.path, sent) is not None})
    if verbs:
        return f"`{path}` is served for {', '.join(verbs)}; not for {method}"
    near = (_after_the_stage, _in_another_case, _if_normalised, _below, _part_of_the_way)
    paths = tuple(dict.fromkeys(route.path for route in _routes_with_path(api)))
    return next(filter(None, (miss(api, sent, paths) for miss in near)), f"no route has a path that matches `{path}`")


def _why_no_socket_route(key: str, path: str, *, is_verb: bool) -> str:
    if path in ("", "/") and not is_verb:
        return f"no route has the key `{key}`, and there is no $default route"
    if decoded(path).count("/@connections") > 1:
        return f"`{path}` names no connection: the endpoint that the client is given must not end in /@connections"
    return f"`{path}` is not a path of a WebSocket API: after the stage only /@connections/ID is possible"


def _after_the_stage(api: ApiDefinition, sent: list[str], paths: tuple[str, ...]) -> str:
    if any(sent[:1] == [stage.name] for stage in api.stages):
        rest = _joined(sent[1:])
        if any(match_segments(path, split_path(rest)) is not None for path in paths):
            return f"`{sent[0]}` is a stage, not a part of the path, which continues with `{rest}`"
    return ""


def _in_another_case(_: ApiDefinition, sent: list[str], paths: tuple[str, ...]) -> str:
    lower = [segment.lower() for segment in sent]
    for path in paths:
        if match_segments(path.lower(), lower) is not None:
            return f"`{_joined(sent)}` and the route's `{path}` differ in case, and case counts"
    return ""


def _if_normalised(_: ApiDefinition, sent: list[str], paths: tuple[str, ...]) -> str:
    bare = merged_slashes(_joined(sent))
    if bare != _joined(sent) and any(match_segments(path, split_path(bare)) is not None for path in paths):
        return f"`{bare}` has a route, and `{_joined(sent)}` counts as another path unless paths are read as normalised"
    return ""


def _below(_: ApiDefinition, sent: list[str], paths: tuple[str, ...]) -> str:
    for path in paths:
        if match_segments(path, [*sent, _ANY_TEXT]) is not None:
            return f"`{path}` needs one more segment than `{_joined(sent)}`, which has no route of its own"
    return ""


def _part_of_the_way(_: ApiDefinition, sent: list[str], paths: tuple[str, ...]) -> str:
    # A path with a greedy placeholder would have matched the whole.
    longest = max((len(split_path(path)) for path in paths), default=0)
    for count in range(min(len(sent) - 1, longest), 0, -1):
        for path in paths:
            if match_segments(path, sent[:count]) is not None:
                return f"`{path}` matches `{_joined(sent[:count])}`, and no route continues with `/{sent[count]}`"
    return ""


def _joined(segments: list[str]) -> str:
    return "/" + "/".join(segments)


def destination_of(
    api: ApiDefinition,
    path: str,
    domain_name: str | None = None,
    call: IncomingCall | None = None,
    *,
    every_value: bool = False,
) -> CallDestination | NoDestination:
    """Find the stage of a call.

    Without a domain name it is ``api.stage``, and the path is the one after the stage. With a domain name, the path is
    the whole path of the URL: a routing rule or the longest matching base path of a custom domain selects the stage; on
    the default host of the API (``a1b2c3.execute-api.eu-west-1.amazonaws.com``) the first segment names the stage,
    except for the stage ``$default`` of an HTTP API.

    Args:
        api: the API that is called.
        path: as sent, without the query string.
        domain_name: the host that is called, in any case.
        call: the call, whose headers routing rules may need.
        every_value: whether all values of a header that was sent several times must match (GW-32).

    Raises:
        RequestError: the host is not one of this API, the base path or the routing rule leads to another API, or a
            routing rule needs headers that are not given.
        UsageError: the base path is mapped to a stage that the API does not have.
    """
    if domain_name is None:
        if api.type is not _WEBSOCKET:
            _check_path(path)
        return CallDestination(api.stage, path)
    path = path or "/"  # a connection to a WebSocket API may have none
    _check_path(path)
    host = checked_text(domain_name, "domain_name").lower()
    domain = domain_of(api, host)
    if domain is not None:
        return _by_domain(api, path, domain, call or IncomingCall("", path), every_value=every_value)
    check_host(api, domain_name, host)
    return _on_own_host(api, path)


def parse_own_host(host: str) -> re.Match[str] | None:
    """The parts of a default host in lower case: ``api`` (None for the host of an endpoint), ``region``."""
    return _OWN_HOST.fullmatch(host)


def domain_of(api: ApiDefinition, host: str) -> Domain | None:
    """The custom domain with this name, else one with a wildcard as its first label."""
    names = {domain.name.lower(): domain for domain in reversed(api.domains)}
    return names.get(host) or names.get(f"*.{host.partition('.')[2]}")


def check_host(api: ApiDefinition, name: str, host: str) -> None:
    """Refuse a host that is neither a custom domain nor a default host of the API."""
    own = parse_own_host(host)
    if own is None:
        known = ", ".join(domain.name for domain in api.domains) or "none"
        message = f"{name} is not a domain name of the API {api.id}"
        advice = f"its custom domains: {known}; its own host: {api.id}.execute-api.{api.region}.…"
    elif own["api"] not in (None, api.id.lower()):
        message, advice = f"{name} is the host of the API {own['api']}, not of {api.id}", "call that API"
    elif own["region"] != api.region:
        message = f"{name} is a host in {own['region']}, and the API {api.id} is in {api.region}"
        advice = "an API has hosts in its own region"
    elif not api.is_private and (own["api"] is None or own["endpoint"]):
        message = f"{name} is a host of private APIs, and {api.id} is {api.endpoint}"
        advice = "only a private API has hosts at a VPC endpoint"
    else:
        return
    raise error_at(InvalidArnPart(message, advice, "GW-28"), text=name, name="domain_name")


def _on_own_host(api: ApiDefinition, path: str) -> CallDestination | NoDestination:
    """The stage that the first segment names, else ``$default`` of an HTTP API."""
    first, *rest = split_path(path) or [""]
    default = None
    for stage in api.stages:
        if stage.name == first:
            return CallDestination(stage, _joined(rest))
        if stage.name == DEFAULT_STAGE:
            default = stage
    if api.type is _HTTP and default is not None:
        return CallDestination(default, path)
    known = ", ".join(api.stage_names())
    return NoDestination(f"`/{first}` names no stage of {api.id}, which has {known}", 404 if api.type is _HTTP else 403)


def _by_domain(
    api: ApiDefinition, path: str, domain: Domain, call: IncomingCall, *, every_value: bool
) -> CallDestination | NoDestination:
    """The stage that the routing rules or the base paths of a domain select, by its routing mode (GW-32)."""
    matched = find_rule(domain, path, call, every_value=every_value) if domain.routing_rules else None
    if matched is not None:
        return _by_rule(api, path, domain, matched)
    if domain.routing_mode == RULES_ONLY:
        priorities = ", ".join(str(rule.priority) for rule in domain.routing_rules) or "none"
        return NoDestination(f"the call matches no routing rule of {domain.name}, which has {priorities}", 403, "GW-32")
    return _mapped(api, path, domain)


def _by_rule(api: ApiDefinition, path: str, domain: Domain, matched: MatchedRule) -> CallDestination:
    rule = matched.rule
    if rule.api_id not in (None, api.id):
        message = f"the routing rule {rule.priority} of {domain.name} leads to the API {rule.api_id}, not to {api.id}"
        raise error_at(InvalidArnPart(message, "call that API", "GW-32"), text=path, name="path")
    # The API has every stage that the rules for it name.
    stage = next(each for each in api.stages if each.name == rule.stage)
    if rule.strip_base_path:
        path = _joined(split_path(path)[len(base_segments(rule)) :])
    return CallDestination(stage, path, domain, matched)


def _mapped(api: ApiDefinition, path: str, domain: Domain) -> CallDestination | NoDestination:
    """The longest base path that the path begins with, by whole segments; the empty one matches all others (GW-28)."""
    sent = split_path(path)
    fitting = [mapping for mapping in domain.mappings if sent[: len(base_of(mapping))] == base_of(mapping)]
    if not fitting:
        known = ", ".join(f"/{mapping.path.strip('/')}" for mapping in domain.mappings) or "none"
        return NoDestination(f"`{path}` begins with no base path of {domain.name}, which has {known}", 403)
    mapping = max(fitting, key=lambda each: len(base_of(each)))
    length = len(base_of(mapping))
    if mapping.api_id not in (None, api.id):
        base = _joined(sent[:length])
        message = f"`{base}` of {domain.name} leads to the API {mapping.api_id}, not to {api.id}"
        raise error_at(InvalidArnPart(message, "call that API", "GW-28"), text=path, name="path", end=len(base))
    # The API has every stage that its mappings name.
    stage = next(each for each in api.stages if each.name == mapping.stage)
    return CallDestination(stage, _joined(sent[length:]), domain)
