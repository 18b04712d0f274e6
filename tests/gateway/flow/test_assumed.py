"""A response names the assumed rules that its outcome depends on: those of decisions, and those of gates."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    AuthorizerCache,
    Caller,
    CallOutcome,
    Claim,
    Context,
    Domain,
    Issuer,
    Mapped,
    Outcome,
    Policy,
    Route,
    Stage,
)
from execpolicy.gateway.flow.assumptions import ASSUMPTIONS_OF_GATES
from execpolicy.literals import PolicyKindName

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ANN = "arn:aws:iam::111122223333:user/Ann"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff"
EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
ENDPOINT = {"aws:SourceVpce": "vpce-0a"}
EXPIRES = 2_000_000_000
HEADER = "method.request.header.Authorization"
TOKEN = {"Authorization": "abc"}


#: An API, the arguments of a call to it, and those with names.
Made = tuple[Api, tuple[str, ...], dict[str, Any]]


def policy(kind: PolicyKindName, *statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind)


def api(type: str = "REST", **parts: Any) -> Api:
    return Api(**{**HERE, "type": type, **parts})


def guarded(authorizer: Authorizer, *, type: str = "REST", route: str = "/a", scopes: Any = (), **parts: Any) -> Api:
    return api(type, routes=[Route("GET", route, authorizer="it", scopes=scopes)], authorizers=[authorizer], **parts)


COGNITO = Authorizer("it", type="COGNITO_USER_POOLS", user_pools=[POOL], identity_sources=[HEADER])
JWT = Authorizer(
    "it",
    type="JWT",
    identity_sources=[HEADER],
    issuers=[Issuer("https://id.example", ("web",), claims=[Claim("team", ["red"], required=False)])],
)
HTTP_JWT = Authorizer(
    "it",
    type="JWT",
    identity_sources=["$request.header.Authorization"],
    issuers=[Issuer("https://id.example", ("web",))],
)
LAMBDA = Authorizer("it", type="TOKEN", identity_sources=[HEADER])
ID_TOKEN = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff", "token_use": "id", "exp": EXPIRES}
JWT_TOKEN = {"iss": "https://id.example", "aud": "web", "exp": EXPIRES, "scope": "read"}
AT = 1_900_000_000


def output(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"principalId": "ann", "policyDocument": document, **more}


ALLOWING = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}


def call(called: Api, path: str = "/a", **given: Any) -> Made:
    return called, ("GET", path), given


PRIVATE: dict[str, Any] = {"endpoint": "PRIVATE", "resource_policy": policy("resource", EVERYBODY)}
PRIVATE_DOMAIN = Domain("a.example", mappings=[Mapped("", "prod")], id="x", associated_endpoints=["vpce-0a"])
PRIVATE_COGNITO = guarded(COGNITO, **PRIVATE)

#: By rule, calls whose outcome depends on it, and near ones whose outcome does not.
ASSUMING: list[tuple[str, Made, bool]] = [
    ("AUT-2", call(guarded(LAMBDA), headers=TOKEN, authorizer_output=output()), False),
    (
        "AUT-2",
        call(guarded(LAMBDA), headers=TOKEN, authorizer_output=output(ALLOWING, principalId=7)),
        False,
    ),
    (
        "AUT-2",
        call(guarded(LAMBDA), headers=TOKEN, authorizer_output=output({**ALLOWING, "Resource": "*" + "a" * 512})),
        False,
    ),
    ("AUT-4", call(guarded(COGNITO), claims=ID_TOKEN, at=AT), True),
    ("AUT-4", call(guarded(COGNITO), headers={"Authorization": "a b"}, claims=ID_TOKEN, at=AT), False),
    ("AUT-4", call(guarded(COGNITO), caller=ANN, claims=ID_TOKEN, at=AT), False),
    (
        "AUT-4",
        call(
            guarded(Authorizer("it", type="COGNITO_USER_POOLS", user_pools=[POOL])),
            headers=TOKEN,
            claims=ID_TOKEN,
            at=AT,
        ),
        True,
    ),
    (
        "AUT-7",
        call(guarded(COGNITO), headers=TOKEN, claims={k: v for k, v in ID_TOKEN.items() if k != "exp"}, at=AT),
        False,
    ),
    (
        "AUT-7",
        call(
            guarded(COGNITO),
            headers=TOKEN,
            claims={**ID_TOKEN, "iss": "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff"},
            at=AT,
        ),
        False,
    ),
    (
        "AUT-8",
        call(
            guarded(HTTP_JWT, type="HTTP"),
            headers=TOKEN,
            claims={k: v for k, v in JWT_TOKEN.items() if k != "exp"},
            at=AT,
        ),
        False,
    ),
    ("AUT-9", call(guarded(JWT), headers=TOKEN, claims=JWT_TOKEN, at=AT), True),
    (
        "AUT-9",
        call(guarded(JWT, scopes=["read"]), headers=TOKEN, claims={**JWT_TOKEN, "team": "blue"}, at=AT),
        False,
    ),
    (
        "AUT-9",
        call(guarded(JWT, scopes=["read"], resource_policy=policy("resource")), headers=TOKEN, claims=JWT_TOKEN, at=AT),
        False,
    ),
    (
        "GW-18",
        call(
            PRIVATE_COGNITO,
            headers=TOKEN,
            caller=ANN,
            claims=ID_TOKEN,
            at=AT,
            context=ENDPOINT,
            vpc_endpoint_policy=policy("vpc_endpoint", {**EVERYBODY, "Principal": {"AWS": ANN}}),
        ),
        False,
    ),
    (
        "GW-19",
        call(
            api(
                **PRIVATE,
                routes=[Route("GET", "/a")],
                domains=[Domain("api.example.com", mappings=[Mapped("", "prod")])],
            ),
            domain_name="api.example.com",
        ),
        False,
    ),
    (
        "GW-19",
        (api("WEBSOCKET", routes=[Route("$connect")]), ("$connect",), {"context": ENDPOINT}),
        False,
    ),
    (
        "GW-20",
        call(
            api(**PRIVATE, routes=[Route("GET", "/a")], domains=[PRIVATE_DOMAIN]),
            domain_name="a.example",
            context=ENDPOINT,
        ),
        False,
    ),
    (
        "GW-24",
        call(
            api(stages=[Stage("prod", cache_needs_permission=True)], routes=[Route("GET", "/a")]),
            caller=ANN,
            headers={"Cache-Control": "max-age=0"},
        ),
        False,
    ),
    (
        "GW-30",
        call(
            api(**PRIVATE, routes=[Route("GET", "/a")], disable_execute_api_endpoint=True),
            "/prod/a",
            domain_name="vpce-0a-b.execute-api.eu-west-1.vpce.amazonaws.com",
            headers={"x-apigw-api-id": "a1b2c3"},
        ),
        False,
    ),
    (
        "GW-33",
        call(
            api(
                endpoint_access_mode="STRICT",
                routes=[Route("GET", "/a")],
                domains=[Domain("api.example.com", mappings=[Mapped("", "prod")])],
            ),
            domain_name="api.example.com",
        ),
        True,
    ),
    (
        "GW-27",
        (
            api(
                "HTTP",
                cors=True,
                routes=[Route("OPTIONS", "/a", authorizer="it")],
                authorizers=[HTTP_JWT],
            ),
            ("OPTIONS", "/a"),
            {"headers": {"Origin": "https://example.com", "Access-Control-Request-Method": "GET"}},
        ),
        True,
    ),
]


@pytest.mark.rule(*ASSUMPTIONS_OF_GATES)
@pytest.mark.parametrize(
    ("rule", "made", "allowed"), ASSUMING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_response_names_what_its_outcome_depends_on(rule: str, made: Made, allowed: bool) -> None:
    called, target, given = made
    response = called.invoke(*target, **given)
    assert (response.allowed, set(response.assumed)) == (allowed, {rule})
    assert response.to_dict()["assumed"] == [rule]
    lines = [line.split(maxsplit=1) for line in str(response.explain()).splitlines()]
    assert ["assumed", f"{ASSUMPTIONS_OF_GATES[rule]} ({rule})"] in lines


DOCUMENTED = [
    call(guarded(LAMBDA), headers=TOKEN, authorizer_output=output({**ALLOWING, "Effect": "Deny"})),
    call(guarded(LAMBDA), headers=TOKEN, authorizer_output=output(ALLOWING)),
    call(guarded(COGNITO), headers=TOKEN, claims=ID_TOKEN, at=AT),
    call(guarded(COGNITO), headers=TOKEN, claims={**ID_TOKEN, "exp": 1}, at=AT),
    call(guarded(COGNITO), headers={"Authorization": ""}, claims=ID_TOKEN, at=AT),
    call(guarded(JWT, scopes=["read"]), headers=TOKEN, claims=JWT_TOKEN, at=AT),
    call(guarded(JWT, scopes=["read"]), headers=TOKEN, claims={**JWT_TOKEN, "iss": "https://other.example"}, at=AT),
    call(
        guarded(JWT, scopes=["read"], resource_policy=policy("resource", {**EVERYBODY, "Effect": "Deny"})),
        headers=TOKEN,
        claims=JWT_TOKEN,
        at=AT,
    ),
    call(
        PRIVATE_COGNITO,
        headers=TOKEN,
        caller=ANN,
        claims=ID_TOKEN,
        at=AT,
        context=ENDPOINT,
        vpc_endpoint_policy=policy("vpc_endpoint", {**EVERYBODY, "Effect": "Deny"}),
    ),
    call(api(routes=[Route("GET", "/a")]), context=ENDPOINT),
]


@pytest.mark.rule("EVL-11")
@pytest.mark.parametrize("made", DOCUMENTED)
def test_a_response_by_documented_rules_names_none(made: Made) -> None:
    called, target, given = made
    assert called.invoke(*target, **given).assumed == set()


@pytest.mark.rule("EVL-11")
def test_the_rules_of_the_decision_are_those_of_the_response() -> None:
    condition = {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    limited = api(
        routes=[Route("GET", "/a")], resource_policy=policy("resource", {**EVERYBODY, "Condition": condition})
    )
    response = limited.invoke("GET", "/a")
    assert (response.allowed, set(response.assumed)) == (True, {"GW-22"})
    assert response.steps[-1].assumed == ()
    # A gate that the call has passed does not decide that a later one refuses it.
    keyed = api(
        routes=[Route("GET", "/a", api_key_required=True)],
        resource_policy=policy("resource", {**EVERYBODY, "Condition": condition}),
    )
    refused = keyed.invoke("GET", "/a")
    assert refused.status == 403
    assert refused.assumed == set()


@pytest.mark.rule("AUT-10")
def test_an_output_in_the_cache_is_used_without_permission() -> None:
    cache = AuthorizerCache()
    call_given: dict[str, Any] = {"headers": TOKEN, "cache": cache, "at": 1}
    assert guarded(LAMBDA).invoke("GET", "/a", authorizer_output=output(ALLOWING), **call_given).assumed == set()
    without = guarded(Authorizer("it", type="TOKEN", identity_sources=[HEADER], invoke_permission=False))
    response = without.invoke("GET", "/a", **call_given)
    assert (response.allowed, set(response.assumed)) == (True, {"AUT-10"})


@pytest.mark.rule("EVL-11", "EVL-9")
def test_a_denial_by_a_deny_or_without_one_names_what_it_rests_on() -> None:
    if_referred = {"StringEquals": {"aws:Referer": "https://example.com"}}
    own = policy(
        "identity",
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": if_referred},
    )
    guarded_by_iam = api(routes=[Route("GET", "/a", auth="AWS_IAM")], resource_policy=policy("resource", EVERYBODY))
    fay = Caller("arn:aws:sts::111122223333:federated-user/Fay", identity=own)
    context = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    response = guarded_by_iam.invoke("GET", "/a", caller=fay, context=context)
    decision = response.steps[-1].decision
    assert decision is not None
    assert decision.possible == {Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY}
    assert response.outcome is CallOutcome.DENIED
    assert response.assumed == decision.assumed == {"EVL-9"}


@pytest.mark.rule("EVL-11")
def test_an_outcome_that_may_be_an_allow_rests_on_nothing() -> None:
    if_referred = {"StringEquals": {"aws:Referer": "https://example.com"}}
    own = policy("identity", {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": if_referred})
    guarded_by_iam = api(routes=[Route("GET", "/a", auth="AWS_IAM")])
    response = guarded_by_iam.invoke("GET", "/a", caller=Caller(ANN, identity=own), context=Context({}, complete=False))
    assert (response.outcome, response.assumed) == (CallOutcome.INDETERMINATE, frozenset())
