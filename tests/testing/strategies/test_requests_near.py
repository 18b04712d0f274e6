"""Requests that nearly meet a policy: both sides of every border come up."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from execpolicy import (
    Caller,
    ExecuteApiArn,
    Outcome,
    Policy,
    Principal,
    Request,
    RequestError,
    Target,
    UsageError,
    authorize,
)
from execpolicy.literals import PolicyKindName
from execpolicy.testing import strategies

HEAD = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/"
SEARCH = settings(max_examples=1_500, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


def policy(kind: PolicyKindName = "identity", **statement: Any) -> Policy:
    named = {"Principal": "*"} if kind in ("resource", "vpc_endpoint") else {}
    whole = {"Effect": "Allow", **named, "Action": "execute-api:Invoke", "Resource": f"{HEAD}prod/GET/orders/*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": {**whole, **statement}}, kind=kind)


def ann(*policies: Policy, **details: Any) -> Caller:
    return Caller(Principal.parse("arn:aws:sts::111122223333:assumed-role/App/ann", **details), identity=policies)


def found(strategy: st.SearchStrategy[Request], wanted: Callable[[Request], bool]) -> Request:
    return find(strategy, wanted, settings=SEARCH)


def value(request: Request, key: str) -> tuple[str, ...] | None:
    return request.context.get(key)


@pytest.mark.parametrize("outcome", [Outcome.ALLOW, Outcome.IMPLICIT_DENY])
def test_both_outcomes_come_up(outcome: Outcome) -> None:
    found(strategies.requests_near(ann(policy())), lambda request: authorize(request).outcome is outcome)


@pytest.mark.parametrize(
    "denied",
    ["prod/GET/orders$", "PROD/GET/orders/", "prod/GET/[^/]*orders[^/]", "prod/GET/7/orders/", "prod/GET/orders2"],
)
def test_a_denied_resource_differs_in_a_segment(denied: str) -> None:
    near = strategies.requests_near(ann(policy()))
    request = found(near, lambda request: re.match(denied, request.resource.removeprefix(HEAD)) is not None)
    assert not authorize(request).allowed


def test_a_star_is_filled_across_slashes() -> None:
    near = strategies.requests_near(ann(policy(Resource=f"{HEAD}prod/*/orders")))
    found(near, lambda request: authorize(request).allowed and request.resource.count("/") > 4)


@pytest.mark.parametrize("address", ["203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"])
def test_addresses_on_both_sides_of_a_range(address: str) -> None:
    inside = policy(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    found(strategies.requests_near(ann(inside)), lambda request: value(request, "aws:SourceIp") == (address,))


@pytest.mark.parametrize("time", ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"])
def test_moments_around_a_date(time: str) -> None:
    until = policy(Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01"}})
    found(strategies.requests_near(ann(until)), lambda request: value(request, "aws:CurrentTime") == (time,))


@pytest.mark.parametrize("age", ["299", "300", "301"])
def test_numbers_around_a_limit(age: str) -> None:
    fresh = policy(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}})
    found(strategies.requests_near(ann(fresh)), lambda request: value(request, "aws:MultiFactorAuthAge") == (age,))


@pytest.mark.parametrize("agent", [("curl/8",), ("Curl/8",), ("curl/8x",), None])
def test_texts_near_a_value_and_none(agent: tuple[str, ...] | None) -> None:
    exact = policy(Condition={"StringEquals": {"aws:UserAgent": "curl/8"}})
    wanted = agent if agent != ("Curl/8",) else ("CURL/8",)
    found(strategies.requests_near(ann(exact)), lambda request: value(request, "aws:UserAgent") == wanted)


def test_a_variable_is_the_callers_own_value_or_another() -> None:
    own = ann(policy(Resource=f"{HEAD}prod/GET/${{aws:PrincipalTag/tenant}}/*"), tags={"tenant": "red"})
    near = strategies.requests_near(own)
    found(near, lambda request: request.resource.startswith(f"{HEAD}prod/GET/red/"))
    found(near, lambda request: request.resource.startswith(f"{HEAD}prod/GET/red2/"))
    found(near, lambda request: request.resource.startswith(f"{HEAD}prod/GET/other/"))


@pytest.mark.rule("POL-14")
def test_a_variable_before_the_fifth_colon_is_any_text_of_its_field() -> None:
    early = f"arn:aws:execute-api:${{aws:RequestedRegion}}:{HEAD.split(':')[4]}:a1b2c3/prod/GET/own"
    near = strategies.requests_near(ann(policy(Resource=early)))
    found(near, lambda request: request.resource == f"{HEAD}prod/GET/own")


def test_calls_come_by_the_internet_or_through_an_endpoint_never_by_both() -> None:
    by_endpoint = Target(
        resource=policy(
            "resource", Resource="execute-api:/prod/*", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}
        )
    )
    near = strategies.requests_near(ann(), by_endpoint)
    found(near, lambda request: value(request, "aws:SourceVpce") == ("vpce-1",))
    found(near, lambda request: value(request, "aws:SourceIp") is not None)
    with pytest.raises(NoSuchExample):
        find(
            near,
            lambda request: value(request, "aws:SourceIp") is not None and value(request, "aws:SourceVpce") is not None,
            settings=settings(SEARCH, max_examples=300),
        )


def test_a_short_form_stands_for_the_api() -> None:
    open_to_all = Target(resource=policy("resource", Resource="execute-api:/prod/GET/*"))
    near = strategies.requests_near(ann(), open_to_all, api="z9y8x7")
    found(near, lambda request: authorize(request, open_to_all).allowed and ":z9y8x7/prod/GET/" in request.resource)


def test_keys_that_are_given_stay() -> None:
    conditional = policy(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})

    @given(strategies.requests_near(ann(conditional), context={"aws:sourceip": "198.51.100.7"}))
    def stays(request: Request) -> None:
        assert value(request, "aws:SourceIp") == ("198.51.100.7",)

    stays()


def test_a_given_context_that_no_call_has_is_refused() -> None:
    @given(strategies.requests_near(ann(), context={"aws:SourceIp": "nowhere"}))
    def never(request: Request) -> None:
        raise AssertionError(f"this cannot be put together: {request}")

    with pytest.raises(RequestError, match="aws:SourceIp is an IP address, found 'nowhere'"):
        never()


@given(strategies.requests_near(strategies.callers()))
def test_any_callers_request_is_decided(request: Request) -> None:
    assert authorize(request).outcome in Outcome


def test_requests_of_a_caller_who_is_known_are_decided() -> None:
    conditions = {
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "DateLessThan": {"aws:CurrentTime": "2027-01-01"},
        "Bool": {"aws:MultiFactorAuthPresent": "true", "aws:SecureTransport": "true"},
        "StringEquals": {"aws:PrincipalTag/team": "red"},
    }

    @given(strategies.requests_near(ann(policy(Condition=conditions), tags={"team": "red"})))
    def decided(request: Request) -> None:
        assert authorize(request).outcome is not Outcome.INDETERMINATE

    decided()


@pytest.mark.parametrize("caller", ["arn:aws:iam::111122223333:user/Ann", None])
def test_a_caller_is_a_caller(caller: Any) -> None:
    with pytest.raises(UsageError, match="requests_near takes a Caller and a Target") as raised:
        strategies.requests_near(caller)
    assert raised.value.advice == "Caller(principal, identity=…) makes one of a principal"


def test_resources_near_nothing() -> None:
    with pytest.raises(UsageError, match="resources_near takes policies"):
        strategies.resources_near()


def test_whatever_the_pattern_the_resource_is_one() -> None:
    @given(st.data(), strategies.policies())
    def is_one(data: st.DataObject, any_policy: Policy) -> None:
        resource = data.draw(strategies.resources_near(any_policy))
        ExecuteApiArn.parse(resource)

    is_one()


@pytest.mark.parametrize("resource", ["*", "arn:aws:execute-api:*", "arn:*:execute-api:*:*:*", "execute-api:/*"])
def test_wide_patterns_are_met(resource: str) -> None:
    wide = Target(resource=policy("resource", Resource=resource))
    found(strategies.requests_near(ann(), wide), lambda request: authorize(request, wide).allowed)
