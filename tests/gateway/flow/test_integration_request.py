"""What the integration of a call receives (GW-37)."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    AuthorizerCache,
    Caller,
    IntegrationRequest,
    Issuer,
    Policy,
    Principal,
    Route,
    Stage,
    UsageError,
)
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("GW-37")

ANN = "arn:aws:iam::111122223333:user/ann"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A"
TOKEN = {"Authorization": "abc"}
OUTPUT = {
    "principalId": "ann",
    "policyDocument": {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    "context": {"tenant": "acme", "level": 7, "share": 0.5, "admin": True},
}
READS = Policy.parse(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}},
    kind="identity",
)
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")


def test_the_call_as_the_integration_receives_it() -> None:
    api = small_api(
        routes=[Route("GET", "/orders/{id}/{rest+}"), Route("PUT", "/orders/{id}/{rest+}")],
        stages=[Stage("prod", variables={"table": "orders"})],
    )
    request = api.invoke("GET", "/orders/17/a/b", headers={"X-HTTP-Method-Override": "PUT"}).integration
    assert (request.route.key, request.method, request.path) == (
        "PUT /orders/{id}/{rest+}",
        "PUT",
        "/orders/17/a/b",
    )
    assert (request.stage, request.stage_variables) == ("prod", {"table": "orders"})
    assert request.path_parameters == {"id": "17", "rest": "a/b"}
    assert (request.authorizer, request.principal_id) == ({}, None)


def with_function(type: str = "REST", **more: Any) -> Api:
    authorizer = TOKENS
    if type == "HTTP":
        authorizer = Authorizer(
            "tokens", type="REQUEST", identity_sources="$request.header.Authorization", payload_format="2.0", **more
        )
    return small_api(type=type, authorizers=[authorizer], routes=[Route("GET", "/a", authorizer="tokens")])


def test_what_a_function_returns_for_a_rest_api_is_passed_as_texts() -> None:
    request = with_function().invoke("GET", "/a", headers=TOKEN, authorizer_output=OUTPUT).integration
    assert request.principal_id == "ann"
    assert request.authorizer == {
        "principalId": "ann",
        "tenant": "acme",
        "level": "7",
        "share": "0.5",
        "admin": "true",
    }


def test_a_context_cannot_change_the_principal() -> None:
    output = {**OUTPUT, "context": {"principalId": "root"}}
    request = with_function().invoke("GET", "/a", headers=TOKEN, authorizer_output=output).integration
    assert request.authorizer == {"principalId": "ann"}


def test_what_a_function_returns_for_an_http_api_is_passed_as_it_is() -> None:
    api = with_function("HTTP", simple_responses=True)
    output = {"isAuthorized": True, "context": {"groups": ["a", "b"], "level": 7}}
    request = api.invoke("GET", "/a", headers=TOKEN, authorizer_output=output).integration
    assert (request.principal_id, request.authorizer) == (None, {"lambda": {"groups": ["a", "b"], "level": 7}})
    request = api.invoke("GET", "/a", headers=TOKEN, authorizer_output={"isAuthorized": True}).integration
    assert request.authorizer == {"lambda": None}


def test_an_output_of_the_cache_is_the_one_that_is_passed() -> None:
    api, cache = with_function(), AuthorizerCache()
    calls: list[Any] = []

    def function(event: Any, _: object) -> dict[str, Any]:
        calls.append(event)
        return {**OUTPUT, "context": {"call": len(calls)}}

    first, second = (api.invoke("GET", "/a", headers=TOKEN, authorizer_output=function, cache=cache) for _ in "ab")
    assert (first.integration.authorizer["call"], second.integration.authorizer["call"]) == ("1", "1")
    assert second.integration == first.integration
    assert len(calls) == 1


def test_an_output_of_the_cache_needs_no_permission_to_invoke_the_function() -> None:
    cache = AuthorizerCache()
    with_function().invoke("GET", "/a", headers=TOKEN, authorizer_output=OUTPUT, cache=cache, at=0)
    without = small_api(
        authorizers=[
            Authorizer(
                "tokens",
                type="TOKEN",
                identity_sources="method.request.header.Authorization",
                invoke_permission=False,
            )
        ],
        routes=[Route("GET", "/a", authorizer="tokens")],
    )
    request = without.invoke("GET", "/a", headers=TOKEN, cache=cache, at=1).integration
    assert (request.principal_id, request.authorizer["tenant"]) == ("ann", "acme")


def test_claims_of_a_cognito_authorizer_are_texts_and_its_times_are_dates() -> None:
    users = Authorizer("users", type="COGNITO_USER_POOLS", user_pools=[POOL])
    api = small_api(authorizers=[users], routes=[Route("GET", "/a", authorizer="users")])
    claims = {
        "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
        "token_use": "id",
        "exp": 1524118462,
        "iat": 1544112503,
        "auth_time": 1524114862,
        "email_verified": True,
        "cognito:groups": ["staff", "clerks"],
    }
    request = api.invoke("GET", "/a", headers=TOKEN, claims=claims, at=1524114863).integration
    assert request.authorizer == {
        "claims": {
            "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
            "token_use": "id",
            "exp": "Thu Apr 19 06:14:22 UTC 2018",
            "iat": "Thu Dec 06 16:08:23 UTC 2018",
            "auth_time": "1524114862",
            "email_verified": "true",
            "cognito:groups": "staff,clerks",
        }
    }


@pytest.mark.parametrize("issued", [1e300, -1e300, "soon"])
def test_a_time_that_is_no_date_stays_a_text(issued: object) -> None:
    users = Authorizer("users", type="COGNITO_USER_POOLS", user_pools=[POOL])
    api = small_api(authorizers=[users], routes=[Route("GET", "/a", authorizer="users")])
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
    claims = {"iss": issuer, "token_use": "id", "exp": 9, "iat": issued}
    request = api.invoke("GET", "/a", headers=TOKEN, claims=claims, at=1).integration
    assert request.authorizer["claims"]["iat"] == (issued if isinstance(issued, str) else repr(issued))


LOGIN = Authorizer("login", type="JWT", issuers=[Issuer("https://login.example", ("shop",))])
CLAIMS = {"iss": "https://login.example", "aud": "shop", "exp": 2000, "groups": ("a", "b"), "ok": True}
TEXTS = {"iss": "https://login.example", "aud": "shop", "exp": "2000", "groups": "[a b]", "ok": "true"}


@pytest.mark.parametrize(
    ("scopes", "claims", "expected"),
    [
        ([], {"scope": "read write"}, None),
        (["read"], {"scope": "read write"}, ["read", "write"]),
        (["read"], {"scp": ["read", "write"]}, ["read", "write"]),
    ],
)
def test_claims_of_an_http_api_are_texts(scopes: list[str], claims: dict[str, Any], expected: list[str] | None) -> None:
    route = Route("GET", "/a", authorizer="login", scopes=scopes)
    api = small_api(type="HTTP", authorizers=[LOGIN], routes=[route])
    request = api.invoke("GET", "/a", headers=TOKEN, claims={**CLAIMS, **claims}, at=1000).integration
    found = request.authorizer["jwt"]
    assert found["scopes"] == expected
    assert {name: found["claims"][name] for name in TEXTS} == TEXTS


def test_claims_of_a_jwt_authorizer_of_a_rest_api() -> None:
    source = "method.request.header.Authorization"
    login = Authorizer(
        "login", type="JWT", issuers=[Issuer("https://login.example", ("shop",))], identity_sources=source
    )
    api = small_api(authorizers=[login], routes=[Route("GET", "/a", authorizer="login")])
    request = api.invoke("GET", "/a", headers=TOKEN, claims=CLAIMS, at=1000).integration
    assert request.authorizer == {"claims": TEXTS}


def test_the_caller_who_signs() -> None:
    principal = Principal.parse(ANN, unique_id="AIDAEXAMPLE", org_id="o-a1b2c3d4e5")
    caller, route = Caller(principal, identity=READS), Route("GET", "/a", auth="AWS_IAM")
    request = small_api(type="HTTP", routes=[route]).invoke("GET", "/a", caller=caller).integration
    assert request.authorizer == {
        "iam": {
            "accountId": "111122223333",
            "userArn": ANN,
            "userId": "AIDAEXAMPLE",
            "principalOrgId": "o-a1b2c3d4e5",
        }
    }
    assert small_api(routes=[route]).invoke("GET", "/a", caller=caller).integration.authorizer == {}


def test_a_refused_call_reaches_no_integration() -> None:
    response = with_function().invoke("GET", "/a", headers={})
    assert refused(UsageError, lambda: response.integration) == Refusal(
        f"the call does not reach its integration: {response}",
        advice="read sent first, and answer with it unless it is None",
        rule="GW-37",
    )


def test_a_message_does_not_say_what_the_authorizer_of_the_connection_returned() -> None:
    connect = Authorizer("tokens", type="REQUEST", identity_sources="route.request.header.Authorization")
    api = small_api(
        type="WEBSOCKET",
        authorizers=[connect],
        routes=[Route("$connect", authorizer="tokens"), Route("order")],
    )
    first = api.invoke("$connect", headers=TOKEN, authorizer_output=OUTPUT)
    assert first.integration.authorizer["tenant"] == "acme"
    assert refused(UsageError, lambda: api.invoke("order").integration) == Refusal(
        "order receives what the authorizer of $connect returned, which is not given with a message",
        advice="read integration of the response to $connect",
        rule="GW-37",
    )
    open_api = small_api(type="WEBSOCKET", routes=[Route("$connect"), Route("order")])
    assert open_api.invoke("order").integration.route.key == "order"


def test_a_call_to_a_connection_has_no_integration() -> None:
    response = small_api(type="WEBSOCKET", routes=[Route("$connect")]).invoke(
        "POST", "/@connections/abc", caller=Caller(ANN, identity=READS)
    )
    assert response.allowed
    assert (
        refused(UsageError, lambda: response.integration).message == "API Gateway itself answers a call to a connection"
    )


def test_the_request_is_a_value() -> None:
    response = with_function().invoke("GET", "/a", headers=TOKEN, authorizer_output=OUTPUT)
    request = response.integration
    assert request.to_dict() == {
        "routeKey": "GET /a",
        "httpMethod": "GET",
        "path": "/a",
        "stage": "prod",
        "pathParameters": {},
        "stageVariables": {},
        "authorizer": dict(request.authorizer),
        "principalId": "ann",
    }
    for other in (pickle.loads(pickle.dumps(request)), copy.deepcopy(request), response.integration):
        assert other == request
        assert hash(other) == hash(request)
    assert repr(request) == f"IntegrationRequest({request.to_dict()!r})"
    assert isinstance(request, IntegrationRequest)
    with pytest.raises(TypeError):
        request.authorizer["a"] = "b"  # type: ignore[index] # what a type checker refuses does not work either
