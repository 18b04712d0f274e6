"""Ways through an API that a proof must not miss, each confirmed by a simulated call, and changes that open one."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from execpolicy import (
    Api,
    ApiKey,
    Authorizer,
    Caller,
    Domain,
    Issuer,
    Mapped,
    Policy,
    Principal,
    Route,
    Stage,
    UsageError,
    compare,
    prove,
    who,
)
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.gateway.flow.step import CallOutcome

ALLOW_ALL = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
ANSWER = {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [ALLOW_ALL]}}
POOLS = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_"
TEMPLATE = """
Parameters: {Who: {Type: String}}
Resources:
  Orders:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      Policy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "execute-api:Invoke", Resource: "*", Principal: %s}
          %s
  Path:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Orders, ParentId: !GetAtt Orders.RootResourceId, PathPart: orders}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Orders, ResourceId: !Ref Path, HttpMethod: GET, AuthorizationType: NONE}
  Deployment:
    Type: AWS::ApiGateway::Deployment
    Properties: {RestApiId: !Ref Orders, StageName: prod}
"""


def api(kind: str = "REST", **parts: Any) -> Api:
    stages: dict[str, Any] = {"stages": ["prod"]} if kind == "REST" else {}
    connection = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
    return Api(**{**connection, "type": kind, **stages, **parts})


def tokens(*issuers: tuple[str, str], name: str = "tokens") -> Authorizer:
    return Authorizer(
        name,
        type="JWT",
        identity_sources="$request.header.Authorization",
        issuers=[Issuer(url, audiences=audience) for url, audience in issuers],
    )


def with_tokens(*issuers: tuple[str, str]) -> Api:
    route = Route("GET", "/orders", auth="JWT", authorizer="tokens")
    return api("HTTP", routes=[route], authorizers=[tokens(*issuers)])


def with_pools(*names: str) -> Api:
    pools = Authorizer(
        "pools",
        type="COGNITO_USER_POOLS",
        identity_sources="method.request.header.Authorization",
        user_pools=[f"{POOLS}{name}" for name in names],
    )
    return api(routes=[Route("GET", "/orders", auth="COGNITO_USER_POOLS", authorizer="pools")], authorizers=[pools])


@pytest.mark.rule("GW-26")
def test_the_root_path_of_an_http_api_reaches_default_beside_a_greedy_route() -> None:
    greedy = Route("ANY", "/{proxy+}", auth="JWT", authorizer="tokens")
    subject = api("HTTP", routes=[greedy, Route("$default")], authorizers=[tokens(("https://id.example", "orders"))])
    assert subject.invoke("GET", "/").allowed
    assert prove("anonymous may not call /", subject).verdict is ProofVerdict.REFUTED
    assert prove("anonymous may not call /*/**", subject).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("kind", "source", "ttl", "open_to_anybody"),
    [
        ("REST", "context.identity.sourceIp", None, True),
        ("REST", "stageVariables.x", None, True),
        ("REST", "method.request.header.X", 0, True),
        ("REST", "method.request.header.X", 60, False),
        ("HTTP", "$context.routeKey", None, True),
        ("HTTP", "$request.header.X", 0, False),
    ],
)
def test_an_authorizer_without_a_token_is_asked_about_anonymous_calls(
    kind: str, source: str, ttl: int | None, open_to_anybody: bool
) -> None:
    function = Authorizer("function", type="REQUEST", identity_sources=source, ttl=ttl)
    stages = {"stages": [Stage("prod", variables={"x": "1"})]} if kind == "REST" else {}
    route = Route("GET", "/orders", auth="CUSTOM", authorizer="function")
    subject = api(kind, routes=[route], authorizers=[function], **stages)
    called = subject.invoke("GET", "/orders", context={"aws:SourceIp": "203.0.113.9"}, authorizer_output=ANSWER)
    assert called.allowed is open_to_anybody
    proven = ProofVerdict.REFUTED if open_to_anybody else ProofVerdict.PROVEN
    assert prove("anonymous may not call anything", subject).verdict is proven
    assert who(subject, "GET", "/orders").anonymous is open_to_anybody


@pytest.mark.rule("ANA-3", "AUT-8", "AUT-7")
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (with_tokens(("https://a.example", "x")), with_tokens(("https://b.example", "x")), ComparisonVerdict.BOTH),
        (with_tokens(("https://a.example", "x")), with_tokens(("https://a.example", "y")), ComparisonVerdict.BOTH),
        (with_tokens(("https://a.example", "x")), with_tokens(("https://a.example", "x")), ComparisonVerdict.EQUAL),
        (with_pools("Staff"), with_pools("Public"), ComparisonVerdict.BOTH),
        (with_pools("Staff"), with_pools("Staff", "Public"), ComparisonVerdict.LAXER),
        (with_pools("Staff", "Public"), with_pools("Staff"), ComparisonVerdict.STRICTER),
    ],
)
def test_tokens_of_another_issuer_are_other_tokens(before: Api, after: Api, verdict: ComparisonVerdict) -> None:
    assert compare(before, after).verdict is verdict


def with_scopes(*scopes: str, issuers: tuple[str, ...] = ("https://a.example",)) -> Api:
    route = Route("GET", "/orders", auth="JWT", authorizer="tokens", scopes=scopes)
    return api("HTTP", routes=[route], authorizers=[tokens(*((each, "x") for each in issuers))])


@pytest.mark.rule("ANA-3", "AUT-8")
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (with_scopes("read"), with_scopes("write"), ComparisonVerdict.BOTH),
        (with_scopes("read"), with_scopes("read", "write"), ComparisonVerdict.LAXER),
        (with_scopes("read", "write"), with_scopes("write"), ComparisonVerdict.STRICTER),
        (with_scopes("read", "write"), with_scopes("write", "read"), ComparisonVerdict.EQUAL),
        (with_scopes("read"), with_scopes("read", issuers=("https://b.example",)), ComparisonVerdict.BOTH),
        (with_scopes("read"), with_scopes(), ComparisonVerdict.LAXER),
    ],
)
def test_a_token_has_its_scopes_for_every_version(before: Api, after: Api, verdict: ComparisonVerdict) -> None:
    found = compare(before, after)
    assert (found.verdict, found.unknown) == (verdict, ())


@pytest.mark.rule("ANA-3", "AUT-6")
@pytest.mark.parametrize("source", ["HEADER", "AUTHORIZER"])
def test_a_call_has_the_key_that_opens_its_stage(source: str) -> None:
    keys = [ApiKey("a" * 30, "dev"), ApiKey("b" * 30, "prod", enabled=False), ApiKey("c" * 30, "prod")]
    function = Authorizer("f", type="TOKEN", identity_sources="method.request.header.Authorization")
    subject = api(
        stages=["prod", "dev"],
        stage="prod",
        routes=[Route("GET", "/orders", authorizer="f", api_key_required=True)],
        authorizers=[function],
        api_keys=keys,
        api_key_source=source,
    )
    for stage in ("prod", "dev"):
        assert prove(f"nobody may call GET /orders on {stage}", subject).verdict is ProofVerdict.REFUTED


@pytest.mark.rule("GW-27", "GW-34")
@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("REST", {"ip_address_type": "ipv4"}, {"ip_address_type": "dualstack"}, "ip_address_type"),
    ],
)
def test_versions_that_answer_other_calls_are_not_equal(kind: str, before: Any, after: Any, said: str) -> None:
    routes = [Route("GET", "/orders")]
    compared = compare(api(kind, routes=routes, **before), api(kind, routes=routes, **after))
    assert compared.verdict is ComparisonVerdict.UNKNOWN
    assert said in compared.unknown[0]


@pytest.mark.rule("AUT-4")
def test_a_stage_variable_that_an_authorizer_reads_is_no_equal_change() -> None:
    function = Authorizer("function", type="REQUEST", identity_sources="stageVariables.x")
    parts: dict[str, Any] = {
        "routes": [Route("GET", "/orders", auth="CUSTOM", authorizer="function")],
        "authorizers": [function],
    }
    before, after = (api(stages=[Stage("prod", variables=each)], **parts) for each in ({"x": "1"}, {}))
    assert compare(before, after).verdict is ComparisonVerdict.UNKNOWN


@pytest.mark.rule("SRC-10")
@pytest.mark.parametrize(
    ("principal", "more"),
    [
        ("!Ref Who", ""),
        ("{AWS: !Ref Who}", ""),
        (
            '"*"',
            '- {Effect: Deny, Action: "execute-api:Invoke", Resource: "*", Principal: {AWS: !Ref Who}}',
        ),
    ],
)
def test_a_principal_that_may_be_anybody_is_no_proof(tmp_path: Any, principal: str, more: str) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE % (principal, more), "utf-8")
    subject = Api.load(file, account="111122223333", region="eu-west-1", api_id="a1b2c3")
    called = subject.invoke("GET", "/orders", context={"aws:SourceIp": "203.0.113.9"})
    assert called.outcome is CallOutcome.INDETERMINATE
    for claim in ("anonymous may not call GET /orders", "anonymous may call GET /orders"):
        proof = prove(claim, subject)
        assert proof.verdict is ProofVerdict.UNKNOWN
        assert "Who" in (proof.reason or "")


@pytest.mark.rule("INV-1")
def test_one_principal_with_different_policies_is_refused() -> None:
    ann = Principal.parse("arn:aws:iam::111122223333:user/Ann")
    may, may_not = (
        Caller(ann, identity=[Policy.parse({"Version": "2012-10-17", "Statement": [each]}, kind="identity")])
        for each in (ALLOW_ALL, {**ALLOW_ALL, "Effect": "Deny"})
    )
    subject = api(routes=[Route("GET", "/orders", auth="AWS_IAM")])
    claim = "user/Ann may not call anything"
    assert prove(claim, subject, callers=[may, may]).verdict is ProofVerdict.REFUTED
    assert prove(claim, subject, callers=[may_not]).verdict is ProofVerdict.PROVEN
    for callers in ([may, may_not], [may_not, may]):
        with pytest.raises(UsageError, match="two of the callers are"):
            prove(claim, subject, callers=callers)


@pytest.mark.rule("ANA-2")
@pytest.mark.parametrize("keys", [*permutations(("POST /a", "GET /orders/lines", "GET /a"))])
def test_the_simplest_call_is_shown_whatever_the_order_of_routes(keys: tuple[str, ...]) -> None:
    domain = Domain("api.example.com", mappings=[Mapped("", "prod")])
    before, after = (
        api(routes=[Route(*key.split(), auth=auth) for key in keys], domains=[domain]) for auth in ("AWS_IAM", "NONE")
    )
    (witness,) = compare(before, after).newly_allowed
    assert str(witness.call) == "GET /a on prod by anonymous"
