"""Parts of an API that are not known: the gate at which each can decide a call (SRC-9).

Before such a gate the answer does not depend on the part. There, each value of a part with few values is tried
(``every_value``); the simulation goes on after a gate that any other part decides, or stops at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from enum import Enum

from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.layers import Outcome
from execpolicy.gateway.arn.call_path import decoded
from execpolicy.gateway.flow.api_keys import HEADER, check_api_key
from execpolicy.gateway.flow.cache_invalidation import invalidates_cache
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.lambda_authorizer import read_sources
from execpolicy.gateway.flow.outcomes import only_denies
from execpolicy.gateway.flow.refusals import Refusal, refuse, refuse_http
from execpolicy.gateway.flow.routing import domain_of, find_route, parse_own_host
from execpolicy.gateway.flow.several_answers import UNKNOWN_VALUE
from execpolicy.gateway.flow.step import UnknownValue, depends_in_words
from execpolicy.gateway.flow.token_authorizers import check_policy_after_token
from execpolicy.gateway.flow.token_source import find_token
from execpolicy.gateway.model.names import ApiType, AuthType, KeySource, ResponseType
from execpolicy.gateway.model.route_path import STATIC, route_segments, split_path
from execpolicy.gateway.model.unknown_choices import choice_of
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

#: The parts that can decide at a gate, for a call that no earlier gate refuses.
Deciding = Callable[[CallState], Iterator[UnknownPart]]

#: ARNs with more characters than this may be too long by an unknown part; each is at most 128 characters long.
_SURELY_SHORT = 1000
#: The gates that decide before it is known what the route requires.
_WITHOUT_ROUTE = ("1", "2")
#: The refusals of a Lambda authorizer, and of gates after it.
_REFUSALS = {
    "5": (
        ResponseType.UNAUTHORIZED,
        ResponseType.ACCESS_DENIED,
        ResponseType.AUTHORIZER_FAILURE,
        ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
    ),
    "6": (ResponseType.ACCESS_DENIED,),
    "7": (ResponseType.INVALID_API_KEY,),
}
#: Refusals that are possible only at some gates, or for some calls.
_RARE = (
    ResponseType.RESOURCE_NOT_FOUND,
    ResponseType.THROTTLED,
    ResponseType.QUOTA_EXCEEDED,
    ResponseType.WAF_FILTERED,
)


class NextGate(Enum):
    """Where the simulation goes on, at a gate that values may decide that are not known."""

    #: At this gate: no such value decides it.
    THIS = 1
    #: After this gate, which may refuse the call.
    AFTER_THIS = 2
    #: Nowhere: what the later gates do depends on the value.
    NONE = 3


def next_gate(state: CallState, number: str, deciding: Deciding) -> NextGate:
    """Record what decides a gate and is not known, and say where the simulation goes on."""
    found = list(dict.fromkeys(deciding(state)))
    if not found:
        return NextGate.THIS
    values = {name: UnknownValue(name, part.place) for part in reversed(found) for name in reversed(part.names)}
    deciding_values = list(dict.fromkeys(values[name] for part in found for name in part.names))
    state.unknown_values = list(dict.fromkeys([*state.unknown_values, *deciding_values]))
    detail = depends_in_words(deciding_values)
    state.step_data.append((number, UNKNOWN_VALUE, None, detail, ("SRC-9",), None, (), ()))
    cached = state.arguments.cache is not None
    if number in _WITHOUT_ROUTE or any(choice_of(state.api, part, cached=cached) for part in found):
        state.stopped_by = tuple(found)
        state.possible.extend(_refusals(state, number))
        return NextGate.NONE
    if number == "5":
        state.unknown_authorizer = tuple(found)
    state.possible.extend(refuse(state.api.type, kind) for kind in _refusals_of_gate(state, number))
    return NextGate.AFTER_THIS


def after_authorizer(state: CallState) -> Refusal | None:
    """5. What is known of a method whose authorizer is not known: with a valid token the resource policy decides."""
    return None if state.api.auth_of(state.found_route) is AuthType.CUSTOM else check_policy_after_token(state)


def nothing_else(_: CallState) -> None:
    """Nothing else decides a gate than what is not known."""


def _refusals_of_gate(state: CallState, number: str) -> tuple[ResponseType, ...]:
    """The refusals of one gate."""
    if number == "5" and state.api.auth_of(state.found_route) is not AuthType.CUSTOM:
        # For lack of a scope an HTTP API answers as for a denial.
        return (ResponseType.UNAUTHORIZED, *([ResponseType.ACCESS_DENIED] if state.api.type is ApiType.HTTP else []))
    return _REFUSALS[number]


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
            yield from _of(state, (Concern.DOMAIN, Concern.DOMAIN_SETTING), domain.name)
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
    if route.authorizer is None or state.api.auth_of(route) in (AuthType.NONE, AuthType.AWS_IAM):
        return
    settings = [*_of(state, (Concern.AUTHORIZER,), route.authorizer)]
    if state.api.auth_of(route) is AuthType.CUSTOM:
        variables = [part for part in _of(state, (Concern.STAGE,), state.stage.name) if part.path[-1] == "variables"]
        variables = variables if _uses_variables(state) else []
        output = [*_of(state, (Concern.OUTPUT,), route.key)] if state.arguments.authorizer_output is None else []
        found = [*settings, *variables, *output]
        if found and not _denied_first(state) and not (_knows_sources(settings) and _lacks_source(state)):
            yield from found
        return
    scopes = [*_of(state, (Concern.SCOPES,), route.key)]
    if not _knows_sources(settings):
        yield from (*settings, *scopes)
        return
    notes = len(state.notes)
    lacks_token = state.arguments.claims is None or bool(find_token(state, state.authorizer).fault)
    del state.notes[notes:]
    if not lacks_token:
        yield from (*settings, *scopes)


def _knows_sources(settings: list[UnknownPart]) -> bool:
    """Whether it is known where an authorizer reads what it checks, and whether it needs all of it."""
    fields = [json.loads(part.written) for part in settings]
    read = [each.get(name, "") for each in fields for name in ("identity_sources", "ttl")]
    return not any(has_unknown(json.dumps(each, ensure_ascii=False)) for each in read)


def _uses_variables(state: CallState) -> bool:
    """Whether an authorizer may use the variables of the stage: as an identity source, or in the event."""
    return callable(state.arguments.authorizer_output) or any(
        "stagevariables." in source.lower() for source in state.authorizer.identity_sources
    )


def _lacks_source(state: CallState) -> bool:
    """Whether a call lacks what its Lambda authorizer needs to be called, other than a variable of the stage."""
    sources = read_sources(state, state.authorizer)
    return any("stagevariables." not in source.lower() for source in sources.missing) and sources.refusal is not None


def _denied_first(state: CallState) -> bool:
    """Whether the resource policy denies a call before its Lambda authorizer runs (GW-14)."""
    checks = state.policy_checks
    policies = checks.resource_policies()
    return bool(policies) and checks.anonymous(policies, only_denies).outcome is Outcome.EXPLICIT_DENY


def at_cache(state: CallState) -> Iterator[UnknownPart]:
    """6. The settings of the stage, for calls that invalidate its cache."""
    if state.api.type is ApiType.REST and state.call.headers and invalidates_cache(state.call):
        parts = _of(state, (Concern.STAGE,), state.stage.name)
        yield from (part for part in parts if part.path[-1] != "variables")


def at_api_key(state: CallState) -> Iterator[UnknownPart]:
    """7. API keys: whether the route requires one, which ones there are, and where the call sends its key."""
    api, route = state.api, state.found_route
    required = [*_of(state, (Concern.API_KEY_REQUIRED,), route.key)]
    if not route.api_key_required and not required:
        return
    keys = [*_of(state, (Concern.API_KEYS,))]
    if api.api_key_source is KeySource.AUTHORIZER and state.output is None:
        keys.extend(state.unknown_authorizer)
        yield from (*required, *keys)
        return
    if any(part.path == ("api_key_source",) for part in keys):
        yield from (*required, *keys)
        return
    headers = {name: values[0] for name in state.call.headers if (values := state.call.header(name))}
    identifier = None if state.output is None else state.output.usage_identifier_key
    asking = type(route)(route.method, route.path, api_key_required=True)
    if not check_api_key(api, state.stage, asking, headers, identifier).passed:
        sends_key = identifier is not None or any(name.lower() == HEADER for name in headers)
        yield from (*required, *(keys if sends_key else ()))
