"""Which parts AWS accepts together in one API."""

from __future__ import annotations

import re
from collections import Counter

from execpolicy.document.kinds import PolicyKind
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.method_settings import methods_of
from execpolicy.gateway.model.names import (
    ApiType,
    AuthorizerType,
    AuthType,
    EndpointType,
    KeySource,
    ip_address_type_or_none,
)
from execpolicy.gateway.model.placeholders import ONE_NAME, Placeholders
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.route_path import GREEDY, route_segments
from execpolicy.gateway.model.stage import DEFAULT_STAGE

_METHOD = re.compile("[A-Z]+")
_REST_HEADER = "method.request.header."
_CONNECT = "$connect"
#: Authorization types whose tokens have scopes.
_WITH_SCOPES = (AuthType.COGNITO_USER_POOLS, AuthType.JWT)

#: The types of authorizers of each type of API.
_AUTHORIZERS = {
    ApiType.REST: frozenset(AuthorizerType),
    ApiType.HTTP: frozenset({AuthorizerType.REQUEST, AuthorizerType.JWT}),
    ApiType.WEBSOCKET: frozenset({AuthorizerType.REQUEST}),
}


def check_parts(api: ApiParts) -> None:
    """Refuse parts of an API that AWS does not accept together.

    Raises:
        UsageError: two parts do not fit together, or the type of the API excludes a part.
    """
    _check_kind(api)
    _check_access_modes(api)
    _check_gateway_responses(api)
    _check_authorizers(api)
    _check_rules(api)
    _check_places(api)
    placeholders = Placeholders(api.type)
    for route in api.routes:
        _check_path(api, route)
        _check_route(api, route)
        check_requirements(api, route)
        problem = placeholders.add(route)
        if problem is not None:
            raise UsageError(problem, advice=ONE_NAME, rule="GW-26")
    twice, times = next(iter(Counter(route.key for route in api.routes).most_common(1)), ("", 0))
    if times > 1:
        raise UsageError(f"the API has the route {twice} twice", rule="GW-26")
    _check_default_stage(api)


def check_method_settings(api: ApiParts) -> None:
    """Refuse settings of a stage for a method that the API does not have (GW-24). All routes must be there.

    Raises:
        UsageError: the API has no such method.
    """
    methods = methods_of(api.routes)
    for stage in api.stages:
        for setting in stage.method_settings:
            if not setting.is_of(methods):
                raise UsageError(
                    f"method_settings of {stage.name} is for {setting.key}, which is not a method of {api.id}",
                    advice="give the path as the route has it",
                    rule="GW-24",
                )


def check_hosts(api: ApiParts) -> None:
    """Refuse a type of endpoint, an access mode or addresses that do not fit the type of the API and its domains.

    Raises:
        UsageError: AWS does not accept them.
    """
    _check_kind(api)
    _check_access_modes(api)
    _check_rules(api)
    _check_places(api)
    ip_address_type_or_none(api.ip_address_type, private=api.is_private)


def _check_kind(api: ApiParts) -> None:
    if api.resource_policy is not None and api.type is not ApiType.REST:
        raise UsageError(f"only REST APIs have a resource policy, {api.id} is {api.type}", rule="GW-11")
    if api.resource_policy is not None and api.resource_policy.kind is not PolicyKind.RESOURCE:
        raise UsageError("a resource policy is parsed with kind resource", rule="POL-8")
    if api.type is not ApiType.REST and any(stage.method_settings for stage in api.stages):
        raise UsageError(
            f"method_settings are for REST APIs, {api.id} is {api.type}", advice="leave them out", rule="GW-24"
        )
    if api.endpoint is not EndpointType.REGIONAL and api.type is not ApiType.REST:
        raise UsageError(f"only REST APIs are {api.endpoint}, {api.id} is {api.type}", rule="GW-19")


def _check_access_modes(api: ApiParts) -> None:
    """Only REST APIs, and custom domains of REST APIs, have an endpoint access mode."""
    if api.type is ApiType.REST:
        return
    with_mode = [api.id] if api.endpoint_access_mode is not None else []
    with_mode += [domain.name for domain in api.domains if domain.endpoint_access_mode is not None]
    if with_mode:
        raise UsageError(
            f"endpoint_access_mode of {with_mode[0]} is for REST APIs, {api.id} is {api.type}",
            advice="leave it out",
            rule="GW-33",
        )


def _check_gateway_responses(api: ApiParts) -> None:
    if api.gateway_responses and api.type is not ApiType.REST:
        raise UsageError(
            f"gateway_responses are for REST APIs, {api.id} is {api.type}", advice="leave them out", rule="MSG-4"
        )
    kinds = Counter(each.response_type for each in api.gateway_responses)
    twice, times = next(iter(kinds.most_common(1)), ("", 0))
    if times > 1:
        raise UsageError(f"gateway_responses has {twice} twice", advice="keep one of them", rule="MSG-4")


def _check_authorizers(api: ApiParts) -> None:
    names = [each.name for each in api.authorizers]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two authorizers are called {twice!r}", rule="AUT-1")
    for authorizer in api.authorizers:
        if authorizer.type not in _AUTHORIZERS[api.type]:
            raise UsageError(
                f"{authorizer.name} is {authorizer.type}; {api.type} APIs have no such authorizers", rule="AUT-1"
            )
        if authorizer.type is AuthorizerType.JWT:
            _check_jwt(api.type, authorizer)
        if api.type is not ApiType.HTTP and authorizer.payload_format != "1.0":
            raise UsageError(
                f"payload_format of {authorizer.name} is for HTTP APIs, {api.id} is {api.type}",
                advice="leave it out",
                rule="AUT-1",
            )


def _check_jwt(api_type: ApiType, authorizer: Authorizer) -> None:
    sources = authorizer.identity_sources
    if api_type is ApiType.HTTP and len(authorizer.issuers) > 1:
        raise UsageError(f"{authorizer.name} has several issuers; of an HTTP API it has one", rule="AUT-8")
    if api_type is ApiType.HTTP and authorizer.issuers[0].claims:
        raise UsageError(
            f"claims of an issuer of {authorizer.name} are for REST APIs; a JWT authorizer of an HTTP API checks none",
            advice="leave them out, or check them in a Lambda authorizer",
            rule="AUT-8",
        )
    if api_type is ApiType.HTTP and len(sources) > 1:
        raise UsageError(
            f"identity_sources of {authorizer.name} are {len(sources)}; a JWT authorizer has one",
            advice="name the header or query parameter that holds the token",
            rule="AUT-8",
        )
    if api_type is ApiType.REST and not (len(sources) == 1 and sources[0].startswith(_REST_HEADER)):
        found = ", ".join(sources) or "none"
        raise UsageError(
            f"identity_sources of {authorizer.name} is one header, for a JWT authorizer of a REST API; found {found}",
            advice=f"such as {_REST_HEADER}Authorization",
            rule="AUT-9",
        )


def _check_places(api: ApiParts) -> None:
    """The stages that API keys and domains name exist, and private domains belong to private APIs."""
    stages = {stage.name for stage in api.stages}
    named = [(stage, "an API key") for key in api.api_keys for stage in key.stages]
    named += [
        (mapped.stage, f"the domain {domain.name}")
        for domain in api.domains
        for mapped in domain.mappings
        if mapped.api_id in (None, api.id)
    ]
    named += [
        (rule.stage, f"a routing rule of {domain.name}")
        for domain in api.domains
        for rule in domain.routing_rules
        if rule.api_id in (None, api.id)
    ]
    for stage, what in named:
        if stage not in stages:
            raise UsageError(f"{what} leads to the stage {stage!r}, which the API does not have", rule="GW-28")
    domains = [domain.name.lower() for domain in api.domains]
    twice = next((name for name in domains if domains.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two domains are called {twice!r}", rule="GW-28")
    for domain in api.domains:
        if domain.is_private and not api.is_private:
            raise UsageError(
                f"the private domain {domain.name} leads to private APIs, {api.id} is {api.endpoint}", rule="GW-20"
            )
        if domain.mutual_tls and api.type is ApiType.WEBSOCKET:
            raise UsageError(
                f"mutual_tls of {domain.name} is for REST and HTTP APIs, {api.id} is {api.type}",
                advice="leave it out",
                rule="GW-31",
            )


def _check_rules(api: ApiParts) -> None:
    """Routing rules lead to REST APIs, and those of a public domain to public ones."""
    for domain in api.domains:
        if not domain.routing_rules:
            continue
        if api.type is not ApiType.REST:
            raise UsageError(
                f"routing_rules of {domain.name} are for REST APIs, {api.id} is {api.type}",
                advice="leave them out",
                rule="GW-32",
            )
        leads_here = any(rule.api_id in (None, api.id) for rule in domain.routing_rules)
        if leads_here and api.is_private and not domain.is_private:
            raise UsageError(
                f"routing_rules of the public domain {domain.name} lead to public APIs, {api.id} is {api.endpoint}",
                advice="give the id of the domain, if it is private",
                rule="GW-32",
            )


def _check_default_stage(api: ApiParts) -> None:
    """Only HTTP APIs have the stage ``$default``, which is also the default for APIs that name no stages."""
    if api.type is not ApiType.HTTP and any(stage.name == DEFAULT_STAGE for stage in api.stages):
        raise UsageError(
            f"only HTTP APIs have the stage {DEFAULT_STAGE}, {api.id} is {api.type}",
            advice="name the stages that the API is deployed to: stages=[…]",
            rule="GW-6",
        )


def _check_route(api: ApiParts, route: Route) -> None:
    names = [each.name for each in api.authorizers]
    if route.authorizer is not None and route.authorizer not in names:
        raise UsageError(f"{route.key} uses the authorizer {route.authorizer!r}, which the API does not have")
    auth = api.auth_of(route)
    needs = auth not in (AuthType.NONE, AuthType.AWS_IAM)
    if needs and (route.authorizer is None or api.authorizer(route.authorizer).type.auth is not auth):
        raise UsageError(f"{route.key} requires {auth} and needs an authorizer of that type", rule="GW-13")
    if not needs and route.authorizer is not None:
        raise UsageError(f"{route.key} has an authorizer and requires {auth}", rule="GW-13")


def check_requirements(api: ApiParts, route: Route) -> None:
    """Refuse a route whose authorization type does not support what it requires.

    Raises:
        UsageError: AWS accepts no such route.
    """
    auth = api.auth_of(route)
    if route.scopes and auth not in _WITH_SCOPES:
        raise UsageError(
            f"{route.key} has scopes and requires {auth}: only tokens of Cognito and JWT authorizers have scopes",
            advice="name the authorizer of the route, or leave the scopes out",
            rule="GW-13",
        )
    if api.type is ApiType.WEBSOCKET and auth is not AuthType.NONE and route.key != _CONNECT:
        raise UsageError(
            f"{route.key} requires {auth}: only $connect of a WebSocket API can require authorization",
            advice="a connection is authorized once, when it is made: move auth and authorizer to $connect",
            rule="GW-21",
        )
    if api.type is ApiType.HTTP and route.api_key_required:
        raise UsageError(
            f"{route.key} needs an API key, and HTTP APIs have no API keys",
            advice="leave api_key_required out, or guard the route by an authorizer",
            rule="AUT-6",
        )
    if api.type is ApiType.WEBSOCKET and route.api_key_required and route.key != _CONNECT:
        raise UsageError(
            f"{route.key} needs an API key: only $connect of a WebSocket API can require one",
            advice="a message has no headers: move api_key_required to $connect",
            rule="AUT-6",
        )
    by_authorizer = api.api_key_source is KeySource.AUTHORIZER
    if by_authorizer and route.api_key_required and auth is not AuthType.CUSTOM:
        raise UsageError(
            f"{route.key} needs an API key, which the API takes from Lambda authorizers, and requires {auth}",
            advice="give the route a Lambda authorizer, or take keys from the header",
            rule="AUT-6",
        )


def _check_path(api: ApiParts, route: Route) -> None:
    socket = api.type is ApiType.WEBSOCKET
    if route.key == "$default" and api.type is not ApiType.REST:
        return
    if socket is bool(route.path):
        expected = "a route key alone" if socket else "a method and a path"
        method, space, path = route.method.partition(" ")
        advice = f'write Route("{method}", "{path}")' if space and not route.path and path.startswith("/") else ""
        raise UsageError(
            f"a route of a {api.type} API has {expected}, found {route.key!r}", advice=advice, rule="GW-26"
        )
    if socket:
        return
    if _METHOD.fullmatch(route.method) is None:
        raise UsageError(f"a method is in upper case, found {route.method!r}", rule="GW-5")
    if not route.path.startswith("/") or (route.path.endswith("/") and route.path != "/"):
        raise UsageError(f"a path begins with a slash and does not end in one, found {route.path!r}", rule="GW-26")
    if any(segment.kind == GREEDY for segment in route_segments(route.path)[:-1]):
        raise UsageError(f"a greedy placeholder is the last segment, found {route.path!r}", rule="GW-26")
