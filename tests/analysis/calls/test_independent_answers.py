"""Versions of an API whose Lambda authorizers differ: each answers for itself, or as the other one does (ANA-3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Api, Authorizer, Policy, Route, Stage, compare, prove
from execpolicy.analysis.comparison import Comparison, ComparisonVerdict
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.witness import Witness
from execpolicy.document.unknown_value import unknown_text
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION
from execpolicy.literals import ApiTypeName
from tests.examples import of_quick

HEADERS, IN_HTTP = "method.request.header.", "$request.header."
METHODS, PATHS, ADDRESSES = ("GET", "DELETE"), ("/orders", "/orders/7"), ("198.51.100.1", "203.0.113.9")
TOKENS: tuple[tuple[str, ...], ...] = ((), ("Authorization",), ("X-Token",), ("Authorization", "X-Token"))
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:tokens"
OTHER = "arn:aws:lambda:eu-west-1:111122223333:function:other"


def uri(function: str) -> str:
    """The URI by which API Gateway invokes a function."""
    return f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{function}/invocations"


#: Definitions of one authorizer. What their answers depend on is the first element.
OF_REST: tuple[tuple[str, dict[str, Any]], ...] = (
    ("token", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization"}),
    ("token", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization", "ttl": 0}),
    ("token", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization", "invoke_permission": False}),
    ("other token", {"type": "TOKEN", "identity_sources": f"{HEADERS}X-Token"}),
    ("request", {"type": "REQUEST", "identity_sources": f"{HEADERS}Authorization"}),
    ("request", {"type": "REQUEST", "identity_sources": f"{HEADERS}Authorization", "ttl": 0}),
    ("other function", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization", "function_arn": OTHER}),
    ("alias", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization", "function_arn": f"{FUNCTION}:live"}),
    ("token", {"type": "TOKEN", "identity_sources": f"{HEADERS}Authorization", "function_arn": uri(FUNCTION)}),
)
OF_HTTP: tuple[tuple[str, dict[str, Any]], ...] = (
    ("1.0", {"type": "REQUEST", "identity_sources": f"{IN_HTTP}Authorization"}),
    ("1.0", {"type": "REQUEST", "identity_sources": f"{IN_HTTP}Authorization", "ttl": 60}),
    ("2.0", {"type": "REQUEST", "identity_sources": f"{IN_HTTP}Authorization", "payload_format": "2.0"}),
    ("other function", {"type": "REQUEST", "identity_sources": f"{IN_HTTP}Authorization", "function_arn": OTHER}),
    (
        "simple",
        {
            "type": "REQUEST",
            "identity_sources": f"{IN_HTTP}Authorization",
            "payload_format": "2.0",
            "simple_responses": True,
        },
    ),
)
DOCUMENTS: Mapping[str, Any] = {
    "allow": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"},
    "deny": {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"},
    "nothing": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:other/*"},
}
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.just("*"),
        "Action": st.just("execute-api:Invoke"),
        "Resource": st.sampled_from(["execute-api:/*", "execute-api:/prod/GET/*", "execute-api:/prod/*/orders/*"]),
    },
    optional={"Condition": st.just({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}})},
)
ROUTES = ("GET /orders", "DELETE /orders", "ANY /orders/{id}", "GET /{proxy+}")


class Version(NamedTuple):
    """A version of an API: its definition, and what the answers of the authorizer of each route depend on."""

    api: Api
    answers_by: str
    is_simple: bool


class Call(NamedTuple):
    """A call of the alphabet."""

    method: str
    path: str
    address: str
    sent: tuple[str, ...]


CALLS = [Call(*each) for each in product(METHODS, PATHS, ADDRESSES, TOKENS)]


def version(
    kind: ApiTypeName,
    definition: tuple[str, dict[str, Any]],
    routes: list[str],
    open_route: bool,
    policy: list[Any] | None,
) -> Version:
    """A version; its first route may need no authorizer."""
    answers_by, fields = definition
    made = [
        Route(*route.split(), authorizer=None if open_route and not index else "f")
        for index, route in enumerate(routes)
    ]
    parsed = None if policy is None or kind == "HTTP" else Policy.parse({"Statement": policy}, kind="resource")
    api = Api(
        id="a1b2c3",
        type=kind,
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        authorizers=[Authorizer("f", **{"function_arn": FUNCTION, **fields})],
        routes=made,
        resource_policy=parsed,
    )
    return Version(api, answers_by, bool(fields.get("simple_responses")))


@st.composite
def versions(draw: st.DrawFn) -> tuple[Version, Version]:
    """Two versions whose authorizers have two definitions; routes and policy may differ too."""
    kinds: tuple[ApiTypeName, ...] = ("REST", "REST", "HTTP")
    kind = draw(st.sampled_from(kinds))
    of_kind = st.sampled_from(OF_REST if kind == "REST" else OF_HTTP)
    some = st.lists(st.sampled_from(ROUTES), min_size=1, max_size=3, unique=True)
    policies = st.none() | st.lists(statements, min_size=1, max_size=2)
    routes, policy = draw(some), draw(policies)
    before = version(kind, draw(of_kind), routes, draw(st.booleans()), policy)
    if draw(st.booleans()):
        routes = draw(some)
    if draw(st.booleans()):
        policy = draw(policies)
    return before, version(kind, draw(of_kind), routes, draw(st.booleans()), policy)


def output(of: Version, answer: str) -> dict[str, Any]:
    """What the function of a version returns for an answer."""
    if of.is_simple:
        return {"isAuthorized": answer == "allow"}
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [DOCUMENTS[answer]]}}


def gets_through(of: Version, call: Call, answer: str) -> bool:
    headers = dict.fromkeys(call.sent, "x") or {"Accept": "*/*"}
    response = of.api.invoke(
        call.method,
        call.path,
        context={"aws:SourceIp": call.address},
        headers=headers,
        authorizer_output=output(of, answer),
    )
    assert response.outcome is not CallOutcome.INDETERMINATE
    return response.allowed


def directions(before: Version, after: Version) -> Iterator[bool]:
    """For each call that only one version lets through with some answers, whether it is the one after the change."""
    answers = product(DOCUMENTS, repeat=2) if before.answers_by != after.answers_by else ((x, x) for x in DOCUMENTS)
    for (of_before, of_after), call in product([*answers], CALLS):
        was, is_now = gets_through(before, call, of_before), gets_through(after, call, of_after)
        if was is not is_now:
            yield is_now


def answered(api: Api, witness: Witness, *, before: bool) -> bool:
    """Whether a version lets the call of a witness through, with the arguments of its side."""
    call = witness.call
    assert call is not None
    given = call.arguments_before if before and call.arguments_before is not None else call.arguments
    context = {key: list(values) for key, values in call.context.items()}
    response = api.invoke(call.method, call.path, caller=permitted(call.principal), context=context, **given)
    assert response.outcome is not CallOutcome.INDETERMINATE
    return response.allowed


@pytest.mark.rule("ANA-3")
@of_quick(60)
@given(versions())
def test_each_version_has_its_own_answer_if_its_definition_is_another_one(pair: tuple[Version, Version]) -> None:
    before, after = pair
    found = compare(before.api, after.api)
    event(f"{found.verdict.value}, {'equal' if before.answers_by == after.answers_by else 'independent'} answers")
    assert found.verdict is not ComparisonVerdict.UNKNOWN, found.unknown
    expected = {*directions(before, after)}
    assert bool(found.newly_allowed) >= (True in expected)
    assert bool(found.newly_denied) >= (False in expected)
    for witnesses, now in ((found.newly_allowed, True), (found.newly_denied, False)):
        for each in witnesses:
            assert answered(before.api, each, before=True) is not now
            assert answered(after.api, each, before=False) is now
            assert each.call is not None
            assert each.call.arguments_before is None or before.answers_by != after.answers_by


@pytest.mark.rule("ANA-3")
@of_quick(20)
@given(versions())
def test_a_version_that_nobody_gets_through_of_is_never_laxer(pair: tuple[Version, Version]) -> None:
    before, after = pair
    if prove("nobody may call anything", after.api).verdict is ProofVerdict.PROVEN:
        assert not compare(before.api, after.api).newly_allowed


def compared(one: dict[str, Any], other: dict[str, Any], kind: ApiTypeName = "REST") -> Comparison:
    before, after = (version(kind, ("", each), ["GET /orders"], False, None).api for each in (one, other))
    return compare(before, after)


TOKEN = OF_REST[0][1]


@pytest.mark.rule("ANA-3")
@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({"ttl": 0}, ComparisonVerdict.EQUAL),
        ({"ttl": 3600}, ComparisonVerdict.EQUAL),
        ({"invoke_permission": False}, ComparisonVerdict.STRICTER),
        ({"type": "REQUEST"}, ComparisonVerdict.BOTH),
        ({"identity_sources": f"{HEADERS}X-Token"}, ComparisonVerdict.BOTH),
        ({"validation_expression": "x+"}, ComparisonVerdict.BOTH),
        ({"function_arn": uri(FUNCTION)}, ComparisonVerdict.EQUAL),
        ({"function_arn": OTHER}, ComparisonVerdict.BOTH),
        ({"function_arn": f"{FUNCTION}:7"}, ComparisonVerdict.BOTH),
        ({"function_arn": FUNCTION.replace("111122223333", "444455556666")}, ComparisonVerdict.BOTH),
        ({"function_arn": unknown_text("the parameter Function")}, ComparisonVerdict.BOTH),
        ({"function_arn": UNKNOWN_FUNCTION}, ComparisonVerdict.UNKNOWN),
        ({"function_arn": None}, ComparisonVerdict.UNKNOWN),
    ],
)
def test_what_makes_answers_independent(other: dict[str, Any], verdict: ComparisonVerdict) -> None:
    assert compared(TOKEN, {**TOKEN, **other}).verdict is verdict


@pytest.mark.rule("ANA-3")
@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({"ttl": 60}, ComparisonVerdict.EQUAL),
        ({"payload_format": "2.0"}, ComparisonVerdict.BOTH),
        ({"payload_format": "2.0", "simple_responses": True}, ComparisonVerdict.BOTH),
    ],
)
def test_what_makes_answers_of_an_http_api_independent(other: dict[str, Any], verdict: ComparisonVerdict) -> None:
    one = OF_HTTP[0][1]
    found = compared(one, {**one, **other}, "HTTP")
    assert found.verdict is verdict
    for witness in (*found.newly_allowed, *found.newly_denied):
        assert witness.call is not None
        assert witness.call.arguments_before is not None
        forms = [{*each["authorizer_output"]} for each in (witness.call.arguments_before, witness.call.arguments)]
        simple = "simple_responses" in other
        assert forms == [
            {"principalId", "policyDocument"},
            {"isAuthorized"} if simple else {"principalId", "policyDocument"},
        ]


@pytest.mark.rule("ANA-3")
def test_without_a_cache_a_call_needs_no_identity_source() -> None:
    cached = OF_REST[4][1]
    found = compared({**cached, "ttl": 0}, cached)
    assert found.verdict is ComparisonVerdict.STRICTER
    (witness,) = found.newly_denied
    assert witness.call is not None
    assert (witness.call.arguments_before, "headers" in witness.call.arguments) == (None, False)
    assert getattr(witness.after, "status", None) == 401


@pytest.mark.rule("ANA-3")
def test_a_route_that_gets_another_authorizer_is_answered_independently() -> None:
    names = ("one", "two")
    authorizers = [Authorizer(name, type="TOKEN", identity_sources=f"{HEADERS}Authorization") for name in names]
    before, after = (
        Api(
            id="a1b2c3",
            type="REST",
            region="eu-west-1",
            account="111122223333",
            stages=["prod"],
            authorizers=authorizers,
            routes=[Route("GET", "/orders", authorizer=name)],
        )
        for name in names
    )
    assert compare(before, after).verdict is ComparisonVerdict.BOTH


DENY = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
OF_PARAMETER = unknown_text("the parameter Function")


def asked(
    was: str | None, is_now: str | None, policy: list[Any] | None = None, route: str = "GET /orders"
) -> Comparison:
    """Compare two versions of which only the function differs."""
    before, after = (
        version("REST", ("", {**TOKEN, "function_arn": each}), [route], False, policy).api for each in (was, is_now)
    )
    return compare(before, after)


@pytest.mark.rule("ANA-3")
@pytest.mark.parametrize(
    ("function", "assumed"),
    [
        (None, ["the authorizer f calls the same function in both versions, which do not say which one"]),
        (
            OF_PARAMETER,
            ["the authorizer f calls the same function in both versions: <the parameter Function>"],
        ),
        (FUNCTION, []),
    ],
)
def test_that_a_function_is_taken_to_be_the_same_is_said(function: str | None, assumed: list[str]) -> None:
    found = asked(function, function)
    assert found.verdict is ComparisonVerdict.EQUAL
    assert [each for each in found.assumptions if each.startswith("the authorizer f")] == assumed


@pytest.mark.rule("ANA-3")
@pytest.mark.parametrize(
    ("was", "is_now", "when"),
    [
        (UNKNOWN_FUNCTION, UNKNOWN_FUNCTION, "before and after"),
        (FUNCTION, UNKNOWN_FUNCTION, "after"),
        (None, FUNCTION, "before"),
        (OF_PARAMETER, None, "after"),
    ],
)
def test_a_function_that_is_not_known_is_a_reason_for_unknown(was: str | None, is_now: str | None, when: str) -> None:
    found = asked(was, is_now)
    assert found.verdict is ComparisonVerdict.UNKNOWN
    assert found.unknown == (
        "it is not known whether the authorizer f calls the same function in both versions: which one it calls "
        f"{when} the change is not known",
    )


@pytest.mark.rule("ANA-3")
@pytest.mark.parametrize("function", [OTHER, UNKNOWN_FUNCTION, None])
def test_which_function_is_called_does_not_matter_where_no_call_gets_through(function: str | None) -> None:
    assert asked(FUNCTION, function, [DENY]).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("ANA-3")
def test_what_differs_with_one_function_differs_with_two() -> None:
    one = version("REST", ("", {**TOKEN, "function_arn": UNKNOWN_FUNCTION}), ["GET /orders"], False, None).api
    other = version(
        "REST", ("", {**TOKEN, "function_arn": UNKNOWN_FUNCTION}), ["GET /orders", "DELETE /orders"], False, None
    ).api
    found = compare(one, other)
    assert [each.call.method for each in found.newly_allowed if each.call is not None] == ["DELETE"]
    assert found.verdict is ComparisonVerdict.UNKNOWN  # what is newly denied depends on the function


@pytest.mark.rule("ANA-3")
def test_a_function_that_a_stage_variable_names_is_another_one_with_another_value() -> None:
    function = f"{FUNCTION}-${{stageVariables.color}}"
    blue, green = (
        Api(
            id="a1b2c3",
            type="REST",
            region="eu-west-1",
            account="111122223333",
            stages=[Stage("prod", variables={"color": color})],
            authorizers=[Authorizer("f", **{**TOKEN, "function_arn": function})],
            routes=[Route("GET", "/orders", authorizer="f")],
        )
        for color in ("blue", "green")
    )
    assert compare(blue, blue).verdict is ComparisonVerdict.EQUAL
    assert compare(blue, green).unknown == ("the versions differ in stage variables, which an authorizer reads",)
