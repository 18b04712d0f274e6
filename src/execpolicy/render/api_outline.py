"""An API as it was read, as lines: its routes with what each asks of a caller, authorizers, policies and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy._base.outline import OutlineLine
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.authorizer import REST_TTL, Authorizer, Issuer
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.gateway_responses import OWN_TEXT
from execpolicy.gateway.model.names import ApiType, AuthType, KeySource
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.routing_rule import MAPPINGS_ONLY
from execpolicy.gateway.model.stage import ApiKey, Stage
from execpolicy.gateway.model.unknown_part import Concern
from execpolicy.render.unknown_in_api import SEPARATOR, UnknownInApi

#: The widest column of names; a longer name has a line of its own.
_WIDEST = 44


def api_lines(title: str, api: ApiDefinition, placeholders: tuple[str, ...]) -> Iterator[OutlineLine]:
    """The lines of an API.

    Args:
        title: how the file calls it; empty for the API of an API file.
        api: the API.
        placeholders: which of ``account``, ``region`` and ``api_id`` are placeholders.
    """
    beginning = f"{title}: " if title else ""
    unknown = UnknownInApi(api)
    endpoint = unknown.words(Concern.ENDPOINT) or api.endpoint.lower()
    yield OutlineLine(0, "heading", f"{beginning}{api.type} API {unknown.deployment('id', api.id)}, {endpoint}")
    account, region = unknown.deployment("account", api.account), unknown.deployment("region", api.region)
    place = [f"account {account}", f"region {region}", _stages_in_words(api)]
    yield _line(1, SEPARATOR.join(place))
    if placeholders:
        names = listed([_PLACEHOLDERS[name] for name in placeholders], "and")
        options = listed([f"--{name.replace('_', '-')}" for name in placeholders], "and")
        are = "is a placeholder" if len(placeholders) == 1 else "are placeholders"
        yield _line(1, f"{names} {are}: {options} give what AWS assigns", style="assumed")
    yield from section("routes", route_rows(api) or [("none", "")])
    yield from section("authorizers", list(_authorizer_rows(api, unknown)))
    policy = unknown.words(Concern.RESOURCE_POLICY)
    if policy is not None:
        yield from section("resource policy", [(policy, "")])
    elif api.resource_policy is not None:
        yield from section("resource policy", [])
        yield from policy_lines(api.resource_policy)
    domains = [(domain.name, _domain_words(domain, unknown)) for domain in api.domains]
    yield from section("custom domains", [*domains, *unknown.rows(Concern.DOMAIN_NAME)])
    for domain in api.domains:
        if domain.policy is not None:
            yield _line(1, f"policy of {domain.name}", style="label")
            yield from policy_lines(domain.policy)
    yield from section("stages", [row for stage in api.stages for row in _stage_rows(stage, unknown)])
    yield from section("API keys", list(_api_key_rows(api, unknown)))
    yield from section("settings", list(_setting_rows(api, unknown)))


_PLACEHOLDERS = {"account": "the account", "region": "the region", "api_id": "the id"}


def section(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[OutlineLine]:
    """A heading and a table of names and what belongs to each; nothing if there are no rows but a policy follows."""
    found = [(with_unknown_in_words(name), with_unknown_in_words(text)) for name, text in rows]
    if not found and title != "resource policy":
        return
    yield from heading(title)
    column = column_of(name for name, _ in found)
    for name, text in found:
        yield from row(name, text, column)


def heading(title: str) -> Iterator[OutlineLine]:
    """The heading of a part."""
    yield OutlineLine(0, "", "")
    yield OutlineLine(0, "heading", title)


def column_of(names: Iterable[str]) -> int:
    """The width of the column of names, with the space after it."""
    return max((len(name) for name in names if len(name) <= _WIDEST), default=0) + 2


def row(name: str, text: str, column: int) -> Iterator[OutlineLine]:
    """A name and what belongs to it; a long name has a line of its own."""
    style = "missing" if text.startswith(OPEN) else ""
    if not text:
        yield _line(1, name)
    elif len(name) <= _WIDEST:
        yield OutlineLine(1, style, text, label=f"{name:<{column}}")
    else:
        yield _line(1, name, style="label")
        yield _line(2, text, style=style)


def policy_lines(policy: Policy, depth: int = 1) -> Iterator[OutlineLine]:
    """The statements of a policy, each with its place."""
    if not policy.statements:
        yield _line(depth, f"{policy.name}: no statement")
    for statement in policy.statements:
        place = policy.place(statement, f"Statement[{statement.number}]")
        sid = "" if statement.sid is None else f" {statement.sid.value}"
        yield _line(depth, f"{place}: {statement.effect}{sid}")


#: Begins the words for a route that everybody may call, as far as its own settings go.
OPEN = "NONE"


def route_rows(api: ApiDefinition) -> list[tuple[str, str]]:
    """The key of each route, and what the route asks of a caller."""
    unknown = UnknownInApi(api)
    return [_route_row(api, route, unknown) for route in api.routes] + [*unknown.rows(Concern.ROUTE_KEY)]


def _route_row(api: ApiDefinition, route: Route, unknown: UnknownInApi) -> tuple[str, str]:
    required = unknown.words(Concern.AUTH, key=route.key)
    if required is not None:
        return route.key, required
    auth = api.auth_of(route)
    words = [auth.value if route.authorizer is None else f"{auth.value} by {route.authorizer}"]
    if route.scopes:
        words.append(f"scope {listed(route.scopes)}")
    if route.api_key_required:
        words.append("API key")
    fields = [*unknown.fields(Concern.SCOPES, Concern.API_KEY_REQUIRED, key=route.key)]
    if auth is AuthType.NONE and not route.api_key_required and not fields:
        words = [f"{OPEN}: no authorization"]
    words += [f"{_FIELDS[name]} {value}" for name, value in fields]
    return route.key, SEPARATOR.join(words)


#: The words for fields of routes and of the API.
_FIELDS = {
    "scopes": "scope",
    "api_key_required": "API key required:",
    "cors": "CORS",
    "disable_execute_api_endpoint": "own host disabled",
    "ip_address_type": "addresses",
    "endpoint_access_mode": "access mode",
    "mutual_tls": "client certificate required:",
}


def _authorizer_rows(api: ApiDefinition, unknown: UnknownInApi) -> Iterator[tuple[str, str]]:
    for each in api.authorizers:
        yield each.name, unknown.words(Concern.AUTHORIZER, key=each.name) or _authorizer_words(api, each)
    yield from unknown.rows(Concern.AUTHORIZER, known=tuple(each.name for each in api.authorizers))


def _authorizer_words(api: ApiDefinition, authorizer: Authorizer) -> str:
    words = [authorizer.type.value]
    if authorizer.function_arn is not None:
        words.append(f"calls {authorizer.function_arn}")
    if authorizer.payload_format != "1.0":
        words.append(f"payload format {authorizer.payload_format}")
    if authorizer.simple_responses:
        words.append("simple responses")
    if authorizer.identity_sources:
        words.append(f"reads {listed(authorizer.identity_sources, 'and')}")
    if authorizer.validation_expression is not None:
        words.append(f"token matches {authorizer.validation_expression}")
    words += [f"user pool {pool}" for pool in authorizer.user_pools]
    words += [_issuer_words(issuer) for issuer in authorizer.issuers]
    if authorizer.is_lambda:
        ttl = authorizer.ttl
        seconds = (REST_TTL if api.type is ApiType.REST else 0) if ttl is None else ttl
        words.append(f"cached for {seconds} s" if seconds else "not cached")
        if not authorizer.invoke_permission:
            words.append("API Gateway may not invoke the function")
    return SEPARATOR.join(words)


def _issuer_words(issuer: Issuer) -> str:
    claims = [
        claim.name + (f" = {listed(claim.expected)}" if claim.expected else "") + ("" if claim.required else "?")
        for claim in issuer.claims
    ]
    more = f", claims {listed(claims, 'and')}" if claims else ""
    return f"issuer {issuer.url} for {listed(issuer.audiences)}{more}"


def _domain_words(domain: Domain, unknown: UnknownInApi) -> str:
    content = unknown.words(Concern.DOMAIN, key=domain.name)
    if content is not None:
        return content
    words = ["private" if domain.is_private else "public"]
    words += [_mapping_words(mapped, unknown) for mapped in domain.mappings]
    words += [
        f"rule {rule.priority} → {_place(unknown.stage(rule.stage), rule.api_id)}" for rule in domain.routing_rules
    ]
    if domain.routing_mode != MAPPINGS_ONLY:
        words.append(domain.routing_mode)
    if domain.associated_endpoints:
        words.append(f"by {listed(domain.associated_endpoints)}")
    if domain.mutual_tls:
        words.append("client certificate")
    if domain.ip_address_type is not None:
        words.append(domain.ip_address_type)
    if domain.endpoint_access_mode is not None:
        words.append(f"access mode {domain.endpoint_access_mode}")
    words += [f"{_FIELDS[name]} {value}" for name, value in unknown.fields(Concern.DOMAIN_SETTING, key=domain.name)]
    return SEPARATOR.join(words)


def _mapping_words(mapped: Mapped, unknown: UnknownInApi) -> str:
    return f"/{mapped.path} → {_place(unknown.stage(mapped.stage), mapped.api_id)}"


def _place(stage: str, api_id: str | None) -> str:
    return stage if api_id is None else f"{stage} of {api_id}"


def _stages_in_words(api: ApiDefinition) -> str:
    names = ", ".join(api.stage_names())
    return f"{'stage' if len(api.stages) == 1 else 'stages'} {names}"


def _stage_rows(stage: Stage, unknown: UnknownInApi) -> Iterator[tuple[str, str]]:
    """What a stage sets for its cache and its variables; nothing for a stage that sets nothing."""
    words = [f"{name}={value}" for name, value in stage.variables.items()]
    if stage.cache_needs_permission:
        words.append(f"invalidating the cache needs permission ({stage.cache_refusal})")
    for setting in stage.method_settings:
        cached = {None: "", True: "cached", False: "not cached"}[setting.cached]
        needs = {None: "", True: "invalidation needs permission", False: "anybody invalidates"}
        parts = [cached, needs[setting.cache_needs_permission], setting.cache_refusal or ""]
        words.append(f"{setting.key} {', '.join(part for part in parts if part)}")
    words += [f"{name} {value}" for name, value in unknown.fields(Concern.STAGE, key=stage.name)]
    if words:
        yield unknown.stage(stage.name), SEPARATOR.join(words)


def _api_key_rows(api: ApiDefinition, unknown: UnknownInApi) -> Iterator[tuple[str, str]]:
    """The keys by number: their values are secrets."""
    for number, key in enumerate(api.api_keys, 1):
        yield f"key {number}", _key_words(key, unknown)
    for name, value in unknown.fields(Concern.API_KEYS):
        yield "source" if name == "api_key_source" else "a key", value
    if api.api_key_source is not KeySource.HEADER:
        yield "source", "the authorizer"


def _key_words(key: ApiKey, unknown: UnknownInApi) -> str:
    words = f"for {listed([*map(unknown.stage, key.stages)], 'and')}" if key.stages else "for no stage"
    return words if key.enabled else f"{words}{SEPARATOR}disabled"


def _setting_rows(api: ApiDefinition, unknown: UnknownInApi) -> Iterator[tuple[str, str]]:
    for name, value in unknown.fields(Concern.CORS, Concern.OWN_HOST, Concern.HOSTS):
        yield _FIELDS[name], value
    if api.cors:
        yield "CORS", "answers preflight requests"
    if api.disable_execute_api_endpoint:
        yield "own host", "disabled"
    if api.ip_address_type is not None:
        yield "addresses", api.ip_address_type
    if api.endpoint_access_mode is not None:
        yield "access mode", api.endpoint_access_mode
    for response in api.gateway_responses:
        status = "" if response.status is None else f"status {response.status}"
        own = unknown.words(Concern.MESSAGE, key=response.response_type)
        if own is None and response.message != OWN_TEXT:
            own = response.message or "without a message"
        yield response.response_type, SEPARATOR.join(part for part in (status, own) if part)


def _line(depth: int, text: str, style: str = "") -> OutlineLine:
    return OutlineLine(depth, style, with_unknown_in_words(text))


def policies_in_words(policies: Iterable[Policy]) -> str:
    """How many statements some policies have, and where they begin."""
    found = list(policies)
    places = [
        policy.place(policy.statements[0], "Statement[0]") if policy.statements else policy.name for policy in found
    ]
    return f"{counted(sum(len(policy.statements) for policy in found), 'statement')} at {listed(places, 'and')}"
