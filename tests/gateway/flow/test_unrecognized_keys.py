"""Keys outside the catalogue of a call's context: some policy of the call names each, whichever gate it reaches."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    AuthorizerCache,
    AuthorizerOutput,
    Caller,
    Context,
    Domain,
    Mapped,
    Policy,
    RequestError,
    Route,
)
from execpolicy.literals import PolicyKindName
from tests.refused import Refusal, refused

ON_TIER = {"StringEquals": {"custom:Tier": "gold"}}
REFUSAL = Refusal(
    'found "custom:tier", which no policy names and which is no key of execute-api',
    "<context custom:tier>:1:1",
    "custom:tier",
    'leave it out, or accept it with allow_unknown=["custom:tier"]',
    "KEY-1",
)


def policy(kind: PolicyKindName, *, condition: Any = ON_TIER, **elements: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", "Condition": condition}
    who = {} if kind in ("identity", "authorizer") else {"Principal": "*"}
    return Policy.parse({"Version": "2012-10-17", "Statement": [{**statement, **who, **elements}]}, kind=kind)


def api(**more: Any) -> Api:
    given = {"routes": [Route("GET", "/pets", auth="AWS_IAM")], "stages": ["prod"], **more}
    return Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", **given)


ASKING = {
    "routes": [Route("GET", "/pets", auth="CUSTOM", authorizer="asks")],
    "authorizers": [Authorizer("asks", type="TOKEN", identity_sources=["method.request.header.Auth"])],
}
ANSWER = {"principalId": "u", "policyDocument": policy("authorizer").to_document()}
SILENT = {"principalId": "u", "policyDocument": policy("authorizer", condition={}).to_document()}
OPEN = {"routes": [Route("GET", "/pets")], "resource_policy": policy("resource", condition={})}
PRIVATE = {
    "endpoint": "PRIVATE",
    "resource_policy": policy("resource", condition={}),
    "domains": [
        Domain(
            "api.example.com",
            mappings=(Mapped("", stage="prod"),),
            id="id1",
            policy=policy("domain_name"),
            associated_endpoints=("vpce-1",),
        )
    ],
}


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    ("made", "call"),
    [
        ({"resource_policy": policy("resource")}, {}),
        ({}, {"caller": Caller("arn:aws:iam::111122223333:user/Ann", identity=policy("identity"))}),
        (PRIVATE, {}),
        ({**PRIVATE, "domains": []}, {"vpc_endpoint_policy": policy("vpc_endpoint")}),
        (ASKING, {"authorizer_output": ANSWER}),
        (ASKING, {"authorizer_output": AuthorizerOutput.parse(ANSWER)}),
        (ASKING, {"authorizer_output": lambda event, context: ANSWER}),
        (ASKING, {"authorizer_output": ANSWER, "cache": AuthorizerCache(), "at": 0}),
        ({**ASKING, "resource_policy": policy("resource")}, {"authorizer_output": lambda event, context: SILENT}),
    ],
)
def test_a_key_that_some_policy_of_the_call_may_name(made: Any, call: Any) -> None:
    response = api(**made).invoke("GET", "/pets", context={"custom:tier": "gold"}, headers={"Auth": "t"}, **call)
    assert response.status in (200, 403, 500)


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    ("made", "call"),
    [
        ({}, {}),
        ({"resource_policy": policy("resource", condition={})}, {"caller": "arn:aws:iam::111122223333:user/Ann"}),
        (ASKING, {"authorizer_output": {"principalId": "u"}}),
        (ASKING, {"authorizer_output": AuthorizerOutput.parse({"principalId": "u"})}),
        (ASKING, {"authorizer_output": ValueError("custom:teir")}),
        (ASKING, {"authorizer_output": {"principalId": "u"}, "cache": AuthorizerCache(), "at": 0}),
        (ASKING, {"authorizer_output": SILENT, "cache": AuthorizerCache(), "at": 0}),
        (ASKING, {"authorizer_output": lambda event, context: SILENT}),
        (OPEN, {"cache": AuthorizerCache(), "at": 1}),
        (OPEN, {"authorizer_output": lambda event, context: ANSWER}),
        ({"routes": []}, {"cache": AuthorizerCache(), "at": 1}),
        ({}, {"caller": "arn:aws:iam::111122223333:user/Ann", "cache": AuthorizerCache(), "at": 1}),
    ],
)
def test_a_key_that_none_names(made: Any, call: Any) -> None:
    def invoke(context: Any) -> Any:
        return api(**made).invoke("GET", "/pets", context=context, headers={"Auth": "t"}, **call)

    assert refused(RequestError, lambda: invoke({"custom:tier": "gold"})) == REFUSAL
    assert invoke(Context({"custom:tier": "gold"}, allow_unknown=["custom:Tier"])).status in (200, 403, 500)


@pytest.mark.rule("KEY-1")
def test_a_misspelled_key_of_a_call_is_refused_at_once() -> None:
    with pytest.raises(RequestError, match="did you mean aws:SourceIp"):
        api().invoke("GET", "/nowhere", context={"aws:SourcIp": "203.0.113.9"})


@pytest.mark.rule("KEY-1", "GW-22")
def test_keys_that_were_accepted_stay_so_where_the_caller_is_withheld() -> None:
    told = {"custom:tier": "gold", "aws:NewKey": "1", "aws:PrincipalOrgID": "o-1"}
    context = Context(told, allow_unknown=["aws:NewKey"])
    open_to_gold = api(routes=[Route("GET", "/pets")], resource_policy=policy("resource"))
    assert open_to_gold.invoke("GET", "/pets", context=context).status == 200


@pytest.mark.rule("KEY-1", "AUT-5")
def test_a_cached_document_names_the_keys_that_it_names() -> None:
    asking, cache = api(**ASKING), AuthorizerCache()

    def invoke(output: Any, context: dict[str, str], at: int) -> int | None:
        headers = {"Auth": "t"}
        return asking.invoke(
            "GET", "/pets", headers=headers, context=context, authorizer_output=output, cache=cache, at=at
        ).status

    assert invoke(ANSWER, {"custom:tier": "gold"}, 0) == 200
    assert invoke(SILENT, {"custom:tier": "gold"}, 1) == 200
    assert refused(RequestError, lambda: invoke(ANSWER, {"custom:teir": "gold"}, 2)).message.startswith(
        'found "custom:teir", which no policy names'
    )
    assert refused(RequestError, lambda: invoke(SILENT, {"custom:tier": "gold"}, 9000)) == REFUSAL


@pytest.mark.rule("KEY-1")
def test_a_call_that_ends_before_its_function_is_asked_needs_no_check() -> None:
    asked = api(**ASKING).invoke(
        "GET", "/pets", headers={"Accept": "*/*"}, context={"custom:tier": "gold"}, authorizer_output=lambda *_: SILENT
    )
    assert asked.status == 401
