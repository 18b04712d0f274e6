"""Rules of the family API about routes, authorizers and domains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import REST_TTL, Authorizer
from execpolicy.gateway.model.names import ApiType, AuthorizerType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.linter.apis.calls import api_example, listed_routes, opened_to_anybody
from execpolicy.linter.apis.requests import show_default_endpoint, show_header, show_open, show_preflight
from execpolicy.linter.check import ApiCheck
from execpolicy.linter.rule import Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import ApiSubject, CheckResult

_CACHED: Final = "authorizers:\n  context: {{type: REQUEST, ttl: 300, identity_sources: [{}]}}\n"

PREFLIGHT = Rule(
    id="EP-API-010",
    name="preflight-behind-authorization",
    severity=Severity.WARNING,
    title="A route that takes preflight requests requires authorization or an API key.",
    why="Browsers send preflight requests without tokens, signatures and API keys. A refused preflight stops the call "
    "that it is for.",
    fix="add an OPTIONS route without authorization and without an API key",
    bad=api_example("OPTIONS /orders: {auth: AWS_IAM}", "OPTIONS /orders"),
    good=api_example("OPTIONS /orders: {auth: NONE}\n  GET /orders: {auth: AWS_IAM}"),
    semantics=("GW-27",),
)


def _preflights(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.has_unknown_access or api.type is ApiType.WEBSOCKET:
        return
    for route in api.routes:
        if _is_open(api, route) or not _takes_preflights(api, route):
            continue
        needs = "an API key" if api.auth_of(route) is AuthType.NONE else f"the authorization {api.auth_of(route)}"
        message = f"{route.key} requires {needs}, which no preflight request has"
        yield subject.at(message, "routes", route.key)._replace(about=route)


def _takes_preflights(api: ApiDefinition, route: Route) -> bool:
    """Whether a route answers preflights, in an API that has CORS."""
    if api.type is ApiType.REST:
        return route.method == "OPTIONS"
    if not api.cors or route.method not in ("ANY", "$default"):
        return False
    # An OPTIONS route for the same path, or for all paths, is nearer.
    others = {each.path for each in api.routes if each.method == "OPTIONS"}
    return not others.intersection((route.path, "/{proxy+}"))


def _is_open(api: ApiDefinition, route: Route) -> bool:
    """Whether nothing is required of a call of a route."""
    return api.auth_of(route) is AuthType.NONE and not route.api_key_required


OPEN_API = Rule(
    id="EP-API-011",
    name="open-api",
    severity=Severity.SECURITY_WARNING,
    title="A public API has no authorization at all.",
    why="No route requires anything of a call, and the API has no resource policy: everybody gets in.",
    fix="set an authorization for the routes, or attach a resource policy",
    bad=api_example("GET /orders: {auth: NONE}", "GET /orders"),
    good=api_example("GET /orders: {auth: AWS_IAM}"),
    semantics=("GW-12",),
)

OPEN_ROUTE = Rule(
    id="EP-API-012",
    name="open-route-beside-others",
    severity=Severity.SUGGESTION,
    title="A route of a public API has no authorization, and others have.",
    why="Everybody can call the route. That is right for a health check, and wrong for a route that was forgotten.",
    fix="set its authorization, if it is not meant for everybody",
    bad=api_example("GET /health: {auth: NONE}\n  GET /orders: {auth: AWS_IAM}", "GET /health"),
    good=api_example("GET /health: {auth: AWS_IAM}\n  GET /orders: {auth: AWS_IAM}"),
    semantics=("GW-12",),
)


def _open_routes(subject: ApiSubject) -> list[Route]:
    """The routes that everybody can call: nothing else protects them."""
    api = subject.api
    if api.has_unknown_access or api.is_private or api.resource_policy is not None:
        return []
    # A client certificate is required where the API is reached by such a domain only.
    if api.disable_execute_api_endpoint and all(domain.mutual_tls for domain in api.domains):
        return []
    checked = [route for route in api.routes if api.type is not ApiType.WEBSOCKET or route.method == "$connect"]
    return [route for route in checked if _is_open(api, route) and route.method != "OPTIONS"]


def _has_protected_routes(api: ApiDefinition) -> bool:
    return any(not _is_open(api, route) for route in api.routes)


def _open_apis(subject: ApiSubject) -> Iterator[CheckResult]:
    routes = _open_routes(subject)
    if routes and not _has_protected_routes(subject.api):
        first = routes[0]
        yield subject.at(f"everybody can call {listed_routes(routes)}", "routes", first.key)._replace(about=first)


def _open_beside_others(subject: ApiSubject) -> Iterator[CheckResult]:
    if _has_protected_routes(subject.api):
        for route in _open_routes(subject):
            yield subject.at(f"everybody can call {route.key}", "routes", route.key)._replace(about=route)


KEY_AS_AUTHORIZATION = Rule(
    id="EP-API-013",
    name="api-key-as-authorization",
    severity=Severity.SECURITY_WARNING,
    title="A route of a public API requires an API key, and no authorization.",
    why="An API key identifies a usage plan. It does not say who calls, it does not expire, and with one key of a "
    "stage all its routes can be called.",
    fix="set an authorization beside the key",
    bad=api_example("GET /orders: {api_key_required: true}", "GET /orders"),
    good=api_example("GET /orders: {api_key_required: true, auth: AWS_IAM}"),
    semantics=("AUT-6",),
)


def _keys_as_authorization(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.has_unknown_access or api.is_private or api.resource_policy is not None:
        return
    for route in api.routes:
        if route.api_key_required and api.auth_of(route) is AuthType.NONE and route.method != "OPTIONS":
            yield subject.at(f"an API key is all that a call of {route.key} needs", "routes", route.key)


CACHED_ANSWER = Rule(
    id="EP-API-014",
    name="cached-answer-for-other-routes",
    severity=Severity.SUGGESTION,
    title="The cached answer of an authorizer is used for other routes.",
    why="The key of the cache is made of the identity sources. Without the method and the path in it, a policy that "
    "names one method decides the calls of all others until it expires.",
    fix="let the function answer with a policy for all routes, add the method and the path to the identity sources, or "
    "set the ttl to 0",
    bad=api_example(
        "GET /orders: {authorizer: context}\n  GET /invoices: {authorizer: context}",
        "context",
        _CACHED.format("method.request.header.Authorization"),
    ),
    good=api_example(
        "GET /orders: {authorizer: context}\n  GET /invoices: {authorizer: context}",
        "",
        _CACHED.format("method.request.header.Authorization, context.httpMethod, context.path"),
    ),
    semantics=("AUT-5",),
)
#: Parts of a call that say its method, and those that say its path.
_METHODS: Final = ("httpMethod", "routeKey")
_PATHS: Final = ("path", "resourcePath", "routeKey", "resourceId")


def _cached_answers(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.has_unknown_access or api.type is ApiType.WEBSOCKET:
        return
    for authorizer in api.authorizers:
        routes = [route for route in api.routes if route.authorizer == authorizer.name]
        if len(routes) > 1 and _caches_policies(api, authorizer) and not _names_route(authorizer):
            others = "the other one" if len(routes) == 2 else f"the {len(routes) - 1} other ones"
            message = f"until it expires, an answer of {authorizer.name} for one route is used for {others} too"
            related = (subject.related(f"the route {route.key}", "routes", route.key) for route in routes[:2])
            found = subject.at(message, "authorizers", authorizer.name)
            yield found._replace(related=tuple(each for places in related for each in places))


def _caches_policies(api: ApiDefinition, authorizer: Authorizer) -> bool:
    """Whether an authorizer returns policies that are used again."""
    ttl = authorizer.ttl
    if ttl is None:
        ttl = REST_TTL if api.type is ApiType.REST else 0
    of_function = authorizer.type in (AuthorizerType.TOKEN, AuthorizerType.REQUEST)
    return of_function and not authorizer.simple_responses and ttl > 0


def _names_route(authorizer: Authorizer) -> bool:
    parts = {source.rpartition(".")[2] for source in authorizer.identity_sources if "context." in source}
    return bool(parts.intersection(_METHODS)) and bool(parts.intersection(_PATHS))


DEFAULT_ENDPOINT = Rule(
    id="EP-API-015",
    name="default-endpoint-beside-mutual-tls",
    severity=Severity.SECURITY_WARNING,
    title="A domain requires client certificates, and the default endpoint of the API is open.",
    why="The default endpoint, API.execute-api.REGION.amazonaws.com, asks for no certificate: whoever knows the id of "
    "the API goes around the domain.",
    fix="disable the default endpoint",
    bad=api_example(
        "GET /orders: {auth: NONE}",
        "api.example.com",
        "domains:\n  api.example.com: {mutual_tls: true, mappings: {'': prod}}\n",
    ),
    good=api_example(
        "GET /orders: {auth: AWS_IAM}",
        "",
        "disable_execute_api_endpoint: true\ndomains:\n  api.example.com: {mutual_tls: true, mappings: {'': prod}}\n",
    ),
    semantics=("GW-30", "GW-31"),
)


def _default_endpoints(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.disable_execute_api_endpoint or api.has_unknown_access:
        return
    domains = [domain for domain in api.domains if domain.mutual_tls]
    if domains and not _is_kept_out(api):
        for domain in domains:
            message = f"calls of the default endpoint need no certificate, as those of {domain.name} do"
            yield subject.at(message, "domains", domain.name)


def _is_kept_out(api: ApiDefinition) -> bool:
    """Whether the resource policy lets no anonymous call from anywhere pass, by the answers of the engine."""
    return api.resource_policy is not None and (api.is_private or not any(opened_to_anybody(api)))


ROUTED_BY_HEADER = Rule(
    id="EP-API-016",
    name="stage-chosen-by-header",
    severity=Severity.SUGGESTION,
    title="A header that the client chooses selects the stage or the API of a call.",
    why="Every client can send the header, and so reach the stage that the rule selects. What protects the other stage "
    "does not keep anybody out of this one.",
    fix="protect every stage that the rules select",
    bad=api_example(
        "GET /orders: {auth: AWS_IAM}",
        "api.example.com",
        "domains:\n  api.example.com:\n    mappings: {'': prod}\n    routing_mode: ROUTING_RULE_THEN_API_MAPPING\n"
        "    routing_rules: [{priority: 1, stage: beta, headers: {X-Version: beta}}]\n",
    ),
    good=api_example("GET /orders: {auth: AWS_IAM}", "", "domains:\n  api.example.com: {mappings: {'': prod}}\n"),
    semantics=("GW-32",),
)


def _routed_by_headers(subject: ApiSubject) -> Iterator[CheckResult]:
    for domain in subject.api.domains:
        stages = {(mapping.stage, mapping.api_id) for mapping in domain.mappings}
        stages |= {(rule.stage, rule.api_id) for rule in domain.routing_rules}
        for rule in domain.routing_rules:
            if rule.headers and len(stages) > 1:
                names = " and ".join(name for name, _ in rule.headers)
                message = f"whoever sends the header {names} reaches the stage {rule.stage}"
                yield subject.at(message, "domains", domain.name)._replace(about=(domain.name, rule))


#: One line for each rule.
CHECKS = (
    ApiCheck(PREFLIGHT, _preflights, show_preflight),
    ApiCheck(OPEN_API, _open_apis, show_open),
    ApiCheck(OPEN_ROUTE, _open_beside_others, show_open),
    ApiCheck(KEY_AS_AUTHORIZATION, _keys_as_authorization),
    ApiCheck(CACHED_ANSWER, _cached_answers),
    ApiCheck(DEFAULT_ENDPOINT, _default_endpoints, show_default_endpoint),
    ApiCheck(ROUTED_BY_HEADER, _routed_by_headers, show_header),
)
