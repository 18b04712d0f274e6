"""Comparisons and proofs of APIs, against the simulation of all calls of a small alphabet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Api, Authorizer, Caller, GatewayResponse, Policy, Principal, Route
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.invariants.invariant import Invariant
from execpolicy.analysis.invariants.parts import InvariantKind
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.analysis.prove import prove
from execpolicy.analysis.who import who
from execpolicy.literals import AuthTypeName, PolicyKindName
from tests.examples import of_quick

HERE, THERE = "111122223333", "444455556666"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff"
ANSWERS: Mapping[str, Any] = {
    "allow": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"},
    "deny": {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"},
    "nothing": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:other/*"},
}
METHODS = ("GET", "DELETE")
PATHS = ("/orders", "/orders/7", "/orders/7/lines", "/admin", "/")
CALLERS = (
    None,
    f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann",
    f"arn:aws:iam::{HERE}:user/Ann",
    f"arn:aws:sts::{THERE}:assumed-role/Clerk/ann",
)
ADDRESSES = ("198.51.100.1", "203.0.113.9")


class SmallCall(NamedTuple):
    """One call of the alphabet."""

    method: str
    path: str
    caller: str | None
    address: str
    answer: str
    token: bool


CALLS = [SmallCall(*each) for each in product(METHODS, PATHS, CALLERS, ADDRESSES, ANSWERS, (True, False))]


@lru_cache(maxsize=64)
def principal_of(arn: str) -> Principal:
    return Principal.parse(arn, unique_id="AROAEXAMPLEAROAEXAMPL" if "role" in arn else None)


@lru_cache(maxsize=64)
def signer(arn: str | None) -> Any:
    return None if arn is None else permitted(principal_of(arn))


def answer_to(api: Api, call: SmallCall, caller: Any = None) -> GatewayResponse:
    """The response of an API; a call with a token has a good one, and the function answers as the call says."""
    return api.invoke(
        call.method,
        call.path,
        caller=signer(call.caller) if caller is None else caller,
        context={"aws:SourceIp": call.address},
        headers={"Authorization": "token"} if call.token else {"Accept": "*/*"},
        authorizer_output={
            "principalId": "user",
            "policyDocument": {"Version": "2012-10-17", "Statement": [ANSWERS[call.answer]]},
        },
        claims={
            "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff",
            "token_use": "id",
            "exp": 2_000_000_000,
        }
        if call.token
        else None,
        at=1_800_000_000,
    )


def route_of(path: str, auth: AuthTypeName, method: str) -> Route:
    authorizer = {"CUSTOM": "function", "COGNITO_USER_POOLS": "pool"}.get(auth)
    return Route(method, path, auth=auth, authorizer=authorizer)


AUTHS: tuple[AuthTypeName, ...] = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
auths = st.sampled_from(AUTHS)
routes = st.lists(
    st.builds(
        route_of,
        st.sampled_from(["/orders", "/orders/{id}", "/orders/{proxy+}", "/admin", "/{proxy+}", "/"]),
        auths,
        st.sampled_from(["GET", "DELETE", "ANY"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda route: route.key,
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Principal": st.sampled_from(
            [
                "*",
                {"AWS": HERE},
                {"AWS": THERE},
                {"AWS": f"arn:aws:iam::{HERE}:role/Clerk"},
                {"AWS": f"arn:aws:iam::{HERE}:user/Ann"},
            ]
        ),
        "Action": st.just("execute-api:Invoke"),
        "Resource": st.sampled_from(
            [
                "execute-api:/*",
                "execute-api:/prod/GET/*",
                "execute-api:/*/DELETE/*",
                "execute-api:/prod/*/orders",
                "execute-api:/prod/*/orders/*",
                "execute-api:/prod/GET/admin",
            ]
        ),
    },
    optional={
        "Condition": st.sampled_from(
            [
                {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
                {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
                {"StringEquals": {"aws:PrincipalAccount": HERE}},
                {"StringNotEquals": {"aws:PrincipalAccount": HERE}},
                {"Bool": {"aws:SecureTransport": "true"}},
            ]
        )
    },
)
policies = st.none() | st.lists(statements, min_size=1, max_size=3)


def api_of(with_routes: list[Route], policy: list[Any] | None) -> Api:
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=HERE,
        stages=["prod"],
        authorizers=[
            Authorizer("function", type="TOKEN", identity_sources=["method.request.header.Authorization"]),
            Authorizer("pool", type="COGNITO_USER_POOLS", user_pools=[POOL]),
        ],
        routes=with_routes,
        resource_policy=None
        if policy is None
        else Policy.parse({"Version": "2012-10-17", "Statement": policy}, kind="resource"),
    )


apis = st.builds(api_of, routes, policies)


def differing(before: Api, after: Api) -> Iterator[SmallCall]:
    """The calls that get through after, and not before."""
    return (call for call in CALLS if answer_to(after, call).allowed and not answer_to(before, call).allowed)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Api, Api]:
    """Two versions that differ in few places: the routes, the policy, or one of both."""
    with_routes, policy = draw(routes), draw(policies)
    changed = draw(st.sampled_from(["nothing", "policy", "route", "statement", "both"]))
    other_routes: list[Route] = with_routes
    other_policy: list[Any] | None = policy
    if changed in ("route", "both"):
        index = draw(st.integers(0, len(with_routes) - 1))
        route = with_routes[index]
        other_routes = [*with_routes]
        other_routes[index] = route_of(route.path, draw(auths), route.method)
    if changed == "statement" and policy is not None:
        other_policy = [*policy, draw(statements)]
    elif changed in ("policy", "both"):
        other_policy = draw(policies)
    return api_of(with_routes, policy), api_of(other_routes, other_policy)


@of_quick(60)
@given(versions())
def test_a_comparison_agrees_with_all_calls_of_the_alphabet(pair: tuple[Api, Api]) -> None:
    before, after = pair
    found = compare(before, after)
    event(found.verdict.value)
    assert found.verdict is not ComparisonVerdict.UNKNOWN, found.unknown
    laxer, stricter = next(differing(before, after), None), next(differing(after, before), None)
    if laxer is not None:
        assert found.verdict in (ComparisonVerdict.LAXER, ComparisonVerdict.BOTH), laxer
    if stricter is not None:
        assert found.verdict in (ComparisonVerdict.STRICTER, ComparisonVerdict.BOTH), stricter


INVARIANTS = (
    "nobody may call DELETE /orders/**",
    "anonymous may not call /**",
    "only role/Clerk may call GET /orders",
    "only account 111122223333 may call anything",
    "every call to /orders comes from 198.51.100.0/24",
    "role/Clerk may call GET /orders/*",
    "role/Clerk may call GET /orders unless from 203.0.113.0/24",
    "user/Ann may not call ANY /admin",
)


def claims(invariant: Invariant, call: SmallCall) -> bool:
    """Whether an invariant is about a call of the alphabet, by its parts."""
    if not any(pattern.matches(call.method, call.path) for pattern in invariant.calls):
        return False
    if invariant.callers.all_except is any(_is(str(member), call) for member in invariant.callers.members):
        return False
    sources = [call.address in {str(each) for each in source.network or ()} for source in invariant.sources]
    excepted = [call.address in {str(each) for each in source.network or ()} for source in invariant.unless_sources]
    return (any(sources) or not sources) and not any(excepted)


def _is(member: str, call: SmallCall) -> bool:
    who = call.caller or ""
    return {
        "anonymous": call.caller is None and not call.token,
        "role/Clerk": f":{HERE}:assumed-role/Clerk/" in who,
        "user/Ann": who == f"arn:aws:iam::{HERE}:user/Ann",
        f"account {HERE}": f":{HERE}:" in who,
    }[member]


@of_quick(60)
@given(apis, st.sampled_from(INVARIANTS))
def test_a_proof_agrees_with_all_calls_of_the_alphabet(api: Api, text: str) -> None:
    invariant = Invariant.parse(text)
    found = prove(invariant, api)
    event(f"{text}: {found.verdict.value}")
    assert found.verdict is not ProofVerdict.UNKNOWN, found.reason
    gets_through = invariant.kind is InvariantKind.NONE
    for call in CALLS:
        good = gets_through or (call.token and call.answer == "allow")
        if good and claims(invariant, call) and answer_to(api, call).allowed is gets_through:
            assert found.verdict is ProofVerdict.REFUTED, call


identities = st.lists(
    st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Action": st.just("execute-api:Invoke"),
            "Resource": st.sampled_from(
                [
                    "*",
                    "arn:aws:execute-api:*:*:a1b2c3/prod/GET/*",
                    "arn:aws:execute-api:*:*:*/*/*/orders",
                    "arn:aws:execute-api:*:*:*/*/DELETE/*",
                ]
            ),
        },
        optional={"Condition": st.sampled_from([{"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}])},
    ),
    min_size=1,
    max_size=2,
)


def caller_of(arn: str, statements: list[Any], boundary: list[Any] | None) -> Caller:
    def policy(kind: PolicyKindName, given: list[Any]) -> Policy:
        return Policy.parse({"Version": "2012-10-17", "Statement": given}, kind=kind)

    return Caller(
        principal_of(arn),
        identity=policy("identity", statements),
        boundary=None if boundary is None else policy("boundary", boundary),
    )


@of_quick(60)
@given(
    apis,
    st.lists(st.builds(caller_of, st.sampled_from(CALLERS[1:]), identities, st.none() | identities), max_size=2),
    st.sampled_from(INVARIANTS),
)
def test_a_proof_for_given_callers_counts_their_policies(api: Api, callers: list[Caller], text: str) -> None:
    callers = list({each.principal: each for each in callers}.values())
    invariant = Invariant.parse(text)
    found = prove(invariant, api, callers=callers)
    event(found.verdict.value)
    assert found.verdict is not ProofVerdict.UNKNOWN, found.reason
    gets_through = invariant.kind is InvariantKind.NONE
    given_by_arn = {each.principal.arn: each for each in callers}
    for call in CALLS:
        if call.caller is not None and call.caller not in given_by_arn:
            continue
        good = gets_through or (call.token and call.answer == "allow")
        if good and claims(invariant, call):
            response = answer_to(api, call, given_by_arn.get(call.caller or ""))
            if response.allowed is gets_through:
                assert found.verdict is ProofVerdict.REFUTED, call


@of_quick(40)
@given(apis, st.sampled_from(METHODS), st.sampled_from(PATHS))
def test_who_lists_a_group_where_some_call_gets_through(api: Api, method: str, path: str) -> None:
    found = who(api, method, path)
    assert not found.unknown
    allowed = [call for call in CALLS if (call.method, call.path) == (method, path) and answer_to(api, call).allowed]
    assert bool(found.groups) is bool(allowed) or not allowed
    assert found.anonymous or not any(call.caller is None and not call.token for call in allowed)
    for group in found.groups:
        assert isinstance(group.example.after, GatewayResponse)
        assert group.example.after.allowed


@of_quick(40)
@given(versions(), st.sampled_from(["GET /orders", "DELETE /**", "from 198.51.100.0/24", "on prod", "ANY /orders/*"]))
def test_a_limited_comparison_is_about_the_calls_within(pair: tuple[Api, Api], within: str) -> None:
    before, after = pair
    text = f"nobody may call anything {within}" if within.startswith(("from", "on")) else f"nobody may call {within}"
    limits = Invariant.parse(text)
    found = compare(before, after, within=within)
    assert found.verdict is not ComparisonVerdict.UNKNOWN, found.unknown
    if any(claims(limits, call) for call in differing(before, after)):
        assert found.newly_allowed
    for witness in found.newly_allowed:
        assert witness.call is not None
        assert any(pattern.matches(witness.call.method, witness.call.path) for pattern in limits.calls)
