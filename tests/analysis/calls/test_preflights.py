"""Versions of an HTTP API that differ in CORS, against the simulation of all calls of a small alphabet."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Api, Comparison, Domain, Mapped, Principal, Route, compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.permitted import permitted
from execpolicy.literals import AuthTypeName
from tests.examples import of_quick

HERE = "111122223333"
PREFLIGHT = {"Origin": "https://shop.example.com", "Access-Control-Request-Method": "GET"}
AUTHS: tuple[AuthTypeName, ...] = ("NONE", "AWS_IAM")
ROUTES = [
    Route(method, path, auth=auth)
    for method, path, auth in product(("GET", "OPTIONS", "ANY"), ("/orders", "/{proxy+}", "/orders/{id}"), AUTHS)
] + [Route("$default"), Route("$default", auth="AWS_IAM")]
CALLERS = (None, permitted(Principal.parse(f"arn:aws:iam::{HERE}:user/Ann")))
CALLS = [*product(("GET", "OPTIONS"), ("/", "/orders", "/orders/7", "/lines"), CALLERS, (PREFLIGHT, {"Accept": "*"}))]


def api(routes: list[Route], *, cors: bool, **parts: Any) -> Api:
    return Api(
        **{"id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "account": HERE, "stages": ["prod"], **parts},
        routes=routes,
        cors=cors,
    )


def is_allowed(subject: Api, call: Any) -> bool:
    method, path, caller, headers = call
    return subject.invoke(
        method, path, caller=caller, context={"aws:SourceIp": "198.51.100.1"}, headers=headers
    ).allowed


def check_witnesses(found: Comparison, before: Api, after: Api) -> None:
    for witnesses, is_now in ((found.newly_allowed, True), (found.newly_denied, False)):
        for witness in witnesses:
            call = witness.call
            assert call is not None
            for subject, allowed in ((before, not is_now), (after, is_now)):
                context = {key: list(values) for key, values in call.context.items()}
                caller = permitted(call.principal)
                answer = subject.invoke(call.method, call.path, caller=caller, context=context, **call.arguments)
                assert answer.allowed is allowed


some_routes = st.lists(st.sampled_from(ROUTES), min_size=1, max_size=3, unique_by=lambda route: route.key)


@pytest.mark.rule("GW-27", "ANA-5")
@of_quick(60)
@given(some_routes, some_routes, st.booleans(), st.booleans())
def test_a_comparison_agrees_with_all_calls(old: list[Route], new: list[Route], cors: bool, same: bool) -> None:
    before, after = api(old, cors=cors), api(old if same else new, cors=not cors)
    found = compare(before, after)
    event(found.verdict.value)
    assert not found.unknown
    check_witnesses(found, before, after)
    for call in CALLS:
        was, is_now = is_allowed(before, call), is_allowed(after, call)
        if was is not is_now:
            assert found.newly_allowed if is_now else found.newly_denied, call


@pytest.mark.rule("GW-27", "ANA-5")
def test_cors_answers_preflight_requests() -> None:
    routes = [Route("ANY", "/orders", auth="AWS_IAM")]
    before, after = (api(routes, cors=each) for each in (False, True))
    found = compare(before, after)
    assert [str(each) for each in found.newly_allowed] == [
        "OPTIONS / on prod by anonymous\n  before: 404\n  after:  200"
    ]
    assert not any("preflight" in each for each in found.assumptions)
    assert compare(after, before).verdict is ComparisonVerdict.STRICTER
    # An ANY route with authorization takes its own preflight requests (GW-27), and an open one answered before.
    assert compare(before, after, within="OPTIONS /orders").verdict is ComparisonVerdict.EQUAL
    opened = [api([Route("$default")], cors=each) for each in (False, True)]
    assert compare(*opened).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-5")
def test_where_calls_lead_elsewhere_preflight_requests_are_not_known() -> None:
    domain = Domain("api.example.com", mappings=[Mapped("", "prod")])
    found = compare(api([Route("$default")], cors=False), api([Route("$default")], cors=True, domains=[domain]))
    assert found.unknown == (
        "the versions differ in cors and in where calls lead, and preflight requests are not compared there",
    )
