"""Preflight requests: which routes they reach, and what their refusals advise (GW-27)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, ApiKey, Authorizer, GatewayResponse, Issuer, Policy, Route

pytestmark = pytest.mark.rule("GW-27")

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ASKS = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}
USERS = Authorizer("users", type="REQUEST", identity_sources=["$request.header.Authorization"], payload_format="2.0")
LOGIN = Authorizer(
    "login",
    type="JWT",
    identity_sources=["$request.header.Authorization"],
    issuers=[Issuer("https://id.example", ("web",))],
)
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])

#: What a route asks for, and the status and the gate of a preflight that reaches it.
KINDS: dict[str, tuple[dict[str, Any], int, str]] = {
    "NONE": ({}, 200, "preflight"),
    "AWS_IAM": ({"auth": "AWS_IAM"}, 403, "signature"),
    "CUSTOM": ({"authorizer": "users"}, 401, "identity source"),
    "JWT": ({"authorizer": "login"}, 401, "token"),
}
#: A route, the path of the call, and the route that CORS answers for in its place.
ROUTES = {
    "$default": (("$default", ""), "/x", "/{proxy+}"),
    "ANY /x": (("ANY", "/x"), "/x", "/x"),
    "ANY /{proxy+}": (("ANY", "/{proxy+}"), "/x", "/{proxy+}"),
}


def http(*routes: Route, cors: bool = True) -> Api:
    return Api(**HERE, type="HTTP", cors=cors, routes=routes, authorizers=[USERS, LOGIN])


def last(response: GatewayResponse) -> tuple[int | None, str]:
    return response.status, response.steps[-1].gate


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_route_that_takes_any_method_catches_preflights_where_it_asks_for_authorization(
    route: str, kind: str
) -> None:
    (method, declared), path, cure = ROUTES[route]
    asks, status, gate = KINDS[kind]
    api = http(Route(method, declared, **asks))
    response = api.invoke("OPTIONS", path, headers=ASKS)
    assert last(response) == (status, gate)
    told = (
        "this is a preflight: browsers send no token, signature or API key with it (GW-27); add the route "
        f"`OPTIONS {cure}` without authorization"
    )
    assert response.notes == (() if status == 200 else (told,))
    assert (told in str(response.explain())) is (status != 200)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ROUTES)
def test_an_open_route_for_options_leaves_preflights_to_cors(route: str, kind: str) -> None:
    (method, declared), path, cure = ROUTES[route]
    api = http(Route(method, declared, **KINDS[kind][0]), Route("OPTIONS", cure))
    response = api.invoke("OPTIONS", path, headers=ASKS)
    assert (last(response), response.notes) == ((200, "preflight"), ())


def test_an_open_greedy_route_does_not_come_before_a_full_match() -> None:
    api = http(Route("ANY", "/x", authorizer="login"), Route("OPTIONS", "/{proxy+}"))
    assert last(api.invoke("OPTIONS", "/x", headers=ASKS)) == (401, "token")
    assert last(api.invoke("OPTIONS", "/y", headers=ASKS)) == (200, "preflight")


def test_only_preflights_are_answered_and_noted() -> None:
    api = http(Route("ANY", "/x", authorizer="login"), Route("GET", "/y", authorizer="login"))
    for headers in ({}, {"Origin": "https://a.example"}, {"Access-Control-Request-Method": "GET"}):
        assert api.invoke("OPTIONS", "/y", headers=headers).status == 404
        response = api.invoke("OPTIONS", "/x", headers=headers)
        assert (response.status, response.notes) == (401, ())
    assert api.invoke("GET", "/x", headers=ASKS).notes == ()


def test_a_preflight_with_a_token_is_an_ordinary_call_of_the_route() -> None:
    claims = {"iss": "https://id.example", "aud": "web", "exp": 20}
    headers = {**ASKS, "Authorization": "Bearer letmein"}
    response = http(Route("ANY", "/x", authorizer="login")).invoke(
        "OPTIONS", "/x", headers=headers, claims=claims, at=10
    )
    assert (last(response), response.notes) == ((200, "token"), ())


@pytest.mark.parametrize("kind", ["AWS_IAM", "CUSTOM", "JWT"])
def test_cors_answers_beside_a_route_for_options_with_an_authorizer(kind: str) -> None:
    response = http(Route("OPTIONS", "/x", **KINDS[kind][0])).invoke("OPTIONS", "/x", headers=ASKS)
    assert last(response) == (200, "preflight")
    assert response.notes == (
        "assumed (GW-27): CORS answers for OPTIONS /x, although the route requires authorization",
    )


@pytest.mark.parametrize(
    ("path", "advice"),
    [("/x/y", "add the route `OPTIONS /{proxy+}` without"), ("/", "add the route `OPTIONS /` without authorization")],
)
def test_the_root_is_no_path_of_a_greedy_route(path: str, advice: str) -> None:
    response = http(Route("$default", auth="AWS_IAM")).invoke("OPTIONS", path, headers=ASKS)
    assert advice in response.notes[-1]


def test_without_cors_a_preflight_needs_a_route() -> None:
    response = http(Route("GET", "/x"), cors=False).invoke("OPTIONS", "/x", headers=ASKS)
    assert response.status == 404
    assert response.notes[-1].endswith(
        "(GW-27); configure CORS for the API, or add the route `OPTIONS /x` without authorization"
    )


DENY_OPTIONS = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/*/OPTIONS/*"}
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("parts", "status", "advice"),
    [
        pytest.param({"routes": [Route("GET", "/x")]}, 403, "add the method `OPTIONS /x` without auth", id="no method"),
        pytest.param(
            {"routes": [Route("ANY", "/{id}", authorizer="tokens")]},
            401,
            "add the method `OPTIONS /{id}` without authorization",
            id="ANY",
        ),
        pytest.param(
            {"routes": [Route("OPTIONS", "/x", auth="AWS_IAM")]},
            403,
            "set the authorization of `OPTIONS /x` to NONE",
            id="AWS_IAM",
        ),
        pytest.param(
            {"routes": [Route("OPTIONS", "/x", api_key_required=True)]},
            403,
            "answer it by the method `OPTIONS /x` that requires no API key",
            id="API key",
        ),
        pytest.param(
            {"routes": [Route("OPTIONS", "/x")], "resource_policy": [ALLOW, DENY_OPTIONS]},
            403,
            "let the policy also allow OPTIONS to anonymous callers",
            id="resource policy",
        ),
        pytest.param(
            {"routes": [Route("ANY", "/x", authorizer="tokens")], "resource_policy": [ALLOW, DENY_OPTIONS]},
            403,
            "let the policy also allow OPTIONS to anonymous callers",
            id="resource policy, first look",
        ),
        pytest.param(
            {"routes": [Route("OPTIONS", "/x")], "endpoint": "PRIVATE"},
            403,
            "let the policy also allow OPTIONS to anonymous callers",
            id="private",
        ),
    ],
)
def test_the_refusal_of_a_rest_api_says_what_lets_preflights_through(
    parts: dict[str, Any], status: int, advice: str
) -> None:
    statements = parts.pop("resource_policy", None)
    policy = None if statements is None else Policy.parse({"Statement": statements}, kind="resource")
    api = Api(
        **{**HERE, "type": "REST", "authorizers": [TOKENS], "api_keys": [ApiKey("k" * 20, ("prod",))], **parts},
        resource_policy=policy,
    )
    response = api.invoke("OPTIONS", "/x", headers=ASKS)
    assert response.status == status
    assert response.notes[-1].startswith("this is a preflight: browsers send no token, signature or API key")
    assert advice in response.notes[-1]


def test_a_call_that_leads_to_no_stage_is_refused_whatever_its_method() -> None:
    api = Api(**HERE, type="REST", routes=[Route("OPTIONS", "/x")])
    host = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    response = api.invoke("OPTIONS", "/test/x", headers=ASKS, domain_name=host)
    assert (response.status, response.notes) == (403, ())


def test_a_route_key_of_a_websocket_api_is_no_preflight() -> None:
    api = Api(**HERE, type="WEBSOCKET", routes=[Route("$connect", auth="AWS_IAM")])
    response = api.invoke("OPTIONS", "/x/@connections", headers=ASKS)
    assert (response.status, response.notes) == (403, ())
