"""Routing rules: which descriptions are refused, and what the steps of a call say."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from execpolicy import Domain, Mapped, RequestError, Route, RoutingRule, UsageError
from execpolicy.literals import RoutingMode
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused
from tests.untyped import untyped

ROUTES = [Route("GET", "/pets")]
RULE = RoutingRule(10, "prod")


def domain(*rules: RoutingRule, mode: RoutingMode = "ROUTING_RULE_ONLY") -> Domain:
    return Domain("api.example.com", routing_mode=mode, routing_rules=rules)


@pytest.mark.rule("GW-32")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RoutingRule(0, "prod"), "priority is a number from 1 to 1,000,000, found 0"),
        (lambda: RoutingRule(1_000_001, "prod"), "priority is a number from 1 to 1,000,000, found 1000001"),
        (lambda: RoutingRule(True, "prod"), "priority is a number from 1 to 1,000,000, found True"),
        (lambda: RoutingRule(10**5000, "prod"), "priority is a number from 1 to 1,000,000, found 'int'"),
        (
            lambda: RoutingRule(1, "prod", headers={"a": "1", "b": "2", "c": "3"}),
            "headers of a rule are at most two, found 3",
        ),
        (
            lambda: RoutingRule(1, "prod", headers={"X-Amz-Date": "*"}),
            "headers has a condition on 'X-Amz-Date', which AWS does not accept",
        ),
        (
            lambda: RoutingRule(1, "prod", headers={"x-forwarded-for": "*"}),
            "headers has a condition on 'x-forwarded-for', which AWS does not accept",
        ),
        (lambda: RoutingRule(1, "prod", headers={"": "*"}), "headers has a condition on '', which AWS does not accept"),
        (
            lambda: RoutingRule(1, "prod", headers={"a": "b*c"}),
            "headers has the value 'b*c' for a: `*` is at its beginning, its end, or both",
        ),
        (
            lambda: RoutingRule(1, "prod", headers={"a": ""}),
            "headers has the value '' for a: `*` is at its beginning, its end, or both",
        ),
        (lambda: RoutingRule(1, "prod", base_path="/"), "base_path is not empty, found '/'"),
        (
            lambda: domain(RULE, mode="API_MAPPING_ONLY"),
            "routing_rules of api.example.com have no effect with the routing mode API_MAPPING_ONLY",
        ),
        (
            lambda: domain(RULE, RoutingRule(10, "beta")),
            "routing_rules of api.example.com has the priority 10 twice",
        ),
        (
            lambda: domain(RULE, mode=untyped("RULES")),
            "routing_mode is API_MAPPING_ONLY or ROUTING_RULE_ONLY or ROUTING_RULE_THEN_API_MAPPING, found 'RULES'",
        ),
        (
            lambda: small_api(type="HTTP", routes=ROUTES, domains=[domain(RULE)]),
            "routing_rules of api.example.com are for REST APIs, a1b2c3 is HTTP",
        ),
        (
            lambda: small_api(routes=ROUTES, endpoint="PRIVATE", domains=[domain(RULE)]),
            "routing_rules of the public domain api.example.com lead to public APIs, a1b2c3 is PRIVATE",
        ),
        (
            lambda: small_api(routes=ROUTES, domains=[domain(RoutingRule(1, "beta"))]),
            "a routing rule of api.example.com leads to the stage 'beta', which the API does not have",
        ),
    ],
)
def test_what_aws_does_not_accept(make: Callable[[], object], message: str) -> None:
    assert refused(UsageError, make).message == message


@pytest.mark.rule("GW-32")
def test_a_rule_for_another_api_may_name_any_stage() -> None:
    api = small_api(routes=ROUTES, endpoint="PRIVATE", domains=[domain(RoutingRule(1, "beta", api_id="z9"))])
    assert api.domains[0].routing_rules[0].api_id == "z9"


@pytest.mark.rule("GW-32")
def test_rules_are_kept_in_the_order_of_their_priorities() -> None:
    rules = [RoutingRule(30, "prod"), RoutingRule(7, "prod", base_path="a")]
    assert [rule.priority for rule in domain(*rules).routing_rules] == [7, 30]
    found = domain(*rules)
    assert pickle.loads(pickle.dumps(found)) == found == found._replace()


@pytest.mark.rule("GW-32")
def test_a_call_without_headers_is_refused_where_a_rule_needs_them() -> None:
    api = small_api(routes=ROUTES, domains=[domain(RoutingRule(5, "prod", headers={"A": "1", "B": "2"}))])
    found = refused(RequestError, lambda: api.invoke("GET", "/pets", domain_name="api.example.com"))
    assert found == Refusal(
        "the routing rule 5 of api.example.com has a condition on A and B, and the call does not give its headers",
        advice="give headers; an empty mapping if the call sends none",
        rule="GW-32",
    )


@pytest.mark.rule("GW-32")
@pytest.mark.parametrize(
    ("rules", "detail"),
    [
        ((), "the call matches no routing rule of api.example.com, which has none"),
        (
            (RoutingRule(3, "prod", base_path="a"), RoutingRule(2, "prod", base_path="b")),
            "the call matches no routing rule of api.example.com, which has 2, 3",
        ),
    ],
)
def test_the_refusal_names_the_rules(rules: tuple[RoutingRule, ...], detail: str) -> None:
    refusing = (
        small_api(routes=ROUTES, domains=[domain(*rules)])
        .invoke("GET", "/pets", domain_name="api.example.com")
        .refused_by
    )
    assert refusing is not None
    assert (refusing.gate, refusing.detail, refusing.rules) == ("domain", detail, ("GW-32",))


@pytest.mark.rule("GW-32")
@pytest.mark.parametrize(("value", "matches"), [("*", True), ("**", True), ("v*", True), ("*v", False), ("v", False)])
def test_the_values_of_a_condition(value: str, *, matches: bool) -> None:
    api = small_api(routes=ROUTES, domains=[domain(RoutingRule(1, "prod", headers={"X": value}))])
    response = api.invoke("GET", "/pets", domain_name="api.example.com", headers={"X": "v1"})
    assert response.status == (200 if matches else 403)


@pytest.mark.rule("GW-32")
def test_a_star_needs_the_header() -> None:
    api = small_api(routes=ROUTES, domains=[domain(RoutingRule(1, "prod", headers={"X": "*"}))])
    assert api.invoke("GET", "/pets", domain_name="api.example.com", headers={}).status == 403


@pytest.mark.rule("GW-32")
def test_a_removed_base_path_leaves_the_root() -> None:
    rule = RoutingRule(1, "prod", base_path="/a/b/", strip_base_path=True)
    api = small_api(routes=[Route("GET", "/")], domains=[domain(rule)])
    response = api.invoke("GET", "/a/b", domain_name="api.example.com")
    assert response.arn.endswith("a1b2c3/prod/GET/")


@pytest.mark.rule("GW-32")
def test_without_rules_the_mappings_are_used() -> None:
    each = Domain("api.example.com", [Mapped("", "prod")], routing_mode="ROUTING_RULE_THEN_API_MAPPING")
    api = small_api(routes=ROUTES, domains=[each])
    assert api.invoke("GET", "/pets", domain_name="api.example.com").status == 200


@pytest.mark.rule("GW-32")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        (" host", '" host"'),
        ("X Version", '"X Version"'),
        ("X-Version\n", '"X-Version\\n"'),
        ("X-Version:", '"X-Version:"'),
        ("X" * 40, '"XXXX'),
        ("X-Größe", '"X-Größe"'),
        ("X-٣", '"X-٣"'),
    ],
)
def test_a_name_that_aws_does_not_accept_is_refused(name: str, found: str) -> None:
    with pytest.raises(UsageError) as error:
        RoutingRule(1, stage="prod", headers={name: "1"})
    assert error.value.message.startswith(f"headers has the name {found}")
    assert error.value.message.endswith(", which AWS does not accept")
    assert error.value.advice == "it has at most 39 characters: letters, digits and *?-!#$%&'.^_`|~"
    assert error.value.rule == "GW-32"


@pytest.mark.rule("GW-32")
def test_the_longest_name_of_a_header_and_any_value_are_accepted() -> None:
    headers = {"X-*?!#$%&'.^_`|~" + "X" * 23: "*image/webp; q=1*"}
    assert dict(RoutingRule(1, stage="prod", headers=headers).headers) == headers
