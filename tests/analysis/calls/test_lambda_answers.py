"""What a Lambda authorizer may answer where ARNs, stages or callers differ (ANA-3, AUT-4, INV-3)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Authorizer, Domain, Mapped, Policy, Route, Stage, Witness, compare, prove, who
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.literals import ApiTypeName, AuthTypeName

HEADER = "method.request.header.Authorization"
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:shop"
HOST = "api.example.com"


def api(authorizer: Authorizer, **parts: Any) -> Api:
    whole: dict[str, Any] = {
        "type": "REST",
        "stages": ["prod", "dev"],
        "stage": "prod",
        "routes": [Route("GET", "/{proxy+}", authorizer="shop")],
        **parts,
    }
    return Api(id="a1b2c3", region="eu-west-1", account="111122223333", authorizers=[authorizer], **whole)


def token(**fields: Any) -> Authorizer:
    return Authorizer("shop", type="TOKEN", identity_sources=HEADER, function_arn=FUNCTION, **fields)


def answer(resource: str) -> dict[str, Any]:
    """A policy of an authorizer that allows some ARNs."""
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource}
    return {"principalId": "user", "policyDocument": {"Version": "2012-10-17", "Statement": [allow]}}


def is_shown(witness: Witness, api: Api, *, before: bool) -> bool:
    """Whether the call of a witness gets through in a version."""
    call = witness.call
    assert call is not None
    arguments = call.arguments_before if before and call.arguments_before is not None else call.arguments
    return api.invoke(call.method, call.path, **arguments).allowed


@pytest.mark.rule("ANA-3", "ANA-5")
@pytest.mark.parametrize(
    ("mappings", "path", "allowed"),
    [
        (([Mapped("", "dev")], [Mapped("", "prod")]), "/orders", "*:a1b2c3/prod/*"),
        (([Mapped("v1", "prod"), Mapped("", "dev")], [Mapped("", "dev")]), "/v1/orders", "*:a1b2c3/dev/*"),
    ],
)
def test_a_function_may_answer_otherwise_about_another_arn(
    mappings: tuple[list[Mapped], list[Mapped]], path: str, allowed: str
) -> None:
    before, after = (api(token(), domains=[Domain(HOST, mappings=each)]) for each in mappings)
    output, sent = answer(f"arn:aws:execute-api:*:{allowed}"), {"Authorization": "x"}
    # The same function returns the same policy to both.
    responses = [
        each.invoke("GET", path, authorizer_output=output, domain_name=HOST, headers=sent) for each in (before, after)
    ]
    assert [each.allowed for each in responses] == [False, True]
    found = compare(before, after)
    assert (found.verdict, found.unknown) == (ComparisonVerdict.BOTH, ())
    for witnesses, expected in ((found.newly_allowed, (False, True)), (found.newly_denied, (True, False))):
        for each in witnesses:
            assert (is_shown(each, before, before=True), is_shown(each, after, before=False)) == expected
    assert compare(before, before).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("AUT-4", "ANA-1")
@pytest.mark.parametrize("kind", ["REST", "HTTP"])
def test_an_authorizer_whose_stage_variable_a_stage_lacks_answers_no_call_there(kind: ApiTypeName) -> None:
    source = "stageVariables.table" if kind == "REST" else "$stageVariables.table"
    reads = Authorizer("shop", type="REQUEST", identity_sources=source, function_arn=FUNCTION)
    with_variable, without = Stage("prod", variables={"table": "orders"}), Stage("dev")
    subject = api(reads, type=kind, stages=[with_variable, without])
    responses = [
        subject.invoke("GET", "/orders", stage=stage, authorizer_output=answer("*"), headers={}, query={})
        for stage in ("prod", "dev")
    ]
    assert [each.status for each in responses] == [200, 401]
    reason = "the authorizer shop reads the stage variable table, which the stage dev does not have: it answers no call"
    proof = prove("role/Clerk may call GET /orders on dev", subject)
    assert (proof.verdict, proof.reason) == (ProofVerdict.UNKNOWN, f"{reason} there")
    assert who(subject, "GET", "/orders").unknown == (f"{reason} there",)
    assert compare(subject, subject).unknown == (f"{reason} there",)
    open_route = api(reads, type=kind, stages=[without], stage="dev", routes=[Route("GET", "/orders")])
    assert compare(open_route, open_route).verdict is ComparisonVerdict.EQUAL


@pytest.mark.rule("AUT-4")
def test_a_cache_makes_a_stage_variable_needed() -> None:
    cached, uncached = (
        api(Authorizer("shop", type="REQUEST", identity_sources="stageVariables.table", ttl=ttl, function_arn=FUNCTION))
        for ttl in (60, 0)
    )
    assert compare(cached, uncached).verdict is ComparisonVerdict.UNKNOWN
    assert compare(uncached, uncached).verdict is ComparisonVerdict.EQUAL


POOL = Authorizer(
    "shop",
    type="COGNITO_USER_POOLS",
    user_pools="arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Shop",
    identity_sources=HEADER,
)
NO_SOURCE = Authorizer("shop", type="REQUEST", ttl=0, function_arn=FUNCTION)
SIGNED = [Route("GET", "/{proxy+}", auth="AWS_IAM")]
ALLOWS_ALL = Policy.parse(
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}},
    kind="resource",
)


@pytest.mark.rule("INV-3", "ANA-3")
@pytest.mark.parametrize(
    ("subject", "is_open"),
    [
        (api(token()), False),
        (api(POOL), False),
        (api(NO_SOURCE), True),
        (api(token(), routes=[Route("GET", "/{proxy+}")]), True),
        (api(token(), routes=SIGNED, resource_policy=ALLOWS_ALL), False),
    ],
)
def test_anybody_may_call_what_anonymous_callers_may(subject: Api, is_open: bool) -> None:
    verdict = ProofVerdict.PROVEN if is_open else ProofVerdict.REFUTED
    for claim in (
        "anonymous may call GET /orders",
        "anybody may call GET /orders",
        "anybody but role/Clerk may call GET /orders",
        "accounts outside o-exampleorg may call GET /orders",
    ):
        found = prove(claim, subject)
        assert found.verdict is verdict, claim
        assert is_open or str(found.witness).startswith("GET /orders on prod by anonymous\n  4")
    assert prove("anybody but anonymous may call GET /orders", subject).verdict is ProofVerdict.PROVEN


@pytest.mark.rule("INV-3")
@pytest.mark.parametrize("auth", ["NONE", "AWS_IAM"])
def test_a_token_that_nothing_reads_makes_no_other_caller(auth: AuthTypeName) -> None:
    subject = api(token(), routes=[Route("GET", "/orders", auth=auth)], resource_policy=ALLOWS_ALL)
    assert prove("only anonymous may call anything", subject, callers=[]).verdict is ProofVerdict.PROVEN
    may_call = prove("anonymous may call GET /orders", subject).verdict
    assert may_call is (ProofVerdict.PROVEN if auth == "NONE" else ProofVerdict.REFUTED)
    found = prove("anybody but anonymous may call GET /nowhere", subject)
    assert found.witness is not None
    assert found.witness.call is not None
    assert found.witness.call.principal.kind != "anonymous"
    assert prove("only anonymous may call anything", api(token()), callers=[]).verdict is ProofVerdict.REFUTED
