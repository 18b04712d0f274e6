"""API definitions of all types with all parts, generated, and what makes two definitions the same API."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from execpolicy import ApiType, Policy
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.authorizer import Authorizer, Claim, Issuer
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.gateway_responses import OWN_TEXT, SETTABLE, CustomGatewayResponse
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.names import CacheRefusal
from execpolicy.gateway.model.readings import ENDPOINT_IDENTITY_READINGS, PATH_READINGS, Readings
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.routing_rule import ROUTING_MODES, RoutingRule
from execpolicy.gateway.model.stage import ApiKey, Stage
from execpolicy.literals import PolicyKindName
from execpolicy.testing import strategies

#: Texts that YAML could read as something else.
ODD = st.sampled_from(["a", "yes", "1e3", "012", "0x1F", "null", "~", "a: b", "#a", "'", '"', "é", "\U0001f600", "- a"])
TEXTS = ODD | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0\ufdd1\0"), min_size=1, max_size=6
)
NAMES = st.sampled_from(["prod", "test", "012", "1e3", "no", "v1_2-3"])
FLAGS = st.booleans()


def comparable(api: ApiDefinition) -> dict[str, Any]:
    """The parts of an API, with documents in place of policies: their places differ by file."""
    parts = {name: getattr(api, name) for name in ApiParts.__slots__}
    parts["resource_policy"] = _document(api.resource_policy)
    parts["domains"] = [(domain._replace(policy=None), _document(domain.policy)) for domain in api.domains]
    parts["method_settings"] = [stage.method_settings for stage in api.stages]
    return parts


def _document(policy: Policy | None) -> object:
    return None if policy is None else policy.to_document()


def _optional(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


_SOURCES = {
    "REST": st.sampled_from(["method.request.header.Authorization", "method.request.header.X"]),
    "HTTP": st.sampled_from(["$request.header.Authorization", "$request.querystring.t"]),
    "WEBSOCKET": st.sampled_from(["route.request.querystring.t", "route.request.header.A"]),
}
_POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_"
_FUNCTIONS = st.sampled_from(
    [f"arn:aws:lambda:eu-west-1:111122223333:function:{name}" for name in ("a", "a:live", "b:7")]
)


@st.composite
def _authorizers(draw: st.DrawFn, kind: str) -> list[Authorizer]:
    """An authorizer of each type that the API can have, or some of them."""
    source = _SOURCES[kind]
    names = draw(st.lists(TEXTS, min_size=4, max_size=4, unique=True))
    request: dict[str, Any] = draw(
        _optional(ttl=st.integers(0, 3600), invoke_permission=FLAGS, function_arn=_FUNCTIONS)
    )
    if kind == "HTTP" and draw(FLAGS):
        request |= {"payload_format": "2.0", "simple_responses": draw(FLAGS)}
    made = [Authorizer(names[0], type="REQUEST", identity_sources=[draw(source)], **request)]
    claims = st.lists(st.builds(Claim, TEXTS.map("c".__add__), st.lists(TEXTS, max_size=2, unique=True), FLAGS))
    audiences = st.lists(TEXTS, min_size=1, max_size=2, unique=True)
    if kind != "WEBSOCKET":
        issuer = Issuer("https://a.example/", draw(audiences), draw(claims) if kind == "REST" else ())
        token = "method.request.header.A" if kind == "REST" else draw(source)
        made.append(Authorizer(names[1], type="JWT", identity_sources=[token], issuers=[issuer]))
    if kind == "REST":
        options = draw(
            _optional(ttl=st.integers(0, 3600), validation_expression=st.just("[a-z]+"), function_arn=_FUNCTIONS)
        )
        made.append(Authorizer(names[2], type="TOKEN", identity_sources=[draw(source)], **options))
        pools = draw(st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True))
        made.append(Authorizer(names[3], type="COGNITO_USER_POOLS", user_pools=[_POOL + pool for pool in pools]))
    return draw(st.lists(st.sampled_from(made), unique_by=lambda each: each.name))


@st.composite
def _routes(draw: st.DrawFn, kind: str, authorizers: list[Authorizer]) -> list[Route]:
    keys = {
        "REST": [("GET", "/"), ("POST", "/a"), ("ANY", "/a/{id}"), ("PUT", "/{proxy+}")],
        "HTTP": [("GET", "/"), ("POST", "/a/{id}"), ("ANY", "/{proxy+}"), ("$default", "")],
        "WEBSOCKET": [("$connect", ""), ("$default", ""), ("send news", "")],
    }[kind]
    routes = []
    for method, path in draw(st.lists(st.sampled_from(keys), unique=True)):
        parts: dict[str, Any] = {}
        can_authorize = kind != "WEBSOCKET" or method == "$connect"
        auth = draw(st.sampled_from(["", "NONE", "AWS_IAM", "authorizer"])) if can_authorize else ""
        if auth == "authorizer" and authorizers:
            used = draw(st.sampled_from(authorizers))
            parts["authorizer"] = used.name
            if draw(FLAGS):
                parts["auth"] = used.type.auth
            if not used.is_lambda:
                parts["scopes"] = draw(st.lists(TEXTS, max_size=2, unique=True))
        elif auth in ("NONE", "AWS_IAM"):
            parts["auth"] = auth
        if kind != "HTTP" and can_authorize:
            parts["api_key_required"] = draw(FLAGS)
        routes.append(Route(method, path, **parts))
    return routes


@st.composite
def _stages(draw: st.DrawFn, kind: str, routes: list[Route]) -> list[Stage]:
    setting = _optional(cached=FLAGS, cache_needs_permission=FLAGS, cache_refusal=st.sampled_from(CacheRefusal))
    places = [("*", "*"), *((route.path, route.method) for route in routes)] if kind == "REST" else []
    found = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        settings = []
        for path, method in draw(st.lists(st.sampled_from(places), unique=True)) if places else ():
            values = draw(setting)
            if values:
                settings.append(MethodSetting(path, method, **values))
        variables = draw(st.dictionaries(TEXTS, TEXTS, max_size=2))
        found.append(
            Stage(
                name,
                variables=variables,
                cache_needs_permission=draw(FLAGS),
                cache_refusal=draw(st.sampled_from(CacheRefusal)),
                method_settings=settings,
            )
        )
    return found


@st.composite
def _domains(draw: st.DrawFn, kind: str, stages: list[str], *, private: bool) -> list[Domain]:
    stage = st.sampled_from(stages)
    other = st.sampled_from([None, "z9"])
    found = []
    for name in draw(st.lists(st.sampled_from(["a.example", "b.example"]), unique=True)):
        paths = draw(st.lists(st.sampled_from(["", "v1", "012"]), unique=True))
        mode = draw(st.sampled_from(ROUTING_MODES)) if kind == "REST" and not private else ROUTING_MODES[0]
        rules = [
            RoutingRule(priority, draw(stage), {"X-Version": "b*"} if draw(FLAGS) else None, "v1", draw(FLAGS), "z9")
            for priority in (draw(st.lists(st.integers(1, 1_000_000), max_size=2, unique=True)))
            if mode != ROUTING_MODES[0]
        ]
        parts: dict[str, Any] = {"mappings": [Mapped(path, draw(stage), draw(other)) for path in paths]}
        if private:
            parts |= {"id": "d1", "associated_endpoints": ["vpce-1"], "policy": draw(_policies("domain_name"))}
        else:
            parts |= {"routing_mode": mode, "routing_rules": rules, "mutual_tls": draw(FLAGS) and kind != "WEBSOCKET"}
            parts |= draw(_optional(ip_address_type=st.sampled_from(["ipv4", "dualstack"])))
        found.append(Domain(name, **parts))
    return found


def _policies(kind: PolicyKindName) -> st.SearchStrategy[Policy]:
    return strategies.policies(kind)


_RESPONSES = st.lists(
    st.builds(
        CustomGatewayResponse,
        st.sampled_from(SETTABLE),
        st.integers(100, 599),
        st.sampled_from([None, OWN_TEXT, "Show your ticket"]),
    ),
    max_size=2,
    unique_by=lambda each: each.response_type,
)


@st.composite
def api_definitions(draw: st.DrawFn) -> ApiDefinition:
    """APIs that the model accepts."""
    kind = draw(st.sampled_from(["REST", "REST", "HTTP", "WEBSOCKET"]))
    authorizers = draw(_authorizers(kind))
    routes = draw(_routes(kind, authorizers))
    stages = draw(_stages(kind, routes))
    names = [stage.name for stage in stages]
    private = kind == "REST" and draw(FLAGS)
    parts: dict[str, Any] = {
        "routes": routes,
        "authorizers": authorizers,
        "stages": stages,
        "stage": draw(st.sampled_from(names)),
        "domains": draw(_domains(kind, names, private=private)),
        "readings": Readings(draw(st.sampled_from(PATH_READINGS)), draw(st.sampled_from(ENDPOINT_IDENTITY_READINGS))),
        "disable_execute_api_endpoint": draw(FLAGS),
    }
    keys = st.builds(ApiKey, TEXTS, st.lists(st.sampled_from(names), min_size=1, unique=True), FLAGS)
    parts["api_keys"] = draw(st.lists(keys, max_size=2))
    if kind == "REST":
        parts |= {
            "endpoint": "PRIVATE" if private else draw(st.sampled_from(["EDGE", "REGIONAL"])),
            "resource_policy": draw(st.none() | _policies("resource")),
            "gateway_responses": draw(_RESPONSES),
        }
        parts |= draw(_optional(endpoint_access_mode=st.sampled_from(["BASIC", "STRICT"])))
    if kind == "HTTP":
        parts["cors"] = draw(FLAGS)
    account = draw(st.sampled_from(["111122223333", "012345678901"]))
    made: dict[str, Any] = {
        "id": draw(st.sampled_from(["a1b2c3", "1e3", "012"])),
        "account": account,
        "region": "eu-west-1",
    }
    sources = ["HEADER"] if kind == "HTTP" else ["HEADER", "AUTHORIZER"]
    try:
        return ApiDefinition(**made, type=ApiType(kind), api_key_source=draw(st.sampled_from(sources)), **parts)
    except UsageError:  # keys that an authorizer gives need a Lambda authorizer
        return ApiDefinition(**made, type=ApiType(kind), **parts)
