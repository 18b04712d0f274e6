"""An outcome that another reading of a gate would change names the rule, and one that it would not change does not."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Authorizer, Domain, Mapped, MethodSetting, Policy, Route, RoutingRule, Stage
from execpolicy.gateway.flow.assumptions import ASSUMPTIONS_OF_GATES
from execpolicy.literals import PolicyKindName

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
ANN = "arn:aws:iam::111122223333:user/Ann"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff"
HEADER = "method.request.header.Authorization"
INVALIDATE = {"Cache-Control": "max-age=0"}
ENDPOINT = {"aws:SourceVpce": "vpce-0a"}
DOMAIN = "api.example.com"

#: An API, a method, a path and the other arguments of a call.
Called = tuple[Api, str, str, dict[str, Any]]


def policy(resource: str = "*", kind: PolicyKindName = "resource", **more: Any) -> Policy:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource, **more}
    return Policy.parse({"Version": "2012-10-17", "Statement": [allow]}, kind=kind)


def api(*routes: str, stages: Any = ("prod",), **parts: Any) -> Api:
    made = [Route(*each.split()) for each in routes or ("GET /a",)]
    return Api(**{**HERE, "type": "REST", "stages": list(stages), "routes": made, **parts})


def call(called: Api, path: str = "/a", *, method: str = "GET", **given: Any) -> Called:
    return called, method, path, given


def by_path(resource: str) -> Called:
    return call(api(resource_policy=policy(f"execute-api:/prod/{resource}")), "/a/")


def by_method_of_header(resource: str) -> Called:
    called = api("GET /a", "POST /a", resource_policy=policy(f"execute-api:/prod/{resource}"))
    return call(called, headers={"X-HTTP-Method-Override": "POST"})


def by_document_of_function(**condition: Any) -> Called:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=[HEADER])
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", **condition}
    answer = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    called = Api(**{**HERE, "type": "REST", "stages": ["prod"]}, authorizers=[tokens], routes=[guarded_route("tokens")])
    return call(called, caller=ANN, headers={"Authorization": "abc"}, authorizer_output=answer)


def guarded_route(authorizer: str) -> Route:
    return Route("GET", "/a", authorizer=authorizer)


def by_private_domain(**more: Any) -> Called:
    domain_policy = policy(kind="domain_name", **more)
    domain = Domain(
        DOMAIN, mappings=[Mapped("", "prod")], id="x", associated_endpoints=["vpce-0a"], policy=domain_policy
    )
    called = api(endpoint="PRIVATE", resource_policy=policy(), domains=[domain])
    return call(called, domain_name=DOMAIN, context=ENDPOINT)


def by_settings_of_any(*, of_get: bool) -> Called:
    settings = [
        MethodSetting("/a", "ANY", cached=True, cache_needs_permission=True),
        MethodSetting("/a", "GET", cache_needs_permission=of_get),
    ]
    return call(api("ANY /a", stages=[Stage("prod", method_settings=settings)]), headers=INVALIDATE)


def by_method_not_cached(header: str) -> Called:
    called = api("POST /a", stages=[Stage("prod", cache_needs_permission=True)])
    return call(called, method="POST", headers={"Cache-Control": header})


def by_host_of_header(resource: str) -> Called:
    domain = Domain(DOMAIN, mappings=[Mapped("", "beta")])
    attached = policy(f"execute-api:/{resource}")
    called = api("ANY /{proxy+}", stages=["prod", "beta"], domains=[domain], resource_policy=attached, stage="prod")
    return call(called, headers={"Host": DOMAIN})


def by_rest_of_path(resource: str) -> Called:
    domain = Domain(DOMAIN, mappings=[Mapped("v1", "prod")])
    called = api(domains=[domain], resource_policy=policy(f"execute-api:/prod/{resource}"))
    return call(called, "/v1/a", domain_name=DOMAIN)


def by_header_of_rule(*values: str) -> Called:
    rules = [RoutingRule(1, stage="prod", headers={"X-Version": "one"})]
    domain = Domain(DOMAIN, routing_rules=rules, routing_mode="ROUTING_RULE_ONLY")
    return call(api(domains=[domain]), domain_name=DOMAIN, headers={"X-Version": list(values)})


def by_stricter_mode(host: str) -> Called:
    domain = Domain(DOMAIN, mappings=[Mapped("", "prod")], endpoint_access_mode="BASIC")
    called = api("ANY /{proxy+}", domains=[domain], endpoint_access_mode="STRICT")
    return call(called, "/prod/a", domain_name=DOMAIN, headers={"Host": host})


def by_case_of_host(host: str) -> Called:
    domain = Domain(DOMAIN, mappings=[Mapped("", "prod")], endpoint_access_mode="STRICT")
    return call(api(domains=[domain]), domain_name=DOMAIN, headers={"Host": host})


def by_whole_token(token: str) -> Called:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=[HEADER], validation_expression="Token [a-z]+")
    called = Api(**{**HERE, "type": "REST", "stages": ["prod"]}, authorizers=[tokens], routes=[guarded_route("tokens")])
    return call(called, headers={"Authorization": token}, authorizer_output=Exception("Unauthorized"))


def by_whole_audience(audience: str) -> Called:
    staff = Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[POOL], validation_expression="web|app")
    called = Api(**{**HERE, "type": "REST", "stages": ["prod"]}, authorizers=[staff], routes=[guarded_route("staff")])
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff"
    claims = {"iss": issuer, "token_use": "id", "exp": 2_000_000_000, "aud": audience}
    return call(called, headers={"Authorization": "abc"}, claims=claims, at=1_900_000_000)


ONLY_BY_DOMAIN = {
    "Condition": {"ArnLike": {"execute-api:viaDomainArn": "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/*"}}
}
ONLY_ANN = {"Condition": {"StringEquals": {"aws:username": "Ann"}}}

#: A rule, whether the call is allowed, a call whose outcome the other reading changes, and one that it does not change.
CALLS: list[tuple[str, bool, Called, Called]] = [
    ("GW-4", False, by_path("GET/a"), by_path("GET/*")),
    ("GW-5", True, by_method_of_header("POST/a"), by_method_of_header("*/a")),
    ("GW-5", False, by_method_of_header("GET/a"), by_method_of_header("PUT/a")),
    ("GW-14", False, by_document_of_function(**ONLY_ANN), by_document_of_function()),
    ("GW-20", True, by_private_domain(**ONLY_BY_DOMAIN), by_private_domain()),
    ("GW-24", True, by_settings_of_any(of_get=False), by_settings_of_any(of_get=True)),
    ("GW-24", True, by_method_not_cached("max-age=0"), by_method_not_cached("max-age=60")),
    ("GW-28", True, by_host_of_header("prod/*"), by_host_of_header("*")),
    ("GW-28", False, by_host_of_header("beta/*"), by_host_of_header("gamma/*")),
    ("GW-28", True, by_rest_of_path("GET/a"), by_rest_of_path("*")),
    ("GW-32", True, by_header_of_rule("one", "two"), by_header_of_rule("one")),
    ("GW-33", False, by_stricter_mode("a1b2c3.execute-api.eu-west-1.amazonaws.com"), by_case_of_host("b.example.com")),
    ("GW-33", True, by_case_of_host("API.example.com"), by_case_of_host(DOMAIN)),
    ("GW-33", True, by_case_of_host(f"{DOMAIN}:443"), by_case_of_host(DOMAIN)),
    ("AUT-4", False, by_whole_token("Token abc!"), by_whole_token("Token 123")),
    ("AUT-7", False, by_whole_audience("website"), by_whole_audience("phone")),
]


@pytest.mark.rule(*dict.fromkeys(rule for rule, *_ in CALLS), "EVL-11")
@pytest.mark.parametrize(("rule", "allowed", "changed", "unchanged"), CALLS)
def test_the_rule_is_named_where_its_other_reading_changes_the_outcome(
    rule: str, allowed: bool, changed: Called, unchanged: Called
) -> None:
    called, method, path, given = changed
    response = called.invoke(method, path, **given)
    assert response.allowed is allowed
    assert set(response.assumed) == {rule}
    assert response.to_dict()["assumed"] == [rule]
    assert f"{ASSUMPTIONS_OF_GATES[rule]} ({rule})" in str(response.explain())
    called, method, path, given = unchanged
    assert rule not in called.invoke(method, path, **given).assumed


@pytest.mark.rule("EVL-11")
def test_an_outcome_that_is_not_known_names_no_reading() -> None:
    limited = policy("execute-api:/prod/POST/a", Condition={"StringEquals": {"aws:SourceVpc": "vpc-0a"}})
    called = api("GET /a", "POST /a", endpoint="PRIVATE", resource_policy=limited)
    partial = {"aws:SourceVpce": "vpce-0a"}
    response = called.invoke("GET", "/a", headers={"X-HTTP-Method-Override": "POST"}, context=partial)
    assert response.outcome == "indeterminate"
    assert response.assumed == set()
