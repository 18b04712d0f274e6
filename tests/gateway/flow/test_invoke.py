"""The flow of a call through the gates: what conformance cases do not say of it."""

from __future__ import annotations

import json
import pickle
from contextlib import nullcontext
from typing import Any

import pytest

from execpolicy import (
    Api,
    ApiType,
    Authorizer,
    AuthorizerCache,
    AuthorizerOutput,
    Caller,
    Context,
    Domain,
    GatewayResponse,
    Issuer,
    Mapped,
    Policy,
    Principal,
    Readings,
    RequestError,
    Route,
    Stage,
    UsageError,
)
from execpolicy.literals import CacheRefusalName, PolicyKindName, Signature

HERE: dict[str, Any] = {"region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/"
SOURCE = "method.request.header.Authorization"
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=[SOURCE])
ANN = "arn:aws:iam::111122223333:user/Ann"
WITH_TOKEN = {"Authorization": "letmein"}


def policy(*statements: dict[str, Any], kind: PolicyKindName = "resource") -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind, name=f"{kind}.json")


def allow(resource: str = "execute-api:/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource, **more}


def answer(resource: str = ARN + "*", effect: str = "Allow") -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}


def rest(**parts: Any) -> Api:
    return Api(**{"id": "a1b2c3", "type": "REST", **HERE, **parts})


ORDERS = rest(routes=[Route("GET", "/orders/{id}", authorizer="tokens")], authorizers=[TOKENS])
OPEN = rest(routes=[Route("GET", "/open")])


def gates(response: GatewayResponse) -> list[tuple[str, str, bool | None]]:
    return [(step.number, step.gate, step.passed) for step in response.steps]


@pytest.mark.rule("AUT-3", "GW-14")
def test_a_handler_is_asked_with_the_event_and_judged_by_what_it_returns() -> None:
    asked: list[dict[str, Any]] = []

    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        asked.append(event)
        return answer(event["methodArn"])

    response = ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=handler)
    assert response.allowed
    assert asked == [{"type": "TOKEN", "authorizationToken": "letmein", "methodArn": ARN + "GET/orders/7"}]


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize(
    ("error", "status", "message"), [(Exception("Unauthorized"), 401, "Unauthorized"), (ValueError("oops"), 500, "")]
)
def test_what_a_handler_raises_is_its_answer(error: Exception, status: int, message: str) -> None:
    def handler(event: object, context: object) -> object:
        raise error

    response = ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=handler)
    assert (response.status, response.message) == (status, message)
    assert response.body == {"message": message or None}


@pytest.mark.rule("AUT-2")
def test_a_text_that_a_handler_returns_is_no_message() -> None:
    response = ORDERS.invoke(
        "GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=lambda event, context: "Unauthorized"
    )
    assert (response.status, response.response_type) == (500, "AUTHORIZER_CONFIGURATION_ERROR")


@pytest.mark.rule("GW-14")
def test_a_function_whose_answer_is_not_given_is_asked_for() -> None:
    with pytest.raises(RequestError) as caught:
        ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN)
    assert caught.value.message == "GET /orders/{id} uses the Lambda authorizer tokens, whose output was not given"
    assert caught.value.advice.startswith("give authorizer_output")


@pytest.mark.rule("GW-17")
def test_a_silent_function_lets_callers_in_where_the_resource_policy_allows_all() -> None:
    trap = rest(routes=ORDERS.routes, authorizers=[TOKENS], resource_policy=policy(allow()))
    response = trap.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=answer(ARN + "GET/other"))
    assert response.allowed
    assert (
        "the authorizer's policy does not allow the call, but the resource policy does, and either is enough (GW-17)"
        in str(response.explain().full())
    )
    assert response.notes == ()
    assert (
        ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=answer(ARN + "GET/other")).status == 403
    )


@pytest.mark.rule("AUT-5")
def test_a_cached_policy_is_evaluated_for_each_call() -> None:
    api = rest(
        routes=[Route("GET", "/a", authorizer="tokens"), Route("POST", "/b", authorizer="tokens")], authorizers=[TOKENS]
    )
    cache = AuthorizerCache()
    first = api.invoke("GET", "/a", headers=WITH_TOKEN, authorizer_output=answer(ARN + "GET/a"), cache=cache, at=100)
    second = api.invoke("POST", "/b", headers=WITH_TOKEN, cache=cache, at=399)
    assert (first.status, second.status) == (200, 403)
    assert "policy was cached for GET /a; no statement covers POST /b" in second.steps[-1].detail
    with pytest.raises(RequestError):
        api.invoke("POST", "/b", headers=WITH_TOKEN, cache=cache, at=400)
    with pytest.raises(RequestError):
        api.invoke("POST", "/b", headers=WITH_TOKEN, cache=cache)


@pytest.mark.rule("AUT-5")
def test_calls_without_a_time_are_one_second_apart() -> None:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"], ttl=3)
    api = rest(routes=[Route("GET", "/a", authorizer="tokens")], authorizers=[tokens])
    cache = AuthorizerCache()
    assert cache.next_time() == 0
    output = answer(ARN + "GET/a")
    api.invoke("GET", "/a", headers=WITH_TOKEN, authorizer_output=output, cache=cache)
    for _ in range(2):
        api.invoke("GET", "/a", headers=WITH_TOKEN, cache=cache)
    with pytest.raises(RequestError):
        api.invoke("GET", "/a", headers=WITH_TOKEN, cache=cache)
    assert cache.next_time() == 4
    api.invoke("GET", "/a", headers=WITH_TOKEN, authorizer_output=output, cache=cache, at=1000)
    assert api.invoke("GET", "/a", headers=WITH_TOKEN, cache=cache).status == 200
    assert cache.next_time() == 1002


@pytest.mark.rule("AUT-5", "AUT-8")
def test_the_clock_of_a_cache_is_not_the_time_of_a_token() -> None:
    api = Api(
        id="a1b2c3",
        type="HTTP",
        region="eu-west-1",
        account="111122223333",
        routes=[Route("GET", "/a", authorizer="jwt")],
        authorizers=[
            Authorizer(
                "jwt",
                type="JWT",
                identity_sources=["$request.header.Authorization"],
                issuers=[Issuer("https://shop.example", ["shop"])],
            )
        ],
    )
    claims = {"iss": "https://shop.example", "aud": "shop", "exp": 100}
    headers = {"Authorization": "Bearer abc"}
    response = api.invoke("GET", "/a", headers=headers, claims=claims, cache=AuthorizerCache())
    assert response.outcome.value == "indeterminate"


@pytest.mark.rule("AUT-10", "AUT-5")
def test_a_cached_output_needs_no_permission_to_invoke_the_function() -> None:
    barred = Authorizer("tokens", type="TOKEN", identity_sources=[SOURCE], invoke_permission=False)
    routes = [Route("GET", "/a", authorizer="tokens")]
    may, may_not = (rest(routes=routes, authorizers=[authorizer]) for authorizer in (TOKENS, barred))
    cache = AuthorizerCache()
    may.invoke("GET", "/a", headers=WITH_TOKEN, authorizer_output=answer(), cache=cache, at=100)
    again = may_not.invoke("GET", "/a", headers=WITH_TOKEN, cache=cache, at=399)
    assert (again.status, gates(again)[-2:]) == (200, [("5c", "cache", True), ("5c", "authorizer", True)])
    assert may_not.invoke("GET", "/a", headers=WITH_TOKEN, cache=cache, at=400).status == 500


def test_an_output_that_was_judged_before_is_taken_as_it_is() -> None:
    output = AuthorizerOutput.parse(answer())
    assert ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=output).allowed


POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A"
TOKEN_OF_POOL = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A", "token_use": "id", "exp": 20}
AUTHORIZED: dict[str, dict[str, Any]] = {
    "CUSTOM": {"authorizer": "tokens"},
    "COGNITO_USER_POOLS": {"authorizer": "staff"},
    "JWT": {"authorizer": "jwt"},
    "AWS_IAM": {"auth": "AWS_IAM"},
    "NONE": {},
}


def with_long_path(kind: str, length: int, letter: str = "x", **parts: Any) -> GatewayResponse:
    """The answer to a call whose ARN has so many bytes."""
    authorizers = [
        TOKENS,
        Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[POOL]),
        Authorizer("jwt", type="JWT", identity_sources=[SOURCE], issuers=[Issuer("https://i.example", ("a",))]),
    ]
    api = rest(routes=[Route("GET", "/{id}", **AUTHORIZED[kind])], authorizers=authorizers, **parts)
    path = "/" + letter * ((length - len(ARN + "GET/")) // len(letter.encode()))
    grants = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")
    claims = TOKEN_OF_POOL if kind != "JWT" else {"iss": "https://i.example", "aud": "a", "exp": 20}
    caller = Caller(ANN, identity=grants) if kind == "AWS_IAM" else None
    headers = None if caller is not None else WITH_TOKEN
    return api.invoke("GET", path, caller=caller, headers=headers, claims=claims, authorizer_output=answer(), at=10)


@pytest.mark.rule("POL-10")
@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        *((kind, {}) for kind in AUTHORIZED if kind != "NONE"),
        *((kind, {"resource_policy": policy(allow())}) for kind in AUTHORIZED),
        *((kind, {"resource_policy": policy(allow()), "endpoint": "PRIVATE"}) for kind in AUTHORIZED),
        ("AWS_IAM", {"endpoint": "EDGE"}),
        ("NONE", {"endpoint": "PRIVATE"}),
    ],
)
def test_a_path_that_makes_the_arn_too_long_is_answered_with_414(kind: str, parts: dict[str, Any]) -> None:
    response = with_long_path(kind, 1601, **parts)
    assert (response.status, response.response_type, response.body) == (414, None, {"message": "Request URI too long"})
    assert gates(response) == [("2", "route", True), ("2", "method ARN", False)]
    assert response.steps[-1].detail == "the ARN of the method has 1601 bytes, more than 1600"
    fits = with_long_path(kind, 1600, **parts)
    assert fits.status == (403 if parts == {"endpoint": "PRIVATE"} else 200)


@pytest.mark.rule("POL-10")
def test_the_length_of_an_arn_is_that_of_its_bytes_and_matters_where_something_authorizes() -> None:
    assert with_long_path("AWS_IAM", 1600, "é").status == 200
    response = with_long_path("AWS_IAM", 1604, "é")
    assert (response.status, len(response.arn) < 1000) == (414, True)
    assert with_long_path("NONE", 4000).status == 200
    http = Api(**HERE, id="a1b2c3", type="HTTP", routes=[Route("GET", "/{id}", auth="AWS_IAM")])
    assert http.invoke("GET", "/" + "x" * 1600).status == 403


@pytest.mark.rule("MSG-2", "GW-25")
def test_where_a_deny_of_the_function_may_apply_the_message_is_not_stated() -> None:
    output = answer(effect="Deny")
    output["policyDocument"]["Statement"][0]["Condition"] = {"StringEquals": {"aws:Referer": "x"}}
    partial = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)

    def message(context: Context) -> str:
        return ORDERS.invoke("GET", "/orders/7", headers=WITH_TOKEN, authorizer_output=output, context=context).message

    denied = "User is not authorized to access this resource"
    assert message(partial) == ""
    assert message(Context()) == f"{denied} because no identity-based policy allows the execute-api:Invoke action"
    assert message(Context({"aws:Referer": "x"})) == f"{denied} with an explicit deny in an identity-based policy"


@pytest.mark.rule("POL-10", "GW-27")
def test_a_preflight_with_a_long_path_needs_no_other_route() -> None:
    api = rest(routes=[Route("ANY", "/{id}", auth="AWS_IAM")])
    asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
    response = api.invoke("OPTIONS", "/" + "x" * 1600, headers=asks)
    assert (response.status, response.notes) == (414, ())


@pytest.mark.rule("GW-5")
def test_the_method_can_be_overridden_by_a_header() -> None:
    api = rest(routes=[Route("DELETE", "/orders", auth="AWS_IAM"), Route("GET", "/orders")])
    response = api.invoke("GET", "/orders", headers={"x-http-method-override": "DELETE"})
    assert (response.status, response.arn) == (403, ARN + "DELETE/orders")
    assert response.notes[0].startswith("X-HTTP-Method-Override changes the method to DELETE")


@pytest.mark.rule("GW-4")
def test_a_reading_of_the_path_that_would_change_the_answer_is_told() -> None:
    api = rest(routes=[Route("GET", "/open")], resource_policy=policy(allow("execute-api:/prod/GET/open")))
    response = api.invoke("GET", "/open/")
    assert (response.status, response.arn) == (403, ARN + "GET/open/")
    assert response.notes[1:] == ("by the reading path=normalised the response would be 200; this is path=as_sent",)
    other = api.with_readings(Readings(path="normalised")).invoke("GET", "/open/")
    assert (other.status, other.arn, other.notes) == (200, ARN + "GET/open", ())


@pytest.mark.rule("GW-4")
def test_a_reading_that_leads_to_a_route_that_asks_for_more_does_not_stop_the_answer() -> None:
    routes = [Route("GET", "/{proxy+}"), Route("GET", "/a/b", authorizer="tokens")]
    response = rest(routes=routes, authorizers=[TOKENS]).invoke("GET", "/a//b", headers=WITH_TOKEN)
    assert response.allowed
    assert response.notes == (
        "by the reading path=normalised the response is not known: "
        "GET /a/b uses the Lambda authorizer tokens, whose output was not given",
    )


@pytest.mark.rule("GW-15")
def test_a_resource_policy_must_allow_a_valid_token_too() -> None:
    staff = Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[POOL])
    silent = policy(allow("execute-api:/prod/GET/other"))
    api = rest(routes=[Route("GET", "/a", authorizer="staff")], authorizers=[staff], resource_policy=silent)
    claims = TOKEN_OF_POOL
    response = api.invoke("GET", "/a", headers=WITH_TOKEN, claims=claims, at=10)
    assert response.status == 403
    assert len(response.notes) == 1
    assert "GW-36" in response.notes[0]
    unknown_time = api.invoke("GET", "/a", headers=WITH_TOKEN, claims=claims)
    assert (unknown_time.statuses, unknown_time.steps[1].passed) == ((401, 403), None)
    assert unknown_time.notes[-1].startswith("the result of an earlier gate is not known")
    assert api.invoke("GET", "/a", at=10).message == "Unauthorized"


@pytest.mark.rule("AUT-8")
def test_a_token_whose_time_is_not_known_leaves_the_answer_open() -> None:
    jwt = Authorizer(
        "jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[Issuer("https://i", ("a",))]
    )
    api = Api(**HERE, id="a1b2c3", type="HTTP", routes=[Route("GET", "/a", authorizer="jwt")], authorizers=[jwt])
    claims = {"iss": "https://i", "aud": "a", "exp": 20}
    response = api.invoke("GET", "/a", claims=claims)
    assert (response.status, response.allowed, response.body) == (None, False, {})
    assert str(response.explain().full()).startswith("INDETERMINATE")
    assert api.invoke("GET", "/a", claims=claims, at=10).allowed
    assert api.invoke("GET", "/a", claims=claims, at=30).message == "Unauthorized"


@pytest.mark.rule("GW-18", "MSG-3")
@pytest.mark.parametrize(
    ("signature", "kind"), [("invalid", "INVALID_SIGNATURE"), ("expired", "EXPIRED_TOKEN"), ("valid", "ACCESS_DENIED")]
)
def test_what_is_wrong_with_a_signature_is_answered(signature: Signature, kind: str) -> None:
    api = rest(routes=[Route("GET", "/a", auth="AWS_IAM")])
    response = api.invoke("GET", "/a", caller=ANN, signature=signature)
    assert (response.status, response.response_type) == (403, kind)


def test_an_anonymous_caller_is_an_unsigned_call() -> None:
    api = rest(routes=[Route("GET", "/a", auth="AWS_IAM")])
    assert api.invoke("GET", "/a", caller=Principal.anonymous()).message == "Missing Authentication Token"


@pytest.mark.rule("KEY-4", "GW-18")
def test_a_service_calls_for_the_signer_although_the_policy_sees_an_anonymous_caller() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    statements = [{**deny, "Effect": "Allow"}, {**deny, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}]
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="resource")
    api = rest(routes=[Route("GET", "/a")], resource_policy=policy)
    forwarded = {"aws:ViaAWSService": "true"}
    assert api.invoke("GET", "/a", caller=Caller(ANN), context=forwarded).status == 403
    assert api.invoke("GET", "/a", caller=Caller(ANN)).status == 200
    with pytest.raises(RequestError, match="an anonymous caller has none"):
        api.invoke("GET", "/a", context=forwarded)


@pytest.mark.rule("GW-1", "GW-21")
def test_connections_and_messages_of_a_websocket_api() -> None:
    api = Api(**HERE, id="a1b2c3", type="WEBSOCKET", routes=[Route("$connect", auth="AWS_IAM"), Route("news")])
    grants = Policy.parse(
        {"Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": ARN + "POST/@connections/*"}},
        kind="identity",
    )
    ann = Caller(ANN, identity=grants)
    called = api.invoke("POST", "/%40connections/ab%3D", caller=ann)
    assert (called.status, called.arn) == (200, ARN + "POST/@connections/ab%3D")
    assert api.invoke("POST", "/@connections/ab=", caller=ann).arn == ARN + "POST/@connections/ab="
    assert api.invoke("POST", "/@connections", caller=ann).arn == ARN + "POST/@connections"
    message = api.invoke("news", caller=ann)
    assert (message.status, message.notes) == (
        200,
        (
            "AWS authorizes $connect alone and checks no policy for each message (GW-21): the caller's policies do not "
            "allow news, and no message is refused for it",
        ),
    )
    unnamed = Policy.parse({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}, kind="identity")
    assert "the caller's policies deny news, and" in api.invoke("news", caller=Caller(ANN, identity=unnamed)).notes[0]
    assert gates(api.invoke("news")) == [("2", "route", True), ("5", "authorization", True)]


@pytest.mark.rule("GW-24")
def test_invalidating_the_cache() -> None:
    def called(
        refusal: CacheRefusalName, action: str = "execute-api:Invoke", account: str = "111122223333"
    ) -> GatewayResponse:
        stage = Stage("prod", cache_needs_permission=True, cache_refusal=refusal)
        api = rest(
            stages=[stage],
            routes=[Route("GET", "/a", auth="AWS_IAM")],
            resource_policy=policy(allow(Action=["execute-api:Invoke", "execute-api:InvalidateCache"])),
        )
        own = {"Effect": "Allow", "Action": action, "Resource": "*"}
        deny = {"Effect": "Deny", "NotAction": action, "Resource": "*"}
        identity = Policy.parse({"Statement": [own, deny]}, kind="identity")
        caller = Caller(f"arn:aws:iam::{account}:user/Ann", identity=identity)
        return api.invoke("GET", "/a", caller=caller, headers={"Cache-Control": "no-cache, max-age=0"})

    assert called("FAIL_WITH_403").steps[-1].gate == "cache invalidation"
    assert called("FAIL_WITH_403").status == 403
    assert called("FAIL_WITH_403", "execute-api:*").allowed
    assert called("FAIL_WITH_403", "execute-api:*", "444455556666").status == 403
    assert called("SUCCEED_WITH_RESPONSE_HEADER").steps[-1].detail.endswith("continues with a warning header")
    assert called("SUCCEED_WITHOUT_RESPONSE_HEADER").steps[-1].detail.endswith("continues without a warning header")
    free = rest(routes=[Route("GET", "/a")]).invoke("GET", "/a", headers={"Cache-Control": "max-age=0"})
    assert free.steps[-1].detail == "the stage prod requires no permission to invalidate its cache: anybody may"
    guarded = rest(stages=[Stage("prod", cache_needs_permission=True)], routes=[Route("GET", "/a")])
    assert guarded.invoke("GET", "/a", headers={"Cache-Control": "max-age=0"}).status == 403
    warned = rest(
        stages=[Stage("prod", cache_needs_permission=True, cache_refusal="SUCCEED_WITH_RESPONSE_HEADER")],
        routes=[Route("GET", "/a")],
    )
    assert warned.invoke("GET", "/a", headers={"Cache-Control": "max-age=0"}).allowed


@pytest.mark.rule("GW-29")
@pytest.mark.parametrize(
    ("header", "refused"),
    [("Authorization", True), ("host", True), ("X-Forwarded-For", True), ("x-amzn-id", True), ("X-Token", False)],
)
def test_step_functions_cannot_send_every_header(header: str, refused: bool) -> None:
    api = rest(routes=[Route("GET", "/a")])
    sent = {header: f"{api.id}.execute-api.{api.region}.amazonaws.com"}
    with pytest.raises(RequestError, match="Step Functions cannot send") if refused else nullcontext():
        assert api.invoke("GET", "/a", caller="states.amazonaws.com", headers=sent).allowed
    assert api.invoke("GET", "/a", caller="events.amazonaws.com", headers=sent).allowed


@pytest.mark.rule("GW-29")
def test_step_functions_calls_http_and_websocket_apis_with_a_role_only() -> None:
    for type_, routes in (("HTTP", [Route("GET", "/a")]), ("WEBSOCKET", [Route("$connect")])):
        api = Api(**HERE, id="a1b2c3", type=ApiType(type_), routes=routes)
        call = ("GET", "/a") if type_ == "HTTP" else ("$connect",)
        with pytest.raises(RequestError, match=f"Step Functions calls no {type_} API with RESOURCE_POLICY"):
            api.invoke(*call, caller="states.amazonaws.com")


PRIVATE: dict[str, Any] = {"endpoint": "PRIVATE", "routes": [Route("GET", "/open")]}
THROUGH = {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.1"}


@pytest.mark.rule("GW-19", "EVL-7")
def test_private_apis() -> None:
    assert rest(**PRIVATE).invoke("GET", "/open", context=THROUGH).steps[-1].gate == "private API"
    api = rest(**PRIVATE, resource_policy=policy(allow()))
    assert api.invoke("GET", "/open", context=THROUGH).allowed
    endpoint = policy(allow(ARN + "*", Principal={"AWS": ANN}), kind="vpc_endpoint")
    assert api.invoke("GET", "/open", context=THROUGH, vpc_endpoint_policy=endpoint).status == 403
    assert api.invoke("GET", "/open", context=THROUGH, vpc_endpoint_policy=endpoint, caller=ANN).allowed
    with pytest.raises(UsageError, match="VPC endpoint policies do not apply to it"):
        OPEN.invoke("GET", "/open", vpc_endpoint_policy=endpoint)


@pytest.mark.rule("GW-20")
def test_private_domains() -> None:
    def called(context: dict[str, str] = THROUGH, **domain: Any) -> GatewayResponse:
        parts = {
            "id": "x1",
            "policy": policy(allow(), kind="domain_name"),
            "associated_endpoints": ("vpce-1",),
            **domain,
        }
        api = rest(
            **PRIVATE,
            resource_policy=policy(allow()),
            domains=[Domain("api.corp.example", (Mapped("v1", "prod"),), **parts)],
        )
        endpoint = policy(
            allow("*", Condition={"ArnEquals": {"execute-api:viaDomainArn": DOMAIN_ARN}}), kind="vpc_endpoint"
        )
        return api.invoke(
            "GET", "/v1/open", domain_name="api.corp.example", context=context, vpc_endpoint_policy=endpoint
        )

    assert called().allowed
    assert [step.gate for step in called().steps].count("VPC endpoint") == 2
    assert called(associated_endpoints="vpce-3").steps[-1].detail.endswith("the domain is associated with vpce-3")
    assert called(policy=None).steps[-1].detail == "without a policy the domain denies every call"
    assert called(THROUGH | {"aws:SourceVpce": "vpce-2"}).status == 403


DOMAIN_ARN = "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/api.corp.example+x1"


@pytest.mark.rule("GW-28")
def test_a_base_path_that_leads_nowhere() -> None:
    domains = [Domain("api.example", (Mapped("v1", "prod"),))]
    api = rest(routes=[Route("GET", "/open")], domains=domains)
    assert api.invoke("GET", "/v1/open", domain_name="api.example").allowed
    refused = api.invoke("GET", "/v2/open", domain_name="api.example")
    assert (refused.status, refused.steps[-1].gate, refused.arn) == (403, "domain", "")


def test_what_the_call_tells_reaches_the_policies() -> None:
    """KEY-6: headers; KEY-3: the time."""
    wanted = {
        "StringEquals": {"aws:UserAgent": "curl", "aws:Referer": "https://a.example"},
        "DateLessThan": {"aws:CurrentTime": "2026-02-01"},
    }
    api = rest(routes=[Route("GET", "/open")], resource_policy=policy(allow(Condition=wanted)))
    headers = {"User-Agent": "curl", "Referer": "https://a.example"}
    assert api.invoke("GET", "/open", headers=headers, at="2026-01-01").allowed
    assert api.invoke("GET", "/open", headers=headers, at="2026-03-01").status == 403
    assert api.invoke("GET", "/open", headers=headers).status is None
    assert api.invoke("GET", "/open", headers=headers, context={"aws:EpochTime": "1767225600"}).allowed
    assert api.invoke("GET", "/open", context=Context({"aws:UserAgent": "x"}), at="2026-01-01").status == 403


@pytest.mark.rule("GW-22")
def test_a_policy_that_relies_on_what_cannot_arrive_is_told() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    api = rest(routes=[Route("GET", "/open")], resource_policy=policy(allow(Condition=condition)))
    text = str(api.invoke("GET", "/open", context={"aws:PrincipalOrgID": "o-1"}).explain())
    assert "API Gateway provides keys of the caller only where the method uses AWS_IAM (GW-22)" in text
    condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    api = rest(routes=[Route("GET", "/open")], resource_policy=policy(allow(Condition=condition)))
    text = str(api.invoke("GET", "/open").explain())
    assert "only calls to private APIs have it, and this API is not private" in text


@pytest.mark.rule("GW-22", "KEY-3")
def test_what_is_told_of_the_caller_contradicts_nobody_where_nobody_is_authenticated() -> None:
    named = policy(allow(Condition={"StringEquals": {"aws:username": "Ann"}}))
    api = rest(routes=[Route("GET", "/open"), Route("GET", "/iam", auth="AWS_IAM")], resource_policy=named)
    assert api.invoke("GET", "/open", caller=ANN, context={"aws:username": "Ann"}).status == 403
    assert api.invoke("GET", "/iam", caller=ANN, context={"aws:username": "Ann"}).allowed


def test_a_response_is_data_text_and_html() -> None:
    api = rest(routes=[Route("GET", "/<b>", auth="AWS_IAM")])
    response = api.invoke("GET", "/<b>", caller=ANN)
    data = json.loads(json.dumps(response.to_dict()))
    assert (data["status"], data["response_type"], data["allowed"]) == (403, "ACCESS_DENIED", False)
    assert data["steps"][-1]["decision"]["outcome"] == "implicit_deny"
    assert "<b>" not in response._repr_html_()
    assert response.explain()._repr_html_() == response._repr_html_()
    assert str(response.explain().full()).splitlines()[0].startswith("403 ACCESS_DENIED: User: " + ANN)
    assert pickle.loads(pickle.dumps(response)).to_dict() == response.to_dict()
    assert response.decision is not None
    assert response.decision.outcome.value == "implicit_deny"
    assert OPEN.invoke("GET", "/open").decision is None


def test_a_response_has_no_truth_value() -> None:
    with pytest.raises(UsageError) as caught:
        bool(OPEN.invoke("GET", "/open"))
    assert caught.value.advice == "use response.allowed: a response that is a refusal would count as true"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"signature": "odd"}, "signature is valid, invalid, expired, found 'odd'"),
        ({"vpc_endpoint_policy": policy(allow())}, "vpc_endpoint_policy is a policy of kind vpc_endpoint"),
        ({"cache": {}}, "cache is an AuthorizerCache"),
        ({"headers": ["a"]}, "headers is a mapping, found a list"),
    ],
)
def test_arguments_of_the_wrong_type_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        OPEN.invoke("GET", "/open", **given)
    assert caught.value.message == message


def test_a_handler_test_as_users_write_it() -> None:
    """An API is pickled with its stage, and policies are compiled once for it."""
    api = pickle.loads(pickle.dumps(ORDERS))
    assert api == ORDERS
    assert api.target is api.target


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize("at", [10**400, -(10**400), 10**5000], ids="abc")
def test_a_time_out_of_range_is_refused(at: int) -> None:
    api = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account="111122223333", routes=[Route("GET", "/a")])
    with pytest.raises(UsageError) as caught:
        api.invoke("GET", "/a", at=at)
    assert caught.value.message == "at is a time, found a number out of range"
    assert api.invoke("GET", "/a", at=10**11).status == 200


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize(
    ("at", "message"),
    [
        (float("nan"), "at is a time, found nan"),
        (float("-inf"), "at is a time, found -inf"),
        ([1], "at is one time, found a list"),
    ],
)
def test_what_is_not_one_time_is_refused(at: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        OPEN.invoke("GET", "/open", at=at)
    assert (caught.value.message, caught.value.rule) == (message, "AUT-5")
