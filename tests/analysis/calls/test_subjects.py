"""What invariants are proven of: an API, a template, a resource policy, and the policies on the resource's side."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from execpolicy import Api, Caller, Policy, Readings, Route, Target, Template, UsageError, prove
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.literals import PolicyKindName

API_ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
TEMPLATE = """
Resources:
  Orders:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: orders, ProtocolType: HTTP}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Orders, StageName: $default, AutoDeploy: true}
  Get:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Orders, RouteKey: GET /orders, AuthorizationType: AWS_IAM}
  Partner:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: reads
          PolicyDocument:
            Statement:
              Effect: Allow
              Action: execute-api:Invoke
              Resource: !Sub "arn:aws:execute-api:*:*:${Orders}/*/GET/*"
"""


CONNECTION: dict[str, Any] = {"id": "b", "region": "eu-west-1", "account": "111122223333"}


def policy(*statements: Any, kind: PolicyKindName = "resource") -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind)


def allow(resource: str, principal: Any = "*", **more: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "execute-api:Invoke",
        "Resource": resource,
        **more,
    }


PARTNER_READS = policy(allow(f"{API_ARN}/*/GET/*", {"AWS": "444455556666"}))


@pytest.mark.parametrize(
    ("invariant", "verdict"),
    [
        ("anonymous may not call anything", "proven"),
        ("only account 111122223333, account 444455556666 may call anything", "proven"),
        ("only account 111122223333 may call anything", "refuted"),
        ("account 444455556666 may not call POST /**", "refuted"),  # the pattern crosses slashes: /x/GET/y
        ("account 444455556666 may not call POST /orders", "proven"),
        ("role/Clerk may call POST /orders", "proven"),
        ("role/Clerk of 444455556666 may call POST /orders", "refuted"),
    ],
)
def test_a_target_is_the_api_that_its_policy_names(invariant: str, verdict: str) -> None:
    found = prove(invariant, Target(resource=PARTNER_READS))
    assert found.verdict.value == verdict
    if found.witness is not None and found.witness.request is not None:
        assert found.witness.request.resource.startswith(API_ARN.rsplit(":", 2)[0].replace("eu-west-1", ""))


def test_an_endpoint_policy_of_a_target_must_allow() -> None:
    endpoint = policy(allow(f"{API_ARN}/*/GET/orders"), kind="vpc_endpoint")
    target = Target(resource=PARTNER_READS, vpc_endpoint=endpoint)
    assert prove("nobody may call GET /admin", target).verdict is ProofVerdict.PROVEN
    assert prove("nobody may call GET /orders", target).verdict is ProofVerdict.REFUTED


SERVICE_LINKED = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked"


@pytest.mark.rule("EVL-3", "ANA-1")
@pytest.mark.parametrize(
    ("invariant", "by_default", "covered"),
    [
        ("role/Clerk may call GET /orders", "proven", "refuted"),
        (f"{SERVICE_LINKED} may call GET /orders", "proven", "proven"),
        ("service states.amazonaws.com may not call GET /orders", "refuted", "proven"),
        ("anonymous may not call GET /orders", "refuted", "proven"),
        ("nobody may call GET /orders", "refuted", "refuted"),
    ],
)
def test_a_deny_of_an_rcp_counts_where_it_covers_execute_api(invariant: str, by_default: str, covered: str) -> None:
    everything = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:*", "Resource": "*"}
    rcps = [[policy(everything, kind="rcp")]]
    resource = policy(allow(f"{API_ARN}/*"))
    for covers, of_management_account, verdict in (
        (False, False, by_default),
        (True, False, covered),
        (True, True, by_default),
    ):
        target = Target(
            resource=resource, rcps=rcps, rcps_cover_execute_api=covers, management_account=of_management_account
        )
        assert prove(invariant, target).verdict.value == verdict


@pytest.mark.parametrize(
    ("resource", "found"),
    [("execute-api:/*", "no accounts"), ([f"{API_ARN}/*", f"{API_ARN.replace('1111', '9999')}/*"], "2 accounts")],
)
def test_a_target_without_one_account_is_refused(resource: Any, found: str) -> None:
    with pytest.raises(UsageError, match=f"names {found} of an API, expected one") as caught:
        prove("nobody may call anything", Target(resource=policy(allow(resource))))
    assert "prove the invariant of an Api" in caught.value.advice


def test_a_role_of_the_account_of_the_api_needs_an_account_beside_a_policy_alone() -> None:
    with pytest.raises(UsageError, match="role/Clerk is of the account of the API, which is not known") as caught:
        prove("role/Clerk may call GET /orders", policy(allow("execute-api:/*")))
    assert caught.value.advice == 'write "role/Clerk of 111122223333"'


def test_a_policy_of_another_kind_has_no_calls() -> None:
    identity = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")
    with pytest.raises(UsageError, match="an invariant is proven of a resource policy, found one of kind identity"):
        prove("nobody may call anything", identity)


@pytest.mark.rule("ANA-3")
def test_callers_do_not_count_for_a_policy_or_a_target() -> None:
    policy = Policy.parse({"Statement": []}, kind="resource", name="policy")
    for subject in (policy, Target(resource=policy)):
        with pytest.raises(UsageError, match="callers are given, which count for an API or a template, and not for"):
            prove("nobody may call anything", subject, callers=[])


@pytest.mark.rule("ANA-3")
def test_the_callers_of_a_template_are_all_that_there_are() -> None:
    template = Template.parse(TEMPLATE)
    assert prove("nobody may call GET /orders", template).verdict is ProofVerdict.REFUTED
    assert prove("only role/none may call GET /orders", template, callers=template).verdict is ProofVerdict.REFUTED
    assert prove("nobody may call POST /orders", template, callers=template).verdict is ProofVerdict.PROVEN
    assert prove("nobody may call GET /orders", template, callers=[]).verdict is ProofVerdict.PROVEN


def test_a_template_has_the_worst_verdict_of_its_apis() -> None:
    closed = Api(type="HTTP", **CONNECTION, routes=[Route("GET", "/a", auth="AWS_IAM")])
    opened = Api(type="HTTP", **{**CONNECTION, "id": "c"}, routes=[Route("GET", "/a")])

    class Both:
        apis = MappingProxyType({"Closed": closed, "Opened": opened})

    found = prove("anonymous may not call anything", Both())
    assert found.verdict is ProofVerdict.REFUTED
    assert found.witness is not None


@pytest.mark.rule("ANA-1", "ANA-4")
def test_what_is_not_analysed_is_no_proof() -> None:
    api = Api(type="REST", **CONNECTION, stages=["prod"], routes=[Route("GET", "/a")])
    found = prove("nobody may call anything", api.with_readings(Readings(path="normalised")))
    assert found.verdict is ProofVerdict.UNKNOWN
    assert found.reason == "paths are not compared in the reading in which the ARN has them normalised"


@pytest.mark.rule("ANA-1")
def test_a_budget_that_is_used_up_is_no_proof() -> None:
    api = Api(type="HTTP", **CONNECTION, routes=[Route("GET", "/a", auth="AWS_IAM")])
    found = prove("anonymous may not call anything", api, budget=20)
    assert found.verdict is ProofVerdict.UNKNOWN
    assert found.reason.startswith("the budget of 20 steps is used up while ")


@pytest.mark.parametrize("subject", [5, {}, "api.yaml", Caller("anonymous")])
def test_another_subject_is_refused(subject: Any) -> None:
    with pytest.raises(UsageError, match="an invariant is proven of an API, a template with APIs"):
        prove("nobody may call anything", subject)
