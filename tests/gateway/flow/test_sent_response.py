"""The response that API Gateway itself sends (MSG-5)."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from execpolicy import (
    ApiKey,
    Authorizer,
    Caller,
    Context,
    CustomGatewayResponse,
    GatewayResponse,
    Issuer,
    Policy,
    Route,
    SentResponse,
    UsageError,
)
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("MSG-5")

ANN = "arn:aws:iam::111122223333:user/ann"
JSON = {"content-type": "application/json"}
ALLOWED = {
    "principalId": "ann",
    "policyDocument": {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
}
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
LOGIN = Authorizer("login", type="JWT", issuers=[Issuer("https://login.example", ("shop",))])
TOKEN = {"Authorization": "Bearer abc"}
CLAIMS = {"iss": "https://login.example", "aud": "shop", "exp": 2000, "scope": "read"}


def sent_of(response: GatewayResponse) -> SentResponse:
    assert response.sent is not None
    return response.sent


def rest_api(**more: Any) -> Any:
    return small_api(
        authorizers=[TOKENS],
        routes=[
            Route("GET", "/signed", auth="AWS_IAM"),
            Route("GET", "/token", authorizer="tokens"),
            Route("GET", "/keyed", api_key_required=True),
            Route("GET", "/open"),
        ],
        api_keys=[ApiKey("k" * 20, ["prod"])],
        **more,
    )


@pytest.mark.parametrize(
    ("call", "more", "status", "name", "body"),
    [
        ("GET /none", {}, 403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"}),
        ("GET /signed", {}, 403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"}),
        ("GET /keyed", {}, 403, "ForbiddenException", {"message": "Forbidden"}),
        ("GET /token", {"headers": {}}, 401, "UnauthorizedException", {"message": "Unauthorized"}),
        (
            "GET /token",
            {"headers": TOKEN, "authorizer_output": {"principalId": 7}},
            500,
            "AuthorizerConfigurationException",
            {"message": None},
        ),
        ("GET /open", {"limits": "throttled"}, 429, "TooManyRequestsException", {"message": "Too Many Requests"}),
        (
            "GET /keyed",
            {"headers": {"x-api-key": "k" * 20}, "limits": "quota_exceeded"},
            429,
            "LimitExceededException",
            {"message": "Limit Exceeded"},
        ),
    ],
)
def test_the_response_of_a_rest_api(
    call: str, more: dict[str, Any], status: int, name: str, body: dict[str, Any]
) -> None:
    response = rest_api().invoke(*call.split(), **more)
    sent = sent_of(response)
    assert (sent.status, sent.headers, sent.complete) == (status, {**JSON, "x-amzn-errortype": name}, True)
    assert sent.body is not None
    assert json.loads(sent.body) == body == response.body


def test_the_body_is_the_one_that_is_sent() -> None:
    response = rest_api().invoke("GET", "/signed", caller=Caller(ANN))
    sent = sent_of(response)
    assert sent.headers["x-amzn-errortype"] == "AccessDeniedException"
    assert sent.body == (
        b'{"Message":"User: arn:aws:iam::111122223333:user/ann is not authorized to perform: execute-api:Invoke on '
        b"resource: arn:aws:execute-api:eu-west-1:********3333:a1b2c3/prod/GET/signed because no identity-based policy "
        b'allows the execute-api:Invoke action"}'
    )


def test_a_header_that_is_no_signature() -> None:
    sent = sent_of(rest_api().invoke("GET", "/signed", headers={"Authorization": "Bearer abc"}))
    assert sent.headers["x-amzn-errortype"] == "IncompleteSignatureException"
    assert sent.body is not None
    assert "Invalid key=value pair" in json.loads(sent.body)["message"]


def test_a_header_that_is_not_known_is_left_out() -> None:
    sent = sent_of(rest_api().invoke("GET", "/none", caller=Caller(ANN)))
    assert (sent.status, sent.headers, sent.complete) == (404, JSON, False)


def test_an_unknown_stage() -> None:
    host = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    sent = sent_of(rest_api().invoke("GET", "/other/open", domain_name=host))
    assert (sent.status, sent.headers["x-amzn-errortype"]) == (403, "ForbiddenException")


@pytest.mark.parametrize(
    ("headers", "claims", "status", "challenge"),
    [
        ({}, None, 401, "Bearer"),
        (TOKEN, None, 401, 'Bearer scope="read write" error="invalid_token"'),
        (TOKEN, {**CLAIMS, "iss": "https://x.example"}, 401, 'Bearer scope="read write" error="invalid_token"'),
        (
            TOKEN,
            {**CLAIMS, "aud": "till"},
            401,
            'Bearer scope="read write" error="invalid_token" '
            'error_description="the token does not have a valid audience"',
        ),
        (
            TOKEN,
            {**CLAIMS, "exp": 999},
            401,
            'Bearer scope="read write" error="invalid_token" error_description="the token has expired"',
        ),
        (TOKEN, {**CLAIMS, "scope": "other"}, 403, 'Bearer scope="read write" error="insufficient_scope"'),
    ],
)
def test_the_challenge_of_an_http_api(
    headers: dict[str, str], claims: dict[str, Any] | None, status: int, challenge: str
) -> None:
    api = small_api(
        type="HTTP",
        authorizers=[LOGIN],
        routes=[Route("GET", "/a", authorizer="login", scopes=["read", "write"]), Route("GET", "/b")],
    )
    sent = sent_of(api.invoke("GET", "/a", headers=headers, claims=claims, at=1000))
    assert (sent.status, sent.headers, sent.complete) == (status, {**JSON, "www-authenticate": challenge}, True)


def test_a_refusal_after_a_valid_token_has_no_challenge() -> None:
    api = small_api(type="HTTP", authorizers=[LOGIN], routes=[Route("GET", "/a", authorizer="login")])
    sent = sent_of(api.invoke("GET", "/a", headers=TOKEN, claims=CLAIMS, at=1000, limits="throttled"))
    assert (sent.status, sent.headers) == (429, JSON)
    assert sent_of(api.invoke("GET", "/none")) == SentResponse(404, JSON, b'{"message":"Not Found"}', complete=True)


def test_a_preflight_is_answered() -> None:
    api = small_api(type="HTTP", cors=True, routes=[Route("GET", "/a")])
    headers = {"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}
    response = api.invoke("OPTIONS", "/a", headers=headers)
    assert response.allowed
    assert response.sent == SentResponse(204, {}, b"", complete=False)
    assert refused(UsageError, lambda: response.integration).message.startswith(
        "the call does not reach its integration: ALLOW"
    )


def test_a_call_that_is_let_through_has_none() -> None:
    assert rest_api().invoke("GET", "/open").sent is None


def test_what_the_api_sets_itself() -> None:
    api = rest_api(gateway_responses=[CustomGatewayResponse("UNAUTHORIZED", 418, "No: $context.error.message")])
    sent = sent_of(api.invoke("GET", "/token", headers={}))
    assert sent == SentResponse(
        418, {**JSON, "x-amzn-errortype": "UnauthorizedException"}, b'{"message":"No: Unauthorized"}', complete=False
    )
    api = rest_api(gateway_responses=[CustomGatewayResponse("UNAUTHORIZED", 418, None)])
    assert sent_of(api.invoke("GET", "/token", headers={})).body is None


def test_a_refusal_that_is_sent_with_200_is_no_call_that_is_let_through() -> None:
    api = rest_api(gateway_responses=[CustomGatewayResponse("UNAUTHORIZED", 200)])
    response = api.invoke("GET", "/token", headers={})
    assert (response.allowed, sent_of(response).status) == (False, 200)
    assert refused(UsageError, lambda: response.integration).rule == "GW-37"


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_has_an_address_that_is_not_modelled(status: int) -> None:
    api = rest_api(gateway_responses=[CustomGatewayResponse("UNAUTHORIZED", status)])
    response = api.invoke("GET", "/token", headers={})
    assert response.status == status
    assert refused(UsageError, lambda: response.sent) == Refusal(
        f"the API sends a redirect, {status}, for UNAUTHORIZED, and its address is not modelled",
        advice="read status, and answer with the address that the API sets",
        rule="MSG-5",
    )


def test_several_responses_are_possible() -> None:
    resource = {
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"},
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:UserAgent": "robot"}},
            },
        ]
    }
    api = rest_api(resource_policy=Policy.parse(resource, kind="resource"))
    incomplete = Context({"aws:SourceIp": "203.0.113.7"}, complete=False)
    response = api.invoke("GET", "/open", context=incomplete)
    assert refused(UsageError, lambda: response.sent).message.startswith("it is not known which response is sent: ")
    response = api.invoke("GET", "/keyed", context=incomplete)
    assert (response.outcome, response.status) == ("denied", 403)
    assert refused(UsageError, lambda: response.sent) == Refusal(
        "it is not known which response is sent: 403 ACCESS_DENIED or 403 INVALID_API_KEY",
        advice="give the values of the keys that decide, in a context that is complete",
        rule="MSG-5",
    )


def test_the_same_response_for_every_value_is_known() -> None:
    api = small_api(type="HTTP", routes=[Route("GET", "/a", auth="AWS_IAM")])
    response = api.invoke("GET", "/a", context=Context({}, complete=False))
    assert [step.passed for step in response.steps] == [None, True, False]
    assert sent_of(response) == SentResponse(403, JSON, b'{"message":"Forbidden"}', complete=True)


def test_what_is_sent_is_a_value() -> None:
    response = rest_api().invoke("GET", "/none")
    sent = sent_of(response)
    for other in (pickle.loads(pickle.dumps(sent)), copy.deepcopy(sent), sent_of(response)):
        assert other == sent
        assert hash(other) == hash(sent)
    assert sent != SentResponse(sent.status, sent.headers, sent.body, complete=False)
    assert repr(sent) == (
        "SentResponse(status=403, headers={'content-type': 'application/json', 'x-amzn-errortype': "
        "'MissingAuthenticationTokenException'}, body=b'{\"message\":\"Missing Authentication Token\"}', complete=True)"
    )
    with pytest.raises(TypeError):
        sent.headers["a"] = "b"  # type: ignore[index] # what a type checker refuses does not work either


def test_a_copy_of_a_response_does_not_know_its_call() -> None:
    response = pickle.loads(pickle.dumps(rest_api().invoke("GET", "/none")))
    assert refused(UsageError, lambda: response.sent).message == "the response is a copy, or the call may not exist"


def test_the_function_is_called_once_for_a_call_and_its_refusal() -> None:
    calls: list[Any] = []

    def function(event: Any, _: object) -> dict[str, Any]:
        calls.append(event)
        return {**ALLOWED, "policyDocument": {"Statement": []}}

    response = rest_api().invoke("GET", "/token", headers=TOKEN, authorizer_output=function)
    assert [sent_of(response).status, sent_of(response).status, len(calls)] == [403, 403, 1]
