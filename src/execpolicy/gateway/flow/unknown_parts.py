"""Parts of an API that are not known: the gate at which each can decide a call (SRC-9).

Before such a gate the answer does not depend on the part; there, the response is not known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator

from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.flow.api_keys import HEADER, check_api_key
from execpolicy.gateway.flow.cache_invalidation import invalidates_cache
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.outcomes import only_denies
from execpolicy.gateway.flow.refusals import Refusal, refuse, refuse_http
from execpolicy.gateway.flow.routing import domain_of, find_route, parse_own_host
from execpolicy.gateway.flow.several_answers import UNKNOWN_VALUE
from execpolicy.gateway.flow.step import UnknownValue, depends_in_words
from execpolicy.gateway.flow.token_source import find_token
from execpolicy.gateway.model.names import ApiType, AuthType, ResponseType
from execpolicy.gateway.model.route_path import STATIC, route_segments, split_path
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

#: The parts that can decide at a gate, for a call that no earlier gate refuses.
Deciding = Callable[[CallState], Iterator[UnknownPart]]

#: ARNs with more characters than this may be too long by an unknown part; each is at most 128 characters long.
_SURELY_SHORT = 1000
#: Refusals that are possible only at some gates, or for some calls.
_RARE = (
    ResponseType.RESOURCE_NOT_FOUND,
    ResponseType.THROTTLED,
    ResponseType.QUOTA_EXCEEDED,
    ResponseType.WAF_FILTERED,
)


def not_known(state: CallState, number: str, deciding: Deciding) -> bool:
    """Record what the response depends on from this gate on; whether there is anything."""
    found = list(dict.fromkeys(deciding(state)))
    if not found:
        return False
    values = {name: UnknownValue(name, part.place) for part in reversed(found) for name in reversed(part.names)}
    state.unknown_values = [values[name] for part in found for name in part.names]
    state.unknown_values = list(dict.fromkeys(state.unknown_values))
    state.possible.extend(_refusals(state, number))
    detail = depends_in_words(state.unknown_values)
    state.step_data.append((number, UNKNOWN_VALUE, None, detail, ("SRC-9",), None, (), ()))
    return True


def _refusals(state: CallState, number: str) -> Iterator[Refusal]:
    """Every refusal that this gate or a later one can give."""
    api = state.api
    early = number in ("1", "2")
    if api.type is ApiType.HTTP:
        yield from map(refuse_http, (401, 403, 404, 500) if early else (401, 403, 500))
        if state.arguments.limits != "within":
            yield refuse_http(429)
        return
    if early:
        yield Refusal(403, None, "Forbidden")
        yield refuse(api.type, ResponseType.RESOURCE_NOT_FOUND, "")
        if api.type is ApiType.REST and (not state.arn or len(state.arn) > _SURELY_SHORT):
            yield Refusal(414, None, "Request URI too long")
    for kind in ResponseType:
        if kind not in _RARE:
            yield refuse(api.type, kind)
    if state.arguments.limits != "within":
        yield refuse(api.type, ResponseType.THROTTLED)
        yield refuse(api.type, ResponseType.QUOTA_EXCEEDED)


def _of(state: CallState, concerns: Collection[Concern], key: str | None = None) -> Iterator[UnknownPart]:
    return (part for part in state.api.unknown_parts if part.concern in concerns and key in (None, part.key))


def _hosts(state: CallState) -> list[str]:
    """The hosts that a call names, in lower case."""
    name = state.arguments.domain_name
    return [host.lower() for host in (*([] if name is None else [name]), *state.call.hosts())]


def at_domain(state: CallState) -> Iterator[UnknownPart]:
    """1. The endpoint, and what leads a host to a stage."""
    api = state.api
    yield from _of(state, (Concern.ENDPOINT, Concern.HOSTS))
    known = {domain.name.lower() for domain in api.domains}
    for host in _hosts(state):
        own = parse_own_host(host) is not None
        yield from _of(state, (Concern.DEPLOYMENT,))
        if not own and host not in known:
            yield from _of(state, (Concern.DOMAIN_NAME,))
        domain = domain_of(api, host)
        if domain is not None:
            yield from _of(state, (Concern.DOMAIN,), domain.name)
    name = state.arguments.domain_name
    if name is not None and parse_own_host(name.lower()) is not None:
        first = next(iter(split_path(state.call.path)), "")
        if first not in [stage.name for stage in api.stages] or first.startswith("not-known-"):
            yield from _of(state, (Concern.STAGE_NAME,))


def at_own_host(state: CallState) -> Iterator[UnknownPart]:
    """1. Whether the API's own host is disabled."""
    if state.domain is None:
        yield from _of(state, (Concern.OWN_HOST,))


def at_route(state: CallState) -> Iterator[UnknownPart]:
    """2. Preflights, and routes that may match the call better than any known one."""
    api, call = state.api, state.call
    if api.type is ApiType.HTTP and call.method == "OPTIONS":
        yield from _of(state, (Concern.CORS,))
    unknown = [*_of(state, (Concern.ROUTE_KEY,))]
    if not unknown:
        return
    methods = {call.method, *call.header("x-http-method-override")}
    if len(methods) > 1:
        yield from unknown
        return
    if api.type is ApiType.WEBSOCKET:
        # A connection without a route is not authorized, unless the route with the unknown key is its route.
        if all(route.key != call.method for route in api.routes):
            yield from unknown
        return
    match = find_route(api, call.method, call.path)
    if match is not None and match.route.method == call.method and _is_exact(match.route.path):
        return
    sent = split_path(call.path)
    yield from (part for part in unknown if _may_match(part.key, call.method, sent))


def _is_exact(path: str) -> bool:
    """Whether no other path matches better."""
    return all(segment.kind == STATIC for segment in route_segments(path))


def _may_match(key: str, method: str, sent: list[str]) -> bool:
    """Whether a route may match a call, by what is known of its key before the first unknown part."""
    own, space, path = key.partition(" ")
    if has_unknown(own) or not space:
        return True
    if own not in (method, "ANY"):
        return False
    segments = path.removeprefix("/").split("/")
    for number, segment in enumerate(segments):
        if has_unknown(segment) or "{" in segment:
            return True
        if number >= len(sent) or decoded(sent[number]) != decoded(segment):
            return False
    return True


def after_route(state: CallState) -> Iterator[UnknownPart]:
    """2. What the route requires, the resource policy, and the ARN of the call."""
    api, route = state.api, state.found_route
    yield from _of(state, (Concern.AUTH,), route.key)
    yield from _of(state, (Concern.RESOURCE_POLICY,))
    reads_arn = api.auth_of(route) in (AuthType.AWS_IAM, AuthType.CUSTOM)
    if reads_arn or api.is_private or api.resource_policy is not None or len(state.arn) > _SURELY_SHORT:
        yield from _of(state, (Concern.DEPLOYMENT,))
        yield from _of(state, (Concern.STAGE_NAME,), state.stage.name)


def at_method(state: CallState) -> Iterator[UnknownPart]:
    """5. The settings of the authorizer, stage variables that it reads, and scopes."""
    route = state.found_route
    scopes = [*_of(state, (Concern.SCOPES,), route.key)]
    if route.authorizer is None or state.api.auth_of(route) in (AuthType.NONE, AuthType.AWS_IAM):
        # The definition leaves unknown scopes out; only routes with a token have scopes.
        yield from scopes
        return
    settings = [*_of(state, (Concern.AUTHORIZER,), route.authorizer)]
    stage = [*_of(state, (Concern.STAGE,), state.stage.name)]
    if state.api.auth_of(route) is AuthType.CUSTOM:
        if not _denied_first(state):
            yield from (*settings, *stage, *scopes)
        return
    if _reads_unknown_source(settings):
        yield from (*settings, *scopes)
        return
    notes = len(state.notes)
    lacks_token = state.arguments.claims is None or bool(find_token(state, state.authorizer).fault)
    del state.notes[notes:]
    if not lacks_token:
        yield from (*settings, *scopes, *stage)


def _reads_unknown_source(settings: list[UnknownPart]) -> bool:
    """Whether it is not known where an authorizer reads the token."""
    sources = (json.loads(part.written).get("identity_sources", "") for part in settings)
    return any(has_unknown(json.dumps(each, ensure_ascii=False)) for each in sources)


def _denied_first(state: CallState) -> bool:
    """Whether the resource policy denies a call before its Lambda authorizer runs (GW-14)."""
    checks = state.policy_checks
    policies = checks.resource_policies()
    return bool(policies) and checks.anonymous(policies, only_denies).outcome is Outcome.EXPLICIT_DENY


def at_cache(state: CallState) -> Iterator[UnknownPart]:
    """6. The settings of the stage, for calls that invalidate its cache."""
    if state.call.headers and invalidates_cache(state.call):
        yield from _of(state, (Concern.STAGE,), state.stage.name)


def at_api_key(state: CallState) -> Iterator[UnknownPart]:
    """7. API keys: whether the route requires one, which ones there are, and where the call sends its key."""
    api, route = state.api, state.found_route
    required = [*_of(state, (Concern.API_KEY_REQUIRED,), route.key)]
    if not route.api_key_required and not required:
        return
    keys = [*_of(state, (Concern.API_KEYS,))]
    if any(part.path == ("api_key_source",) for part in keys):
        yield from (*required, *keys)
        return
    headers = {name: values[0] for name in state.call.headers if (values := state.call.header(name))}
    identifier = None if state.output is None else state.output.usage_identifier_key
    asking = type(route)(route.method, route.path, api_key_required=True)
    if not check_api_key(api, state.stage, asking, headers, identifier).passed:
        sends_key = identifier is not None or any(name.lower() == HEADER for name in headers)
        yield from (*required, *(keys if sends_key else ()))
