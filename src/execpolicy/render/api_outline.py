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

#: Joins the parts of a line.
SEPARATOR = " · "
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
    yield OutlineLine(0, "heading", f"{beginning}{api.type} API {api.id}, {api.endpoint.lower()}")
    place = [f"account {api.account}", f"region {api.region}", _stages_in_words(api)]
    yield _line(1, SEPARATOR.join(place))
    if placeholders:
        names = listed([_PLACEHOLDERS[name] for name in placeholders], "and")
        options = listed([f"--{name.replace('_', '-')}" for name in placeholders], "and")
        are = "is a placeholder" if len(placeholders) == 1 else "are placeholders"
        yield _line(1, f"{names} {are}: {options} give what AWS assigns", style="assumed")
    yield from section("routes", [_route_row(api, route) for route in api.routes] or [("none", "")])
    yield from section("authorizers", [(each.name, _authorizer_words(api, each)) for each in api.authorizers])
    if api.resource_policy is not None:
        yield from section("resource policy", [])
        yield from policy_lines(api.resource_policy)
    yield from section("custom domains", [(domain.name, _domain_words(domain)) for domain in api.domains])
    for domain in api.domains:
        if domain.policy is not None:
            yield _line(1, f"policy of {domain.name}", style="label")
            yield from policy_lines(domain.policy)
    yield from section("stages", [row for stage in api.stages for row in _stage_rows(stage)])
    yield from section("API keys", list(_api_key_rows(api)))
    yield from section("settings", list(_setting_rows(api)))


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


def _route_row(api: ApiDefinition, route: Route) -> tuple[str, str]:
    auth = api.auth_of(route)
    words = [auth.value if route.authorizer is None else f"{auth.value} by {route.authorizer}"]
    if route.scopes:
        words.append(f"scope {listed(route.scopes)}")
    if route.api_key_required:
        words.append("API key")
    if auth is AuthType.NONE and not route.api_key_required:
        words = [f"{OPEN}: no authorization"]
    return route.key, SEPARATOR.join(words)


def _authorizer_words(api: ApiDefinition, authorizer: Authorizer) -> str:
    words = [authorizer.type.value]
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


def _domain_words(domain: Domain) -> str:
    words = ["private" if domain.is_private else "public"]
    words += [_mapping_words(mapped) for mapped in domain.mappings]
    words += [f"rule {rule.priority} → {_place(rule.stage, rule.api_id)}" for rule in domain.routing_rules]
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
    return SEPARATOR.join(words)


def _mapping_words(mapped: Mapped) -> str:
    return f"/{mapped.path} → {_place(mapped.stage, mapped.api_id)}"


def _place(stage: str, api_id: str | None) -> str:
    return stage if api_id is None else f"{stage} of {api_id}"


def _stages_in_words(api: ApiDefinition) -> str:
    return f"{'stage' if len(api.stages) == 1 else 'stages'} {', '.join(stage.name for stage in api.stages)}"


def _stage_rows(stage: Stage) -> Iterator[tuple[str, str]]:
    """What a stage sets for its cache and its variables; nothing for a stage that sets nothing."""
    words = [f"{name}={value}" for name, value in stage.variables.items()]
    if stage.cache_needs_permission:
        words.append(f"invalidating the cache needs permission ({stage.cache_refusal})")
    for setting in stage.method_settings:
        cached = {None: "", True: "cached", False: "not cached"}[setting.cached]
        needs = {None: "", True: "invalidation needs permission", False: "anybody invalidates"}
        parts = [cached, needs[setting.cache_needs_permission], setting.cache_refusal or ""]
        words.append(f"{setting.key} {', '.join(part for part in parts if part)}")
    if words:
        yield stage.name, SEPARATOR.join(words)


def _api_key_rows(api: ApiDefinition) -> Iterator[tuple[str, str]]:
    """The keys by number: their values are secrets."""
    for number, key in enumerate(api.api_keys, 1):
        yield f"key {number}", _key_words(key)
    if api.api_key_source is not KeySource.HEADER:
        yield "source", "the authorizer"


def _key_words(key: ApiKey) -> str:
    words = f"for {listed(key.stages, 'and')}" if key.stages else "for no stage"
    return words if key.enabled else f"{words}{SEPARATOR}disabled"


def _setting_rows(api: ApiDefinition) -> Iterator[tuple[str, str]]:
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
        own = None if response.message == OWN_TEXT else response.message or "without a message"
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
