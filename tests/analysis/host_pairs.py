"""APIs with several stages, hosts and base paths, the same with one change, and all calls of a small alphabet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from random import Random
from typing import Any, NamedTuple

from execpolicy import Api, Caller, Domain, Mapped, Policy, Principal, RequestError, Route, RoutingRule
from execpolicy.analysis.permitted import permitted
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.routing import CallDestination, destination_of, domain_of
from execpolicy.gateway.flow.step import CallOutcome

HERE, THERE = "111122223333", "444455556666"
OWN_HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NAMED, WILD, WITH_TLS = "api.example.com", "*.example.com", "tls.example.org"
HOSTS = (OWN_HOST, NAMED, "any.example.com", WITH_TLS)
METHODS = ("GET", "POST")
SEGMENTS = ("prod", "dev", "shop", "orders")
URLS = (
    *("/", "/orders", "/orders/", "/prod", "/prod/", "/dev/", "/shop", "/shop/"),
    *(f"/{first}/{second}" for first, second in product(SEGMENTS, ("orders", "prod", "shop"))),
    *(f"/{first}/shop/orders" for first in SEGMENTS),
    *("/prod/orders/7", "/shop/v1/orders", "/shop/v1", "/prod/prod/orders", "/shop/prod/orders"),
)
CALLERS = (None, f"arn:aws:iam::{HERE}:user/Ann", f"arn:aws:iam::{THERE}:user/Ann")
HEADERS: tuple[Mapping[str, str], ...] = ({}, {"X-Version": "beta"}, {"X-Version": "1"})
_PATHS = ("/orders", "/prod/orders", "/shop/orders", "/{proxy+}", "/orders/{id}", "/")
_RESOURCES = (
    *("execute-api:/*", "execute-api:/prod/*", "execute-api:/*/GET/*", "execute-api:/dev/GET/orders"),
    *("execute-api:/*/*/orders", "execute-api:/prod/*/shop/*", "execute-api:/dev/*"),
)
_BASES = ("", "shop", "shop/v1", "prod")


class HostCall(NamedTuple):
    """One call of the alphabet, with the whole path of its URL."""

    host: str
    method: str
    path: str
    caller: str | None
    headers: Mapping[str, str]
    certificate: Any

    def is_allowed(self, api: Api) -> bool | None:
        """Whether it gets through; None if it goes to another API. No version answers at a host that it has not."""
        if self.host != OWN_HOST and domain_of(api, self.host) is None:
            return False
        certificate = {"client_certificate": self.certificate} if self.host == WITH_TLS else {}
        try:
            response = api.invoke(
                self.method,
                self.path,
                caller=signer(self.caller),
                context={"aws:SourceIp": "198.51.100.1"},
                domain_name=self.host,
                headers=self.headers,
                **certificate,
            )
        except RequestError as error:
            assert "leads to the API" in error.message  # noqa: PT017  # only then does the call reach another API
            return None
        assert response.outcome is not CallOutcome.INDETERMINATE
        return response.allowed

    def arrives_at(self, api: Api) -> tuple[str, str] | None:
        """The stage and the path after it; None if it leads to no stage."""
        if self.host == OWN_HOST and api.disable_execute_api_endpoint:
            return None
        if self.host != OWN_HOST and domain_of(api, self.host) is None:
            return None
        call = IncomingCall("GET", self.path, {name: (value,) for name, value in self.headers.items()})
        try:
            found = destination_of(api, self.path, self.host, call)
        except RequestError:
            return None
        return (found.stage.name, found.path) if isinstance(found, CallDestination) else None


@cache
def signer(arn: str | None) -> Caller | None:
    return None if arn is None else permitted(Principal.parse(arn))


CALLS = [
    HostCall(host, method, path, caller, headers, certificate)
    for host, method, path, caller in product(HOSTS, METHODS, URLS, CALLERS)
    for headers in (HEADERS if host == NAMED else HEADERS[:1])
    for certificate in (("valid", "absent") if host == WITH_TLS else (None,))
]


def api_parts(random: Random, kind: str) -> dict[str, Any]:
    """An API, as the arguments that make it."""
    stages = stages_of(random, kind)
    routes = {
        (random.choice(("GET", "ANY", "POST")), path): random.choice(("NONE", "AWS_IAM"))
        for path in random.sample(_PATHS, random.randint(1, 3))
    }
    return {
        "type": kind,
        "stages": stages,
        "routes": routes,
        "default": kind == "HTTP" and random.random() < 0.3,
        "policy": statements(random) if kind == "REST" and random.random() < 0.6 else None,
        "disabled": random.random() < 0.3,
        "domains": {each: domain(random, kind, stages) for each in (NAMED, WILD, WITH_TLS) if random.random() < 0.35},
    }


def stages_of(random: Random, kind: str) -> list[str]:
    names = ["prod", "dev", *(["$default"] if kind == "HTTP" else [])]
    return random.sample(names, random.randint(1, len(names)))


def statements(random: Random) -> list[Any]:
    return [
        {
            "Effect": random.choice(("Allow", "Allow", "Deny")),
            "Principal": random.choice(("*", {"AWS": HERE})),
            "Action": "execute-api:Invoke",
            random.choice(("Resource", "Resource", "NotResource")): random.choice(_RESOURCES),
        }
        for _ in range(random.randint(1, 3))
    ]


def domain(random: Random, kind: str, stages: list[str]) -> list[Any]:
    """The mappings of a domain, and its routing rules."""
    mappings = [(base, random.choice(stages)) for base in random.sample(_BASES, random.randint(0, 2))]
    rules = []
    if kind == "REST" and random.random() < 0.4:
        rules = [
            (random.choice(stages), random.choice((None, "beta", "b*")), random.choice((None, "shop")), strips)
            for strips in random.sample((True, False), random.randint(1, 2))
        ]
    return [mappings, rules, random.choice((False, True))]


def changed_parts(random: Random, given: dict[str, Any]) -> dict[str, Any]:
    """The same with one change or two."""
    for _ in range(random.choice((1, 1, 2))):
        given = _changed(random, given)
    return given


def _changed(random: Random, given: dict[str, Any]) -> dict[str, Any]:
    """The same with one change of its stages, hosts, base paths, routes or policy."""
    parts = {**given, "domains": {**given["domains"]}, "routes": {**given["routes"]}}
    kind, stages = parts["type"], parts["stages"]
    what = random.choice(("stages", "disabled", "domain", "domain", "mapping", "route", "policy", "default"))
    if what == "stages":
        named = {stage for mappings, _, _ in parts["domains"].values() for _, stage in mappings}
        named |= {each[0] for _, rules, _ in parts["domains"].values() for each in rules}
        parts["stages"] = list(dict.fromkeys((*named, *stages_of(random, kind))))
    elif what == "disabled":
        parts["disabled"] = not parts["disabled"]
    elif what == "domain":
        name = random.choice((NAMED, WILD, WITH_TLS))
        if parts["domains"].pop(name, None) is None:
            parts["domains"][name] = domain(random, kind, stages)
    elif what == "mapping" and parts["domains"]:
        name = random.choice([*parts["domains"]])
        parts["domains"][name] = domain(random, kind, stages)
    elif what == "route":
        route = random.choice([*parts["routes"]])
        parts["routes"][route] = "NONE" if parts["routes"][route] == "AWS_IAM" else "AWS_IAM"
    elif what == "policy" and kind == "REST":
        parts["policy"] = statements(random)
    else:
        parts["default"] = kind == "HTTP" and not parts["default"]
    return parts


def api_of(parts: Mapping[str, Any]) -> Api:
    routes = [Route(method, path, auth=auth) for (method, path), auth in parts["routes"].items()]
    policy = parts["policy"]
    return Api(
        id="a1b2c3",
        type=parts["type"],
        region="eu-west-1",
        account=HERE,
        stages=parts["stages"],
        stage=parts["stages"][0],
        routes=[*routes, *([Route("$default")] if parts["default"] else [])],
        resource_policy=None
        if policy is None
        else Policy.parse({"Version": "2012-10-17", "Statement": policy}, kind="resource"),
        disable_execute_api_endpoint=parts["disabled"],
        domains=[_domain(name, each) for name, each in parts["domains"].items()],
    )


def _domain(name: str, parts: list[Any]) -> Domain:
    mappings, rules, rules_only = parts
    return Domain(
        name,
        mappings=[Mapped(base, stage) for base, stage in mappings],
        mutual_tls=name == WITH_TLS,
        routing_mode="API_MAPPING_ONLY"
        if not rules
        else "ROUTING_RULE_ONLY"
        if rules_only
        else "ROUTING_RULE_THEN_API_MAPPING",
        routing_rules=[
            RoutingRule(
                priority,
                stage,
                headers={} if value is None else {"X-Version": value},
                base_path=base,
                strip_base_path=strips,
            )
            for priority, (stage, value, base, strips) in enumerate(rules, 1)
        ],
    )


def differing(before: Api, after: Api) -> Iterator[tuple[HostCall, bool]]:
    """The calls that only one version lets through, and whether it is the later one."""
    for call in CALLS:
        was, is_now = call.is_allowed(before), call.is_allowed(after)
        if None not in (was, is_now) and was is not is_now:
            yield call, bool(is_now)
