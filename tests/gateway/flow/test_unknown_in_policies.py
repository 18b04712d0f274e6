"""Calls that depend on a value of a policy that is not known: the response names it (SRC-10)."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from execpolicy import Api, Caller, CallOutcome, Context, Domain, GatewayResponse, Mapped, Policy, Route
from execpolicy.literals import AuthTypeName, PolicyKindName
from tests.unknown_policies import policy_with_unknown

pytestmark = pytest.mark.rule("SRC-10")

ANN = "arn:aws:iam::111122223333:user/ann"
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
OPEN: dict[str, Any] = {**ALLOW, "Principal": "*"}
FROM = {"IpAddress": {"aws:SourceIp": "<<Range>>"}}


def policy(kind: PolicyKindName, *statements: object) -> Policy:
    return policy_with_unknown({"Version": "2012-10-17", "Statement": list(statements)}, kind)


def api(auth: AuthTypeName = "NONE", **more: Any) -> Api:
    routes = [Route("GET", "/orders", auth=auth)]
    fields: dict[str, Any] = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333"}
    return Api(**{**fields, "stages": ["prod"], "routes": routes, **more})


def names(response: GatewayResponse) -> dict[str, str]:
    """The places of the values that decide, by name; the JSON form has the same."""
    written = {each["name"]: each["place"] for each in response.to_dict()["unknown_values"]}
    found = {value.name: value.place for value in response.unknown_values}
    assert written == found
    assert pickle.loads(pickle.dumps(response)).unknown_values == response.unknown_values
    return found


def test_a_resource_policy() -> None:
    own = api(resource_policy=policy("resource", {**OPEN, "Condition": FROM}))
    response = own.invoke("GET", "/orders", context={"aws:SourceIp": "192.0.2.1"})
    assert (response.outcome, response.statuses) == (CallOutcome.INDETERMINATE, (200, 403))
    assert names(response) == {"the parameter Range": "template.json:11:22"}
    assert str(response.explain()).startswith(
        "INDETERMINATE: allowed or refused (200 or 403): it depends on the parameter Range, which has no value "
        "(template.json:11:22)"
    )


def test_the_policies_of_the_caller() -> None:
    caller = Caller(ANN, identity=[policy("identity", {**ALLOW, "Resource": "arn:aws:execute-api:*:*:<<Api>>/*"})])
    response = api("AWS_IAM").invoke("GET", "/orders", caller=caller)
    assert response.outcome is CallOutcome.INDETERMINATE
    assert names(response) == {"the parameter Api": "template.json:7:16"}


def private(**parts: Any) -> Api:
    return api(endpoint="PRIVATE", resource_policy=policy("resource", OPEN), **parts)


THROUGH = {"aws:SourceVpce": "vpce-0aaa", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.1"}


def test_an_endpoint_policy() -> None:
    of_endpoint = policy("vpc_endpoint", {**OPEN, "Resource": "arn:aws:execute-api:<<Region>>:*:*/*"})
    response = private().invoke("GET", "/orders", context=THROUGH, vpc_endpoint_policy=of_endpoint)
    assert response.outcome is CallOutcome.INDETERMINATE
    assert names(response) == {"the parameter Region": "template.json:7:16"}


def test_the_policy_of_a_domain() -> None:
    condition = {"StringEquals": {"aws:SourceVpce": "<<Endpoint>>"}}
    of_domain = policy("domain_name", {**OPEN, "Condition": condition})
    domain = Domain("a.example", [Mapped("", "prod")], id="x", policy=of_domain, associated_endpoints="vpce-0aaa")
    response = private(domains=[domain]).invoke("GET", "/orders", context=THROUGH, domain_name="a.example")
    assert response.outcome is CallOutcome.INDETERMINATE
    assert names(response) == {"the parameter Endpoint": "template.json:11:24"}


def test_a_key_and_a_value_decide_together() -> None:
    statement = {**OPEN, "Condition": {**FROM, "StringEquals": {"aws:UserAgent": "x"}}}
    own = api(resource_policy=policy("resource", statement))
    response = own.invoke("GET", "/orders", context=Context({"aws:SourceIp": "192.0.2.1"}, complete=False))
    assert response.deciding_keys == {"aws:UserAgent"}
    assert [*names(response)] == ["the parameter Range"]
    headline = str(response.explain()).partition("\n")[0]
    assert "aws:UserAgent is not known; it depends on the parameter Range, which has no value" in headline


def test_a_call_that_is_denied_in_any_case() -> None:
    deny = {**OPEN, "Effect": "Deny", "Condition": FROM}
    own = api(resource_policy=policy("resource", deny))
    response = own.invoke("GET", "/orders", context={"aws:SourceIp": "192.0.2.1"})
    assert (response.outcome, response.status) == (CallOutcome.DENIED, 403)
    assert [*names(response)] == ["the parameter Range"]
    assert "403 a message that depends on the parameter Range" in str(response.explain())


def test_a_value_that_does_not_decide_is_not_named() -> None:
    own = api(resource_policy=policy("resource", {**OPEN, "Condition": FROM}, OPEN))
    response = own.invoke("GET", "/orders", context={"aws:SourceIp": "192.0.2.1"})
    assert (response.allowed, names(response)) == (True, {})
