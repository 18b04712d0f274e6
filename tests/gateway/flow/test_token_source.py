"""Tokens of Cognito and JWT authorizers: whether the call brings one where the authorizer looks (AUT-4)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, ApiType, Authorizer, AuthorizerType, GatewayResponse, Issuer, Policy, Route, UsageError

pytestmark = pytest.mark.rule("AUT-4")

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ANN = "arn:aws:iam::111122223333:user/Ann"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A"
CLAIMS = {"iss": ISSUER, "aud": "web", "token_use": "id", "exp": 20}
SIGV4 = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/execute-api/aws4_request, Signature=abc"
SIGV4A = "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20261129/execute-api/aws4_request, Signature=abc"

#: By kind: the type of the API, and how it writes its sources.
KINDS = {
    "HTTP JWT": ("HTTP", "JWT", "$request"),
    "REST JWT": ("REST", "JWT", "method.request"),
    "Cognito": ("REST", "COGNITO_USER_POOLS", "method.request"),
}

#: A JWT authorizer of a REST API has one header as its source, and no default.
WITH_DEFAULT = ["HTTP JWT", "Cognito"]


def api(kind: str, *sources: str) -> Api:
    """An API of one route, whose authorizer reads these sources; ``header.X`` stands for whatever the API writes."""
    api_type, authorizer_type, prefix = KINDS[kind]
    parts: dict[str, Any] = (
        {"user_pools": [POOL]} if authorizer_type == "COGNITO_USER_POOLS" else {"issuers": [Issuer(ISSUER, ("web",))]}
    )
    sources = tuple(f"{prefix}.{source}" for source in sources)
    login = Authorizer("login", type=AuthorizerType(authorizer_type), identity_sources=sources, **parts)
    return Api(**HERE, type=ApiType(api_type), routes=[Route("GET", "/x", authorizer="login")], authorizers=[login])


def call(api: Api, headers: Any = None, query: Any = None, **more: Any) -> GatewayResponse:
    return api.invoke("GET", "/x", headers=headers, query=query, **{"claims": CLAIMS, "at": 10, **more})


def refused(response: GatewayResponse) -> str:
    """Why the token step refuses the call; empty where it does not."""
    if response.allowed:
        return ""
    assert (response.status, response.message, response.steps[-1].gate) == (401, "Unauthorized", "token")
    return response.steps[-1].detail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no headers"),
        pytest.param({"X-Other": "1"}, id="another header"),
        pytest.param({"Authorization": ""}, id="empty"),
        pytest.param({"Authorization": "  "}, id="spaces"),
        pytest.param({"Authorization": "Bearer"}, id="prefix alone"),
        pytest.param({"Authorization": []}, id="no value"),
    ],
)
def test_a_call_without_token_is_refused_although_it_has_claims(kind: str, headers: dict[str, Any]) -> None:
    source = f"{KINDS[kind][2]}.header.Authorization"
    expected = f"the authorizer login reads the token from {source}, which the call does not have or has empty"
    assert refused(call(api(kind, "header.Authorization"), headers)) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["a.b.c", "Bearer a.b.c", ["a.b.c"]])
def test_a_token_is_found_alone_or_after_bearer(kind: str, value: Any) -> None:
    response = call(api(kind, "header.Authorization"), {"authorization": value})
    assert (refused(response), [note for note in response.notes if "present" in note]) == ("", [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "bearer a.b.c", "a.b.c,d.e.f", "Bearer a.b.c d"])
def test_what_is_no_token_is_refused(kind: str, value: str) -> None:
    told = refused(call(api(kind, "header.Authorization"), {"Authorization": value}))
    assert told.endswith("has no token: it is sent alone or after `Bearer `, and has no space or comma")
    assert value not in told


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_that_is_sent_twice_is_refused(kind: str) -> None:
    told = refused(call(api(kind, "header.Authorization"), {"Authorization": ["a.b.c", "d.e.f"]}))
    assert told.endswith("header.Authorization is sent 2 times, and a token is one value")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("signature", [SIGV4, SIGV4A])
def test_a_signature_is_no_token(kind: str, signature: str) -> None:
    source = f"{KINDS[kind][2]}.header.Authorization"
    expected = f"the call is signed, and the method requires a token: {source} holds a signature"
    assert refused(call(api(kind, "header.Authorization"), {"Authorization": signature})) == expected
    assert refused(call(api(kind, "header.Authorization"), {"Authorization": signature}, caller=ANN)) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("headers", "query", "caller"),
    [
        pytest.param({"Authorization": SIGV4}, None, None, id="in the Authorization header"),
        pytest.param(None, {"X-Amz-Signature": "abc"}, None, id="in the query"),
        pytest.param({"X-Other": "1"}, None, ANN, id="as the caller says"),
    ],
)
def test_a_signed_call_without_token_is_told_so(kind: str, headers: Any, query: Any, caller: str | None) -> None:
    told = refused(call(api(kind, "header.X-Token"), headers, query, caller=caller))
    assert told.startswith("the call is signed, and the method requires a token: login reads the token from ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_call_may_have_a_token_in_another_header(kind: str) -> None:
    assert refused(call(api(kind, "header.X-Token"), {"Authorization": SIGV4, "X-Token": "a.b.c"}, caller=ANN)) == ""


@pytest.mark.parametrize(
    ("kind", "sources"),
    [*((kind, ()) for kind in WITH_DEFAULT), *((kind, ("header.Authorization",)) for kind in KINDS)],
)
def test_without_headers_and_query_the_token_counts_as_present(kind: str, sources: tuple[str, ...]) -> None:
    response = call(api(kind, *sources))
    source = f"{KINDS[kind][2]}.header.Authorization"
    note = f"headers and query are not given: the token counts as present in {source} (AUT-4)"
    assert (refused(response), note in response.notes) == ("", True)
    assert refused(call(api(kind, *sources), claims=None)) == (
        "the call has no valid token: no claims were given; to send a valid token, give its claims"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_header_of_a_call_that_is_only_known_to_be_signed_holds_the_signature(kind: str) -> None:
    source = f"{KINDS[kind][2]}.header.Authorization"
    expected = (
        f"the call is signed, and the method requires a token in {source}, which holds the signature; "
        "give the headers of a call that has both"
    )
    assert refused(call(api(kind, "header.Authorization"), caller=ANN)) == expected
    assert refused(call(api(kind, "header.Authorization"), caller=ANN, claims=None)) == expected
    assert refused(call(api(kind, "header.X-Token"), caller=ANN)) == ""


@pytest.mark.parametrize("kind", WITH_DEFAULT)
def test_the_default_source_is_the_authorization_header(kind: str) -> None:
    assert refused(call(api(kind), {"X-Other": "1"})) != ""
    assert refused(call(api(kind), {"Authorization": "a.b.c"})) == ""


def test_a_token_in_the_query() -> None:
    login = api("HTTP JWT", "querystring.token")
    assert refused(call(login, None, {"token": "a.b.c"})) == ""
    assert refused(call(login, {"Authorization": "a.b.c"}, None)) != ""
    assert refused(call(login, None, {"Token": "a.b.c"})) != ""


def test_every_source_that_is_declared_holds_a_token() -> None:
    login = api("Cognito", "header.X-Token", "header.X-Other")
    assert refused(call(login, {"X-Token": "a.b.c", "X-Other": "a.b.c"})) == ""
    assert "header.X-Other" in refused(call(login, {"X-Token": "a.b.c"}))


def test_a_source_that_the_api_does_not_write_so() -> None:
    login = Authorizer(
        "login", type="JWT", identity_sources=["method.request.header.A"], issuers=[Issuer(ISSUER, ("web",))]
    )
    wrong = Api(**HERE, type="HTTP", routes=[Route("GET", "/x", authorizer="login")], authorizers=[login])
    with pytest.raises(UsageError, match=r"found the identity source 'method\.request\.header\.A' of login"):
        call(wrong, {"A": "a.b.c"})


@pytest.mark.rule("GW-14")
def test_a_lambda_authorizer_takes_whatever_its_header_holds() -> None:
    tokens = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
    rest = Api(**HERE, type="REST", routes=[Route("GET", "/x", authorizer="tokens")], authorizers=[tokens])
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    answer = {"principalId": "ann", "policyDocument": Policy.parse(document, kind="identity").to_document()}
    assert call(rest, {"Authorization": SIGV4}, claims=None, authorizer_output=answer).allowed
