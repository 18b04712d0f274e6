"""Calls through VPC endpoints: which APIs they reach, and by which host names (GW-19)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    Context,
    Domain,
    Issuer,
    Mapped,
    Policy,
    Readings,
    RequestError,
    Route,
    UsageError,
)
from execpolicy.literals import PolicyKindName
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("GW-19")

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
ALLOW_INVOKE = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
KEYS = {"aws:SourceVpce": "vpce-0aaa", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.1"}
CURE = (
    "; call it by a public custom domain name of the API, or turn private DNS off for the endpoint, so that its own "
    "host leads to the internet"
)


def policy(kind: PolicyKindName, *statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Statement": list(statements) or [ALLOW]}, kind=kind)


def rest(**parts: Any) -> Api:
    return Api(**{**HERE, "type": "REST", "routes": [Route("GET", "/x")], **parts})


def private(**parts: Any) -> Api:
    return rest(endpoint="PRIVATE", resource_policy=policy("resource"), **parts)


# APIs that are not private

PUBLIC = {
    "REGIONAL": rest(),
    "EDGE": rest(endpoint="EDGE"),
    "HTTP": Api(**HERE, type="HTTP", routes=[Route("GET", "/x")]),
    "allowed by policy": rest(resource_policy=policy("resource")),
}


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("key", KEYS)
def test_an_endpoint_does_not_lead_to_a_public_api(name: str, key: str) -> None:
    api = PUBLIC[name]
    response = api.invoke("GET", "/x", context={key: KEYS[key]})
    assert (response.status, response.response_type, response.body) == (403, None, {"message": "Forbidden"})
    (step,) = response.steps
    assert (step.number, step.gate, step.passed, step.rules) == ("1", "VPC endpoint", False, ("GW-19",))
    assert step.detail == (
        f"the call comes through a VPC endpoint ({key}), and a1b2c3 is {api.endpoint}, not PRIVATE{CURE}"
    )
    assert api.invoke("GET", "/x").allowed
    assert api.invoke("GET", "/x", context={"aws:SourceIp": "203.0.113.9"}).allowed


def test_all_keys_that_tell_of_the_endpoint_are_named() -> None:
    response = PUBLIC["REGIONAL"].invoke("GET", "/x", context=KEYS)
    assert "(aws:SourceVpce, aws:SourceVpc, aws:VpcSourceIp)" in response.steps[0].detail


def test_nothing_else_is_looked_at() -> None:
    asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    http = Api(**HERE, type="HTTP", cors=True, routes=[Route("GET", "/x")])
    assert http.invoke("OPTIONS", "/x", headers=asks, context=KEYS).status == 403
    assert http.invoke("GET", "/none", context=KEYS).status == 403
    assert rest(routes=[Route("GET", "/x", auth="AWS_IAM")]).invoke("GET", "/x", context=KEYS).message == "Forbidden"


@pytest.mark.parametrize(
    ("method", "path"),
    [("$connect", ""), ("send", ""), ("POST", "/@connections/abc")],
    ids=["$connect", "send", "POST"],
)
def test_nor_to_a_websocket_api(method: str, path: str) -> None:
    api = Api(**HERE, type="WEBSOCKET", routes=[Route("$connect"), Route("send")])
    response = api.invoke(method, path, context=KEYS, caller="arn:aws:iam::111122223333:user/Ann")
    assert (response.status, response.message, response.steps[-1].gate) == (403, "Forbidden", "VPC endpoint")


def test_the_own_host_of_a_public_api_is_refused_and_a_custom_domain_contradicts_the_endpoint() -> None:
    api = rest(domains=[Domain("*.example.com", (Mapped("", "prod"),))])
    own = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    assert api.invoke("GET", "/prod/x", context=KEYS, domain_name=own).message == "Forbidden"
    assert api.invoke("GET", "/x", domain_name="shop.example.com").allowed
    found = refused(RequestError, lambda: api.invoke("GET", "/x", context=KEYS, domain_name="shop.example.com"))
    assert found == Refusal(
        "shop.example.com is a public domain name, and the context has aws:SourceVpce, aws:SourceVpc, aws:VpcSourceIp, "
        "which only calls through a VPC endpoint have",
        "<domain_name>:1:1",
        "shop.example.com",
        "a public domain name does not lead through endpoints: leave one of them out",
        "GW-19",
    )


def test_an_endpoint_policy_alone_has_no_say() -> None:
    found = refused(UsageError, lambda: rest().invoke("GET", "/x", vpc_endpoint_policy=policy("vpc_endpoint")))
    assert found.message == "a1b2c3 is REGIONAL: VPC endpoint policies do not apply to it"
    assert found.advice == "a call through an endpoint gives aws:SourceVpce, and reaches private APIs alone"
    response = rest().invoke("GET", "/x", vpc_endpoint_policy=policy("vpc_endpoint"), context=KEYS)
    assert response.status == 403


@pytest.mark.rule("GW-19", "GW-25")
def test_a_partial_context_leaves_open_whether_a_call_comes_through_an_endpoint() -> None:
    api = rest(domains=[Domain("shop.example.com", (Mapped("", "prod"),))])
    partial = Context({}, complete=False)
    open_ = api.invoke("GET", "/x", context=partial)
    assert (open_.outcome.value, open_.status, open_.statuses) == ("indeterminate", None, (200, 403))
    assert [step.detail for step in open_.steps if step.passed is None] == [
        "it is not known whether the call comes through a VPC endpoint; through one it gets 403"
    ]
    assert set(open_.deciding_keys) == {"aws:SourceIp"}  # no call has it and comes through an endpoint
    assert api.invoke("GET", "/x", context=partial, domain_name="shop.example.com").status == 200
    internet = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    assert api.invoke("GET", "/x", context=internet).status == 200
    assert api.invoke("GET", "/x", context=partial, caller="states.amazonaws.com").status == 200
    assert api.invoke("GET", "/x").status == 200
    assert api.invoke("GET", "/x", context=Context({"aws:SourceVpc": "vpc-1"}, complete=False)).status == 403


# Private APIs by the endpoint's own host name

HOST = "vpce-0aaa-bbbb.execute-api.eu-west-1.vpce.amazonaws.com"
DOMAIN = Domain("p.example.com", (Mapped("in", "prod"),), "d1", policy("domain_name"), ("vpce-0aaa",))


@pytest.mark.rule("GW-28")
@pytest.mark.parametrize(
    "headers",
    [
        {"x-apigw-api-id": "a1b2c3"},
        {"X-ApiGW-Api-Id": "A1B2C3"},
        {"Host": "a1b2c3.execute-api.eu-west-1.amazonaws.com"},
        {"Host": "a1b2c3.execute-api.eu-west-1.amazonaws.com:443", "x-apigw-api-id": "a1b2c3"},
        {"Host": HOST, "x-apigw-api-id": "a1b2c3"},
    ],
    ids=str,
)
@pytest.mark.parametrize("host", [HOST, HOST.upper(), HOST.replace("bbbb", "bbbb-eu-west-1a")])
def test_a_header_names_the_api_at_the_endpoints_host(host: str, headers: dict[str, str]) -> None:
    response = private().invoke("GET", "/prod/x", headers=headers, domain_name=host, context=KEYS)
    assert response.allowed
    assert response.arn.endswith(":a1b2c3/prod/GET/x")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (None, ": the header Host or x-apigw-api-id must name the API a1b2c3"),
        ({}, ": the header Host or x-apigw-api-id must name the API a1b2c3"),
        ({"Host": HOST}, ": the header Host or x-apigw-api-id must name the API a1b2c3"),
        ({"x-apigw-api-id": "z9y8x7"}, ", and the headers name 'z9y8x7', not a1b2c3"),
        ({"x-apigw-api-id": ""}, ", and the headers name '', not a1b2c3"),
        (
            {"Host": "z9y8x7.execute-api.eu-west-1.amazonaws.com"},
            ", and the headers name 'z9y8x7.execute-api.eu-west-1.amazonaws.com', not a1b2c3",
        ),
        (
            {"Host": "a1b2c3.execute-api.us-east-1.amazonaws.com"},
            ", and the headers name 'a1b2c3.execute-api.us-east-1.amazonaws.com', not a1b2c3",
        ),
        ({"Host": "other.example.com"}, ", and the headers name 'other.example.com', not a1b2c3"),
        (
            {"x-apigw-api-id": "a1b2c3", "Host": "other.example.com"},
            ", and the headers name 'other.example.com', not a1b2c3",
        ),
        ({"x-apigw-api-id": ["a1b2c3", "z9y8x7"]}, ", and the headers name 'z9y8x7', not a1b2c3"),
    ],
    ids=str,
)
def test_without_a_header_that_names_the_api_the_endpoint_answers_forbidden(headers: Any, reason: str) -> None:
    response = private().invoke("GET", "/prod/x", headers=headers, domain_name=HOST, context=KEYS)
    assert (response.status, response.response_type, response.body) == (403, None, {"message": "Forbidden"})
    (step,) = response.steps
    assert (step.number, step.gate, step.rules) == ("1", "domain", ("GW-19",))
    assert step.detail == f"{HOST} is the host of a VPC endpoint{reason}"


@pytest.mark.parametrize("headers", [None, {}, {"x-apigw-api-id": "z9y8x7"}])
@pytest.mark.parametrize(
    "host",
    ["a1b2c3-vpce-0aaa.execute-api.eu-west-1.amazonaws.com", "a1b2c3.execute-api.eu-west-1.amazonaws.com"],
)
def test_a_host_that_names_the_api_needs_no_header(host: str, headers: Any) -> None:
    assert private().invoke("GET", "/prod/x", headers=headers, domain_name=host, context=KEYS).allowed


@pytest.mark.rule("GW-20")
def test_the_host_header_may_name_a_private_domain() -> None:
    api = private(domains=[DOMAIN])
    headers = {"Host": "P.example.com"}
    response = api.invoke("GET", "/in/x", headers=headers, domain_name=HOST, context=KEYS)
    assert [(step.number, step.gate, step.passed) for step in response.steps][:1] == [("1", "domain", True)]
    assert (response.status, response.steps[-2].gate) == (200, "private domain")
    other = api.invoke("GET", "/in/x", headers=headers, domain_name=HOST.replace("0aaa", "0ccc"))
    assert other.status == 403
    assert other.steps[-1].detail == (
        "the call came through the endpoint vpce-0ccc, the domain is associated with vpce-0aaa"
    )


# The endpoint that a host names

OF_API = "a1b2c3-vpce-0aaa.execute-api.eu-west-1.amazonaws.com"
OWN = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
ONE_ENDPOINT = policy(
    "resource",
    ALLOW,
    {**ALLOW, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0aaa"}}},
)
HOSTS = [OF_API, OF_API.upper(), HOST, HOST.upper(), HOST.replace("bbbb", "bbbb-eu-west-1a")]


def for_one_endpoint() -> Api:
    return rest(endpoint="PRIVATE", resource_policy=ONE_ENDPOINT)


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("context", [None, Context({}, complete=False), {"aws:SourceVpce": "vpce-0aaa"}], ids=str)
def test_a_host_that_names_the_endpoint_tells_source_vpce(host: str, context: Any) -> None:
    def call(name: str) -> int | None:
        headers = {"x-apigw-api-id": "a1b2c3"}
        found = for_one_endpoint().invoke("GET", "/prod/x", headers=headers, domain_name=name, context=context)
        return found.status

    assert call(host) == 200
    if not isinstance(context, dict):
        assert call(host.lower().replace("0aaa", "0ccc")) == 403


@pytest.mark.rule("KEY-3")
def test_a_host_that_names_no_endpoint_leaves_source_vpce_unknown() -> None:
    response = for_one_endpoint().invoke("GET", "/prod/x", domain_name=OWN)
    assert (response.statuses, response.deciding_keys) == ((200, 403), frozenset({"aws:SourceVpce"}))


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("host", [OF_API, HOST])
@pytest.mark.parametrize(
    ("context", "found"),
    [
        ({"aws:SourceVpce": "vpce-1"}, "vpce-1 for aws:SourceVpce"),
        ({"aws:sourcevpce": "VPCE-0AAA"}, "VPCE-0AAA for aws:SourceVpce"),
        ({"aws:SourceVpce": ["vpce-0aaa", "vpce-1"]}, "vpce-0aaa, vpce-1 for aws:SourceVpce"),
        ({"aws:SourceVpce": []}, "no value for aws:SourceVpce"),
    ],
    ids=str,
)
def test_a_context_with_another_endpoint_than_the_host_is_refused(host: str, context: Any, found: str) -> None:
    error = refused(RequestError, lambda: private().invoke("GET", "/prod/x", domain_name=host, context=context))
    assert error == Refusal(
        f"{host} names the VPC endpoint vpce-0aaa, and the context has {found}",
        "<domain_name>:1:1",
        host,
        "leave aws:SourceVpce out: it follows from the host",
        "GW-19",
    )


def test_a_context_with_an_address_is_refused_at_a_host_that_names_the_endpoint() -> None:
    def call(host: str) -> Any:
        return private().invoke("GET", "/prod/x", domain_name=host, context={"aws:SourceIp": "203.0.113.9"})

    assert refused(RequestError, lambda: call(OF_API)) == Refusal(
        f"{OF_API} names the VPC endpoint vpce-0aaa, and the context has aws:SourceIp, which calls through a VPC "
        "endpoint do not have",
        "<domain_name>:1:1",
        OF_API,
        "leave aws:SourceIp out, or call the API by another host",
        "GW-19",
    )
    assert call(OWN).allowed


def test_an_endpoint_of_another_region_is_no_host_of_the_api() -> None:
    host = HOST.replace("eu-west-1", "us-east-1")
    found = refused(RequestError, lambda: private().invoke("GET", "/prod/x", domain_name=host))
    assert found.message == f"{host} is a host in us-east-1, and the API a1b2c3 is in eu-west-1"


# Policies that see who signed, and those that see nobody


@pytest.mark.rule("GW-18")
@pytest.mark.parametrize("auth", ["CUSTOM", "COGNITO_USER_POOLS", "JWT"])
def test_before_an_authorizer_the_endpoints_policy_admits_an_anonymous_caller_too(auth: str) -> None:
    ann = "arn:aws:iam::111122223333:user/Ann"
    parts: dict[str, dict[str, Any]] = {
        "CUSTOM": {"type": "TOKEN"},
        "COGNITO_USER_POOLS": {"type": auth, "user_pools": ["arn:aws:cognito-idp:eu-west-1:111122223333:userpool/a_B"]},
        "JWT": {"type": auth, "issuers": [Issuer("https://id.example", ("web",))]},
    }
    authorizer = Authorizer("it", identity_sources=["method.request.header.X-Token"], **parts[auth])
    api = private(routes=[Route("GET", "/x", authorizer="it")], authorizers=[authorizer])
    for_ann = policy("vpc_endpoint", {**ALLOW, "Principal": {"AWS": ann}})
    call: dict[str, Any] = {"caller": ann, "context": KEYS, "vpc_endpoint_policy": for_ann, "claims": {}}
    response = api.invoke("GET", "/x", **call)
    refusing = response.steps[-1]
    assert (response.status, refusing.gate, refusing.passed) == (403, "VPC endpoint", False)
    assert refusing.detail == "the endpoint's policy for the API, to which the caller is anonymous"
    assert [step.passed for step in response.steps if step.gate == "VPC endpoint"] == [True, False]
    by_header = api.with_readings(Readings(endpoint_identity="authorization_header"))
    response = by_header.invoke("GET", "/x", **{**call, "caller": "arn:aws:iam::111122223333:user/Bob"})
    assert (response.status, response.steps[-1].gate, response.notes) == (403, "VPC endpoint", ())


def behind_an_endpoint(**parts: Any) -> Api:
    """A private API with a method that has a Lambda authorizer, and one that is open."""
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.X-Token"])
    routes = [Route("GET", "/x", authorizer="tokens"), Route("GET", "/open")]
    return private(routes=routes, authorizers=[tokens], **parts)


@pytest.mark.rule("GW-18")
def test_the_reading_of_the_header_sees_the_caller_who_signed_alone() -> None:
    ann = "arn:aws:iam::111122223333:user/Ann"
    allows = {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": [ALLOW_INVOKE]}}
    call: dict[str, Any] = {
        "headers": {"X-Token": "t"},
        "caller": ann,
        "context": KEYS,
        "vpc_endpoint_policy": policy("vpc_endpoint", {**ALLOW, "Principal": {"AWS": ann}}),
        "authorizer_output": allows,
    }
    api = behind_an_endpoint()
    by_header = api.with_readings(Readings(endpoint_identity="authorization_header"))
    both, header = api.invoke("GET", "/x", **call), by_header.invoke("GET", "/x", **call)
    assert (both.status, both.steps[-1].gate) == (403, "VPC endpoint")
    assert both.notes == (
        "by the reading endpoint_identity=authorization_header the response would be 200; this is "
        "endpoint_identity=both",
    )
    assert (header.status, [step.gate for step in header.steps].count("VPC endpoint")) == (200, 1)
    assert header.notes == (
        "by the reading endpoint_identity=both the response would be 403; this is "
        "endpoint_identity=authorization_header",
    )
    # An open method, an unsigned call and an endpoint without a policy have one reading.
    assert api.invoke("GET", "/open", **call).notes == by_header.invoke("GET", "/open", **call).notes == ()
    for change in ({"caller": None}, {"vpc_endpoint_policy": None}):
        assert api.invoke("GET", "/x", **{**call, **change}).notes == ()


@pytest.mark.rule("GW-18")
def test_a_function_that_the_call_did_not_reach_is_not_called_for_the_other_reading() -> None:
    ann, calls = "arn:aws:iam::111122223333:user/Ann", []
    response = behind_an_endpoint().invoke(
        "GET",
        "/x",
        headers={"X-Token": "t"},
        caller=ann,
        context=KEYS,
        vpc_endpoint_policy=policy("vpc_endpoint", {**ALLOW, "Principal": {"AWS": ann}}),
        authorizer_output=lambda event, context: calls.append(event),
    )
    assert (response.status, calls) == (403, [])
    assert response.notes == (
        "by the reading endpoint_identity=authorization_header the response is not known: GET /x uses the Lambda "
        "authorizer tokens, whose output was not given",
    )


@pytest.mark.rule("GW-19")
def test_a_public_domain_name_leads_to_no_private_api() -> None:
    allows = policy("resource")
    public = Domain("shop.example.com", (Mapped("", "prod"),))
    private = rest(endpoint="PRIVATE", resource_policy=allows, domains=[public])
    for context in (None, KEYS, {"aws:SourceIp": "203.0.113.9"}):
        found = private.invoke("GET", "/x", domain_name="shop.example.com", context=context)
        assert (found.status, found.message, found.steps[-1].gate) == (403, "Forbidden", "domain")
        assert found.steps[-1].detail == "shop.example.com is a public domain name, which does not reach private APIs"
    assert rest(domains=[public]).invoke("GET", "/x", domain_name="shop.example.com").status == 200


@pytest.mark.rule("GW-19")
def test_the_host_of_an_endpoint_may_stand_in_the_header_alone() -> None:
    private = rest(endpoint="PRIVATE", resource_policy=policy("resource"))
    alone = private.invoke("GET", "/x", headers={"Host": HOST}, context=KEYS)
    assert (alone.status, alone.message, alone.steps[-1].gate) == (403, "Forbidden", "domain")
    assert private.invoke("GET", "/x", headers={"Host": HOST, "x-apigw-api-id": "a1b2c3"}, context=KEYS).status == 200
    assert private.invoke("GET", "/x", headers={"Host": HOST, "x-apigw-api-id": "zzzzzz"}, context=KEYS).status == 403
    own = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    assert private.invoke("GET", "/x", headers={"Host": own}, context=KEYS).status == 200
    assert rest().invoke("GET", "/x", headers={"Host": HOST}).status == 403


@pytest.mark.rule("GW-19", "GW-28")
def test_a_public_name_in_the_header_leads_to_no_private_api() -> None:
    public = Domain("shop.example.com", (Mapped("", "prod"),))
    private = rest(endpoint="PRIVATE", resource_policy=policy("resource"), domains=[public])
    for name in ("shop.example.com", "other.example.com", "", "a1b2c3.execute-api.us-east-1.amazonaws.com"):
        found = private.invoke("GET", "/x", headers={"Host": name}, context=KEYS)
        assert (found.status, found.message, found.steps[-1].gate) == (403, "Forbidden", "domain")
        assert found.steps[-1].detail == (
            f"the header Host names {name!r}, which is neither a domain name nor the own host of a1b2c3"
        )
    own = "a1b2c3-vpce-1.execute-api.eu-west-1.amazonaws.com"
    assert private.invoke("GET", "/x", headers={"Host": own}, context=KEYS).status == 200
    assert rest().invoke("GET", "/x", headers={"Host": own}).status == 403


@pytest.mark.rule("GW-19")
def test_an_empty_list_of_endpoints_is_no_endpoint() -> None:
    assert rest().invoke("GET", "/x", context={"aws:SourceVpce": []}).status == 200


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize(
    "context",
    [{"aws:ViaAWSService": True}, {"aws:CalledVia": ["athena.amazonaws.com"]}, {"aws:SourceIp": "203.0.113.9"}],
)
def test_a_call_that_a_service_makes_for_its_caller_comes_through_no_endpoint(context: dict[str, Any]) -> None:
    assert rest().invoke("GET", "/x", context=Context(context, complete=False)).allowed
    assert not rest().invoke("GET", "/x", context=Context({"aws:UserAgent": "curl"}, complete=False)).allowed


@pytest.mark.rule("KEY-4", "GW-22")
def test_keys_that_only_the_signer_has_do_not_reach_the_policy_of_a_method_without_iam() -> None:
    statement = {**ALLOW, "Condition": {"Null": {"accounts.google.com:sub": "true"}}}
    api, context = rest(resource_policy=policy("resource", statement)), {"accounts.google.com:sub": "1"}
    caller = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
    assert api.invoke("GET", "/x", caller=caller, context=context).allowed
    with pytest.raises(RequestError, match=r"accounts\.google\.com:sub, which only role sessions have"):
        api.invoke("GET", "/x", context=context)
