"""Calls by every host, with every base path: named cases, and the simulation of all calls of a small alphabet."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    Comparison,
    Domain,
    Mapped,
    Policy,
    Route,
    RoutingRule,
    Stage,
    Witness,
    compare,
    prove,
    who,
)
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.parts import InvariantKind
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.gateway.flow.routing import domain_of
from execpolicy.gateway.flow.step import CallOutcome
from tests.analysis.host_pairs import CALLS, OWN_HOST, HostCall, api_of, api_parts, changed_parts, differing
from tests.examples import of_quick

RANDOMS = st.randoms(use_true_random=False)
KINDS = st.sampled_from(["REST", "HTTP"])
#: Each example simulates all of CALLS, more than a thousand: 2 000 of them simulate far more than 20 000.
BRUTE = settings(of_quick(40, long=2_000), suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
UNDESCRIBED = "a custom domain that is not described may lead to"


def is_shown(witness: Witness, api: Api, *, allowed: bool, before: bool = False) -> bool:
    """Whether the simulation of the call of a witness has the outcome that it shows, in one version."""
    call = witness.call
    assert call is not None
    arguments = call.arguments
    if before and call.arguments_before is not None:
        arguments = call.arguments_before
    if call.host not in (None, OWN_HOST) and domain_of(api, str(call.host)) is None:
        assert arguments["headers"]["Host"] == call.host
    stages = [stage.name for stage in api.stages]
    at_stage = api.with_stage(call.stage if call.host is None or call.stage in stages else stages[0])
    context = {key: list(values) for key, values in call.context.items()}
    caller = permitted(call.principal)
    response = at_stage.invoke(call.method, call.path, caller=caller, context=context, **arguments)
    return response.outcome is not CallOutcome.INDETERMINATE and response.allowed is allowed


@pytest.mark.rule("ANA-5", "ANA-8")
@BRUTE
@given(RANDOMS, KINDS)
def test_a_comparison_agrees_with_all_calls_by_all_hosts(random: Random, kind: str) -> None:
    parts = api_parts(random, kind)
    before, after = api_of(parts), api_of(changed_parts(random, parts))
    found = compare(before, after)
    event(found.verdict.value)
    for witness in found.newly_allowed:
        assert is_shown(witness, before, allowed=False, before=True)
        assert is_shown(witness, after, allowed=True)
    for witness in found.newly_denied:
        assert is_shown(witness, before, allowed=True, before=True)
        assert is_shown(witness, after, allowed=False)
    assert all(each.startswith(UNDESCRIBED) for each in found.unknown)
    for call, is_allowed_now in differing(before, after):
        assert found.newly_allowed if is_allowed_now else found.newly_denied, call
    assert found.verdict is not ComparisonVerdict.UNKNOWN or found.unknown


INVARIANTS = (
    "nobody may call GET /orders",
    "anonymous may not call /orders",
    "nobody may call /prod/**",
    "only account 111122223333 may call anything",
    "nobody may call POST /shop/**",
    "anybody may call GET /orders",
    "account 111122223333 may call GET /**",
)


def claims(invariant: Invariant, call: HostCall, path: str) -> bool:
    """Whether an invariant is about a call, whose path after the stage is given."""
    if not any(pattern.matches(call.method, path) for pattern in invariant.calls):
        return False
    account = (call.caller or "").split(":")[4:5]
    named = {"anonymous": call.caller is None, "account 111122223333": account == ["111122223333"]}
    return any(named[str(each)] for each in invariant.callers.members) is not invariant.callers.all_except


@pytest.mark.rule("INV-1", "ANA-8")
@BRUTE
@given(RANDOMS, KINDS, st.sampled_from(INVARIANTS))
def test_a_proof_agrees_with_all_calls_by_all_hosts(random: Random, kind: str, text: str) -> None:
    api = api_of(api_parts(random, kind))
    invariant = Invariant.parse(text)
    found = prove(invariant, api)
    event(f"{text}: {found.verdict.value}")
    gets_through = invariant.kind is InvariantKind.NONE
    if found.witness is not None:
        assert is_shown(found.witness, api, allowed=gets_through)
    assert found.reason.startswith(UNDESCRIBED) or not found.reason
    for call in CALLS:
        place = call.arrives_at(api)
        if place is not None and claims(invariant, call, place[1]) and call.is_allowed(api) is gets_through:
            if call.certificate == "absent" and not gets_through:
                continue  # the certificate that a domain needs is taken for granted
            assert found.verdict is ProofVerdict.REFUTED, call


@pytest.mark.rule("ANA-6", "ANA-8")
@BRUTE
@given(RANDOMS, KINDS, st.sampled_from(["/orders", "/shop/orders", "/prod/orders"]))
def test_who_gets_through_by_some_host_is_found(random: Random, kind: str, path: str) -> None:
    api = api_of(api_parts(random, kind))
    found = who(api, "GET", path)
    assert all(each.startswith(UNDESCRIBED) for each in found.unknown)
    assert all(is_shown(group.example, api, allowed=True) for group in found.groups)
    calls = [each for each in CALLS if each.method == "GET" and (each.arrives_at(api) or ("", ""))[1] == path]
    allowed = [each for each in calls if each.is_allowed(api)]
    assert found.groups or not allowed, allowed[:1]
    assert found.anonymous or not any(each.caller is None for each in allowed)
    event(f"{bool(found.groups)} {bool(found.unknown)}")


OPEN = (Route("GET", "/orders"),)


def api(kind: str = "REST", **parts: Any) -> Api:
    stages = parts.get("stages", ["prod"])
    first = stages[0].name if isinstance(stages[0], Stage) else stages[0]
    made: dict[str, Any] = {"type": kind, "routes": OPEN, "stages": stages, "stage": first, **parts}
    return Api(id="a1b2c3", region="eu-west-1", account="111122223333", **made)


def domain(*mappings: tuple[str, str], name: str = "api.example.com", **parts: Any) -> Domain:
    return Domain(name, mappings=[Mapped(base, stage) for base, stage in mappings], **parts)


def resource_policy(*statements: dict[str, Any]) -> Policy:
    common = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    return Policy.parse(
        {"Version": "2012-10-17", "Statement": [{**common, **each} for each in statements]}, kind="resource", name="p"
    )


def shown(found: Comparison) -> tuple[list[str], list[str]]:
    """The newly allowed and the newly denied calls, without their callers, with both statuses."""

    def words(witness: Witness) -> str:
        assert witness.before is not None
        call = str(witness.call).partition(" by ")[0]
        return f"{call}: {getattr(witness.before, 'status', None)} {getattr(witness.after, 'status', None)}"

    return [words(each) for each in found.newly_allowed], [words(each) for each in found.newly_denied]


@pytest.mark.rule("ANA-5", "GW-28")
def test_a_stage_that_is_added_lets_its_calls_in() -> None:
    before, after = api(), api(stages=["prod", "dev"])
    assert shown(compare(before, after)) == ([f"GET https://{OWN_HOST}/dev/orders: 403 200"], [])
    assert shown(compare(after, before)) == ([], [f"GET https://{OWN_HOST}/dev/orders: 200 403"])
    renamed = compare(before, api(stages=["dev"]))
    assert shown(renamed) == (
        [f"GET https://{OWN_HOST}/dev/orders: 403 200"],
        [f"GET https://{OWN_HOST}/prod/orders: 200 403"],
    )
    nothing_allowed = [api(stages=each, routes=[]) for each in (["prod"], ["prod", "dev"])]
    assert compare(*nothing_allowed).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-5", "GW-28")
def test_a_stage_beside_the_default_one_takes_calls_from_it() -> None:
    routes = [Route("GET", "/dev/orders")]
    before, after = (api("HTTP", stages=each, routes=routes) for each in (["$default"], ["$default", "dev"]))
    assert shown(compare(before, after)) == (
        [f"GET https://{OWN_HOST}/dev/dev/orders: 404 200"],
        [f"GET https://{OWN_HOST}/dev/orders: 200 404"],
    )
    # Only the calls to the stage that is added go elsewhere, and where both refuse them nothing is different.
    other = [api("HTTP", stages=each, routes=[Route("GET", "/x/y")]) for each in (["$default"], ["$default", "dev"])]
    assert shown(compare(*other)) == ([f"GET https://{OWN_HOST}/dev/x/y: 404 200"], [])
    every = [api("HTTP", stages=each, routes=[Route("$default")]) for each in (["$default"], ["$default", "dev"])]
    assert compare(*every).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-5")
def test_a_default_stage_that_is_added_answers_every_other_path() -> None:
    before, after = (api("HTTP", stages=each) for each in (["prod"], ["prod", "$default"]))
    assert shown(compare(before, after)) == ([f"GET https://{OWN_HOST}/orders: 404 200"], [])


@pytest.mark.rule("GW-30", "ANA-5")
@pytest.mark.parametrize(("kind", "status"), [("REST", 403), ("HTTP", 404)])
def test_a_host_that_is_disabled_refuses_its_calls(kind: str, status: int) -> None:
    opened, disabled = (api(kind, disable_execute_api_endpoint=each) for each in (False, True))
    assert shown(compare(opened, disabled)) == ([], [f"GET /orders on prod: 200 {status}"])
    assert shown(compare(disabled, opened)) == ([f"GET /orders on prod: {status} 200"], [])
    assert compare(disabled, disabled).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-8")
def test_a_custom_domain_that_is_not_described_may_lead_to_any_stage() -> None:
    disabled = api(disable_execute_api_endpoint=True)
    found = prove("nobody may call GET /orders", disabled)
    assert (found.verdict, found.reason) == (
        ProofVerdict.UNKNOWN,
        "a custom domain that is not described may lead to GET /orders on prod",
    )
    assert prove("nobody may call POST /orders", disabled).verdict is ProofVerdict.PROVEN
    assert who(disabled, "GET", "/orders").unknown == (found.reason,)
    assert who(disabled, "GET", "/orders").anonymous is None
    closed = api(disable_execute_api_endpoint=True, routes=[Route("GET", "/orders", auth="AWS_IAM")])
    assert prove("anonymous may not call anything", closed).verdict is ProofVerdict.PROVEN
    compared = compare(closed, disabled)
    assert compared.verdict is ComparisonVerdict.UNKNOWN
    assert compared.unknown == ("a custom domain that is not described may lead to GET /orders on prod",)


@pytest.mark.rule("ANA-8", "INV-1")
def test_that_every_call_gets_through_needs_a_host_that_leads_there() -> None:
    claim = "anybody may call GET /orders"
    disabled = api(disable_execute_api_endpoint=True)
    found = prove(claim, disabled)
    assert found.verdict is ProofVerdict.REFUTED
    assert found.witness is not None
    assert (str(found.witness.call), found.witness.after.status) == ("GET /orders on prod by anonymous", 403)  # type: ignore[union-attr]  # a call has a response
    described = api(disable_execute_api_endpoint=True, domains=[domain(("shop", "prod"))])
    assert prove(claim, described).verdict is ProofVerdict.PROVEN
    assert prove(claim, api(stages=["prod", "dev"], domains=[domain(("", "prod"))])).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("ANA-8", "GW-28")
def test_a_call_by_a_custom_domain_is_a_witness() -> None:
    subject = api(disable_execute_api_endpoint=True, domains=[domain(("shop", "prod"))])
    found = prove("nobody may call GET /orders", subject)
    assert found.witness is not None
    assert str(found.witness.call) == "GET https://api.example.com/shop/orders by anonymous"
    assert who(subject, "GET", "/orders").groups[0].example.call == found.witness.call
    # The domain leads to one of two stages; of the other one it is not known.
    two = api(stages=["prod", "dev"], disable_execute_api_endpoint=True, domains=[domain(("", "prod"))])
    assert prove("nobody may call GET /orders on dev", two).verdict is ProofVerdict.UNKNOWN
    assert prove("nobody may call GET /orders on prod", two).verdict is ProofVerdict.REFUTED


@pytest.mark.rule("ANA-5", "GW-28")
def test_a_domain_or_a_base_path_that_is_added_lets_calls_in() -> None:
    before, after = api(domains=[domain()]), api(domains=[domain(("shop", "prod"))])
    added = ["GET https://api.example.com/shop/orders: 403 200"]
    assert shown(compare(before, after)) == (added, [])
    assert shown(compare(api(), after)) == (added, [])
    assert shown(compare(after, api())) == ([], ["GET https://api.example.com/shop/orders: 200 403"])
    moved = compare(after, api(domains=[domain(("store", "prod"))]))
    assert shown(moved) == (
        ["GET https://api.example.com/store/orders: 403 200"],
        ["GET https://api.example.com/shop/orders: 200 403"],
    )
    # A longer base path takes calls from a shorter one.
    longer = compare(after, api(domains=[domain(("shop", "prod"), ("shop/orders", "prod"))]))
    assert shown(longer) == (
        ["GET https://api.example.com/shop/orders/orders: 403 200"],
        ["GET https://api.example.com/shop/orders: 200 403"],
    )
    wild = api(domains=[domain(("shop", "prod"), name="*.example.com")])
    assert shown(compare(api(), wild)) == (["GET https://any.example.com/shop/orders: 403 200"], [])
    assert shown(compare(after, wild))[1] == []


@pytest.mark.rule("ANA-5")
def test_another_stage_behind_a_domain_is_compared_by_the_policy_of_each_version() -> None:
    def version(stage: str, *statements: dict[str, Any]) -> Api:
        policy = resource_policy(*statements) if statements else None
        parts: dict[str, Any] = {"resource_policy": policy, "disable_execute_api_endpoint": True}
        return api(stages=["blue", "green"], domains=[domain(("", stage))], **parts)

    assert compare(version("blue"), version("green")).verdict is ComparisonVerdict.EQUAL
    each = {"Resource": ["execute-api:/blue/GET/*", "execute-api:/green/GET/*"]}
    assert compare(version("blue", each), version("green", each)).verdict is ComparisonVerdict.EQUAL
    only_blue = {"Resource": "execute-api:/blue/*"}
    assert shown(compare(version("blue", only_blue), version("green", only_blue))) == (
        [],
        ["GET https://api.example.com/orders: 200 403"],
    )
    followed = compare(version("blue", only_blue), version("green", {"Resource": "execute-api:/green/*"}))
    assert [*shown(followed)] == [[], []]
    # Both stages are also called by domains that are not described, where the policies differ.
    assert followed.verdict is ComparisonVerdict.UNKNOWN
    excluded = {"NotResource": "execute-api:/green/*"}
    assert shown(compare(version("blue", excluded), version("green", excluded)))[1] == [
        "GET https://api.example.com/orders: 200 403"
    ]


@pytest.mark.rule("ANA-5", "GW-31")
def test_a_certificate_that_is_required_shuts_calls_out() -> None:
    before, after = (api(domains=[domain(("", "prod"), mutual_tls=each)]) for each in (False, True))
    assert shown(compare(before, after)) == ([], ["GET https://api.example.com/orders: 200 403"])
    subject = api(domains=[domain(("", "prod"), mutual_tls=True)], disable_execute_api_endpoint=True)
    found = prove("nobody may call anything", subject)
    assert found.witness is not None
    assert found.witness.call is not None
    assert found.witness.call.arguments["client_certificate"] == "valid"


@pytest.mark.rule("ANA-5", "GW-32")
def test_routing_rules_divide_calls_by_headers() -> None:
    def version(*rules: RoutingRule) -> Api:
        by_rules = Domain("api.example.com", routing_mode="ROUTING_RULE_ONLY", routing_rules=rules)
        routes = [Route("GET", "/orders"), Route("GET", "/shop/orders", auth="AWS_IAM")]
        return api(routes=routes, domains=[by_rules], disable_execute_api_endpoint=True)

    closed = version(RoutingRule(10, "prod", headers={"X-Version": "beta*"}, base_path="shop"))
    opened = version(RoutingRule(10, "prod", headers={"X-Version": "beta*"}, base_path="shop", strip_base_path=True))
    found = compare(closed, opened)
    assert shown(found)[0] == ["GET https://api.example.com/shop/orders: 403 200"]
    call = found.newly_allowed[0].call
    assert call is not None
    assert call.arguments["headers"]["x-version"].startswith("beta")
    assert prove("anonymous may not call /**", closed).verdict is ProofVerdict.UNKNOWN  # an open route is there
    assert prove("anonymous may not call /shop/**", closed).verdict is ProofVerdict.PROVEN
    assert prove("anonymous may not call GET /orders", opened).verdict is ProofVerdict.REFUTED


@pytest.mark.rule("ANA-8", "GW-29")
def test_step_functions_calls_by_no_custom_domain() -> None:
    policy = resource_policy({"Principal": {"Service": "states.amazonaws.com"}, "Resource": "execute-api:/*"})
    routes = [Route("GET", "/orders", auth="AWS_IAM")]
    for disabled, verdict in ((True, ProofVerdict.PROVEN), (False, ProofVerdict.REFUTED)):
        subject = api(
            routes=routes,
            resource_policy=policy,
            domains=[domain(("", "prod"))],
            disable_execute_api_endpoint=disabled,
        )
        assert prove("service states.amazonaws.com may not call anything", subject).verdict is verdict


@pytest.mark.rule("ANA-1", "ANA-5")
def test_what_is_not_known_of_hosts() -> None:
    elsewhere = Domain("api.example.com", mappings=[Mapped("", "prod", api_id="other1")])
    found = compare(api(domains=[elsewhere]), api(domains=[domain(("", "prod"))]))
    assert found.unknown == (
        "in one version `/` of api.example.com leads to the API other1, not to a1b2c3, whose answers are not known",
    )
    assert compare(api(domains=[elsewhere]), api(domains=[elsewhere])).verdict is ComparisonVerdict.EQUAL
    dual = domain(("", "prod"), ip_address_type="dualstack")
    found = compare(api(domains=[domain(("", "prod"))]), api(domains=[dual]))
    assert found.unknown == ("the versions differ in ip_address_type of api.example.com, which is not compared",)
    private = Domain("in.example.com", id="d1", associated_endpoints="vpce-0a1b2c3d", mappings=[Mapped("", "prod")])
    parts: dict[str, Any] = {"endpoint": "PRIVATE", "resource_policy": resource_policy({"Resource": "execute-api:/*"})}
    found = compare(api(**parts), api(domains=[private], **parts))
    assert found.unknown == ("the versions differ in private custom domains, which are not compared",)
    closed = api(domains=[private], disable_execute_api_endpoint=True, **parts)
    assert prove("nobody may call anything", closed).reason == (
        "the API's own host is disabled, and calls by private custom domains are not analysed"
    )
    assert prove("nobody may call anything", api(domains=[private], **parts)).verdict is ProofVerdict.REFUTED
    many = [RoutingRule(n, "prod", headers={"A": f"{n}*", "B": f"*{n}"}) for n in range(1, 8)]
    by_headers = Domain("api.example.com", routing_mode="ROUTING_RULE_ONLY", routing_rules=many)
    found = compare(api(), api(domains=[by_headers]))
    assert found.unknown[0].endswith("is used up while the headers of routing rules are divided")


@pytest.mark.rule("AUT-4")
def test_a_stage_with_other_variables_that_an_authorizer_reads_is_not_compared() -> None:
    function = Authorizer("function", type="REQUEST", identity_sources="stageVariables.x")
    stages = [Stage("blue", variables={"x": "1"}), Stage("green", variables={"x": "2"})]
    routes = [Route("GET", "/orders", auth="CUSTOM", authorizer="function")]
    before, after = (
        api(stages=stages, routes=routes, authorizers=[function], domains=[domain(("", each))])
        for each in ("blue", "green")
    )
    assert compare(before, after).unknown == ("the versions differ in stage variables, which an authorizer reads",)
