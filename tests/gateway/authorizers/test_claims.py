"""Tokens: what Cognito and JWT authorizers make of verified claims."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import RequestError, UsageError
from execpolicy.gateway.authorizers.claims import TokenCheck, check_cognito, check_http_jwt, check_rest_jwt, pool_issuer
from execpolicy.gateway.model.authorizer import Authorizer, Claim, Issuer
from execpolicy.gateway.model.names import ResponseType
from tests.refused import Refusal, refused

NOW = 1_800_000_000
IDP = "https://idp.example/staff"
PARTNER = "https://partner.example/"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Staff"
POOL_ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Staff"

HTTP = Authorizer("tokens", type="JWT", issuers=[Issuer(IDP, ("orders", "stock"))])
REST = Authorizer(
    "tokens",
    type="JWT",
    issuers=[
        Issuer(IDP, ("orders",), (Claim("tenant", ("acme", "Zeta")), Claim("level", required=True))),
        Issuer(PARTNER, ("partners",)),
    ],
)
COGNITO = Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[POOL])

GOOD = {"iss": IDP, "aud": "orders", "exp": NOW + 60}
REST_GOOD = {**GOOD, "level": "1"}
ID_TOKEN = {"iss": POOL_ISSUER, "aud": "app", "token_use": "id", "exp": NOW + 60}
ACCESS_TOKEN = {"iss": POOL_ISSUER, "client_id": "app", "token_use": "access", "scope": "read", "exp": NOW + 60}


def without(claims: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in names}


def http(claims: dict[str, Any], *scopes: str, now: float | None = NOW) -> TokenCheck:
    return check_http_jwt(HTTP, scopes, claims, now)


def rest(claims: dict[str, Any], *scopes: str, now: float | None = NOW) -> TokenCheck:
    return check_rest_jwt(REST, scopes, claims, now)


def cognito(claims: dict[str, Any], *scopes: str, now: float | None = NOW) -> TokenCheck:
    return check_cognito(COGNITO, scopes, claims, now)


def sent_words(reason: str) -> str:
    """What AWS says of such a token in the header www-authenticate; empty where its words are not known (MSG-5)."""
    if reason.startswith("the token has expired"):
        return "the token has expired"
    return "the token does not have a valid audience" if "the authorizer's audiences are" in reason else ""


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, ()),
        ({"aud": ["other", "stock"]}, ()),
        ({"aud": ("orders",), "client_id": "other"}, ()),
        ({"nbf": NOW - 1, "iat": NOW - 1}, ()),
        ({"exp": NOW + 0.5}, ()),
        ({"scope": "openid read"}, ("write", "read")),
        ({"scp": ["openid", "read"]}, ("read",)),
        ({"scp": "openid read"}, ("read",)),
        ({"scope": "openid", "scp": ["read"]}, ("read",)),
        ({"scope": "Read"}, ()),
    ],
)
def test_tokens_that_an_http_api_takes(claims: dict[str, Any], scopes: tuple[str, ...]) -> None:
    assert http({**GOOD, **claims}, *scopes) == TokenCheck(passed=True)


@pytest.mark.rule("AUT-8")
def test_client_id_stands_in_for_aud() -> None:
    assert http({**without(GOOD, "aud"), "client_id": "stock"}) == TokenCheck(passed=True)


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (without(GOOD, "iss"), f"the token has no iss, the authorizer trusts '{IDP}'"),
        ({**GOOD, "iss": IDP + "/"},
         f"iss is '{IDP}/', the authorizer trusts '{IDP}': they differ in the slash at the end"),
        ({**GOOD, "iss": "https://IDP.example/staff"},
         f"iss is 'https://IDP.example/staff', the authorizer trusts '{IDP}'"),
        ({**GOOD, "iss": [IDP]}, f"iss is ['{IDP}'], the authorizer trusts '{IDP}'"),
        (without(GOOD, "aud"),
         "the token has neither aud nor client_id, the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "aud": "Orders"}, "aud is 'Orders', the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "aud": "orders stock"}, "aud is 'orders stock', the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "aud": None}, "aud is None, the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "aud": [1, "x"]}, "aud is [1, 'x'], the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "aud": "x", "client_id": "orders"},
         "aud is 'x', the authorizer's audiences are 'orders' or 'stock'; client_id would be one, but is used only "
         "if there is no aud"),
        ({**without(GOOD, "aud"), "client_id": "x"},
         "client_id is 'x', the authorizer's audiences are 'orders' or 'stock'"),
        ({**GOOD, "exp": NOW}, f"the token has expired: exp is {NOW}, now is {NOW}"),
        ({**GOOD, "exp": str(NOW + 60)}, f"exp is '{NOW + 60}', expected a number of seconds since 1970"),
        ({**GOOD, "exp": True}, "exp is True, expected a number of seconds since 1970"),
        ({**GOOD, "exp": float("inf")}, "exp is inf, expected a number of seconds since 1970"),
        ({**GOOD, "nbf": NOW + 1}, f"the token is not valid yet: nbf is {NOW + 1}, now is {NOW}"),
        ({**GOOD, "nbf": "soon"}, "nbf is 'soon', expected a number of seconds since 1970"),
        ({**GOOD, "iat": NOW + 1}, f"the token is not valid yet: iat is {NOW + 1}, now is {NOW}"),
        ({**GOOD, "iat": None}, "iat is None, expected a number of seconds since 1970"),
    ],
)  # fmt: skip
def test_tokens_that_an_http_api_refuses(claims: dict[str, Any], reason: str) -> None:
    assert http(claims) == TokenCheck(False, 401, None, "Unauthorized", reason, description=sent_words(reason))


@pytest.mark.rule("AUT-8")
def test_a_token_without_exp_is_refused_which_no_page_says() -> None:
    reason = "the token has no exp, so it never expires"
    expected = TokenCheck(False, 401, None, "Unauthorized", reason, ("AUT-8",), refusal_is_assumed=True)
    assert http(without(GOOD, "exp")) == expected


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({}, "the token has no scopes; the route requires read or write"),
        ({"scope": "Read  openid"}, "the token's scopes are Read, openid; the route requires read or write"),
        ({"scope": 7}, "the token has no scopes; the route requires read or write"),
    ],
)
def test_a_good_token_without_the_scope_is_forbidden(claims: dict[str, Any], reason: str) -> None:
    assert http({**GOOD, **claims}, "read", "write") == TokenCheck(False, 403, None, "Forbidden", reason)
    forbidden = TokenCheck(False, 403, ResponseType.ACCESS_DENIED, "Forbidden", reason)
    assert rest({**REST_GOOD, **claims}, "read", "write") == forbidden


@pytest.mark.rule("AUT-8")
def test_an_expired_token_without_the_scope_is_unauthorized() -> None:
    assert http({**GOOD, "exp": 1}, "read").status == 401


@pytest.mark.rule("AUT-8", "AUT-9", "AUT-7")
def test_without_a_clock_a_good_token_is_not_known_to_be_good() -> None:
    reason = f"exp is {NOW + 60}, and the time of the call is not known"
    assert http(GOOD, now=None) == TokenCheck(False, 401, None, "Unauthorized", reason, (), unknown=True)
    unauthorized = TokenCheck(False, 401, ResponseType.UNAUTHORIZED, "Unauthorized", reason, (), unknown=True)
    assert rest(REST_GOOD, now=None) == unauthorized
    assert cognito(ID_TOKEN, now=None) == unauthorized._replace(message="The incoming token has expired")


@pytest.mark.rule("AUT-8")
def test_without_a_clock_all_else_is_judged() -> None:
    assert not http({**GOOD, "aud": "x"}, now=None).unknown
    assert not http({**GOOD, "nbf": "x"}, now=None).unknown
    for scopes in (http(GOOD, "read", now=None), rest(REST_GOOD, "read", now=None)):
        assert (scopes.status, scopes.unknown, scopes.untimely) == (403, False, True)
        assert scopes.reason == "the token has no scopes; the route requires read"
    assert not http(GOOD, "read").untimely


@pytest.mark.rule("AUT-9")
@pytest.mark.parametrize(
    "claims",
    [
        REST_GOOD,
        {**REST_GOOD, "tenant": "Zeta"},
        {**REST_GOOD, "aud": ["x", "orders"], "client_id": "y"},
        {"iss": PARTNER, "aud": "partners", "exp": NOW + 1},
    ],
)
def test_tokens_that_a_rest_api_takes(claims: dict[str, Any]) -> None:
    assert rest(claims) == TokenCheck(passed=True)
    assert rest({**claims, "scope": "a b"}, "b", "c") == TokenCheck(passed=True)


@pytest.mark.rule("AUT-9")
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        (without(GOOD, "iss"), f"the token has no iss, the authorizer trusts '{IDP}' or '{PARTNER}'"),
        ({**GOOD, "iss": PARTNER[:-1]},
         f"iss is 'https://partner.example', the authorizer trusts '{IDP}' or '{PARTNER}': they differ in the slash at "
         "the end"),
        ({**REST_GOOD, "aud": "partners"}, "aud is 'partners', the authorizer's audiences are 'orders'"),
        ({"iss": PARTNER, "aud": "orders", "exp": NOW + 1},
         "aud is 'orders', the authorizer's audiences are 'partners'"),
        ({**REST_GOOD, "exp": 1}, f"the token has expired: exp is 1, now is {NOW}"),
        (without(REST_GOOD, "exp"), "the token has no exp, so it never expires"),
        (GOOD, "the token has no level, which its issuer's tokens must have"),
        ({**REST_GOOD, "tenant": "zeta"}, "tenant is 'zeta', expected 'acme' or 'Zeta'"),
        ({**REST_GOOD, "tenant": ["acme"]}, "tenant is ['acme'], expected one text"),
        ({**GOOD, "level": 1}, "level is 1, expected one text"),
    ],
)  # fmt: skip
def test_tokens_that_a_rest_api_refuses(claims: dict[str, Any], reason: str) -> None:
    """That they get 401 is on no page that could be read."""
    found = rest(claims)
    # That a token without exp, or with another value of a claim that need not be there, is refused is assumed as well.
    assert found.refusal_is_assumed is (reason.startswith(("the token has no exp", "tenant is 'zeta'")))
    words = sent_words(reason)
    expected = TokenCheck(False, 401, ResponseType.UNAUTHORIZED, "Unauthorized", reason, ("AUT-9",), description=words)
    assert found._replace(refusal_is_assumed=False) == expected


@pytest.mark.rule("AUT-9", "AUT-8")
@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({}, "the token has no aud, the authorizer's audiences are 'orders'"),
        (
            {"client_id": "orders"},
            "the token has no aud, the authorizer's audiences are 'orders'; client_id would be one, but a REST API "
            "compares aud only",
        ),
        ({"client_id": "order"}, "the token has no aud, the authorizer's audiences are 'orders'"),
        ({"aud": []}, "aud is [], the authorizer's audiences are 'orders'"),
        (
            {"aud": "x", "client_id": "orders"},
            "aud is 'x', the authorizer's audiences are 'orders'; client_id would be one, but a REST API compares aud "
            "only",
        ),
    ],
)
def test_a_rest_api_compares_aud_alone(claims: dict[str, Any], reason: str) -> None:
    told = {**without(REST_GOOD, "aud"), **claims}
    words = sent_words(reason)
    expected = TokenCheck(False, 401, ResponseType.UNAUTHORIZED, "Unauthorized", reason, ("AUT-9",), description=words)
    assert rest(told) == expected
    assert rest(told, now=None).status == 401
    assert not rest(told, now=None).unknown
    assert http(told).passed is (claims == {"client_id": "orders"})


@pytest.mark.rule("AUT-7")
def test_tokens_that_a_cognito_authorizer_takes() -> None:
    assert cognito(ID_TOKEN) == TokenCheck(passed=True)
    assert cognito({**ID_TOKEN, "nbf": NOW + 60}) == TokenCheck(passed=True)
    assert cognito(ACCESS_TOKEN, "write", "read") == TokenCheck(passed=True)


@pytest.mark.rule("AUT-7")
@pytest.mark.parametrize(
    ("claims", "scopes", "reason"),
    [
        ({**ID_TOKEN, "iss": IDP}, (), f"iss is '{IDP}', the authorizer trusts '{POOL_ISSUER}'"),
        (ACCESS_TOKEN, (),
         "token_use is 'access'; the method has no scopes, so it takes ID tokens: token_use id"),
        (ID_TOKEN, ("read",), "token_use is 'id'; the method has scopes, so it takes access tokens: token_use access"),
        (without(ID_TOKEN, "token_use"), (),
         "the token has no token_use; the method has no scopes, so it takes ID tokens: token_use id"),
        (ACCESS_TOKEN, ("write",), "the token's scopes are read; the route requires write"),
        ({**ACCESS_TOKEN, "exp": "x"}, ("read",), "exp is 'x', expected a number of seconds since 1970"),
    ],
)  # fmt: skip
def test_tokens_that_a_cognito_authorizer_refuses(claims: dict[str, Any], scopes: tuple[str, ...], reason: str) -> None:
    assert cognito(claims, *scopes) == TokenCheck(False, 401, ResponseType.UNAUTHORIZED, "Unauthorized", reason)


@pytest.mark.rule("AUT-7", "MSG-3")
def test_an_expired_cognito_token_is_told_so() -> None:
    check = cognito({**ID_TOKEN, "exp": NOW})
    assert (check.status, check.response_type) == (401, ResponseType.UNAUTHORIZED)
    assert check.message == "The incoming token has expired"


@pytest.mark.rule("AUT-7")
def test_a_cognito_token_without_exp_is_refused_which_no_page_says() -> None:
    check = cognito(without(ID_TOKEN, "exp"))
    assert (check.status, check.message, check.assumed) == (401, "Unauthorized", ("AUT-7",))


@pytest.mark.rule("AUT-4", "AUT-7")
def test_the_validation_expression_of_a_cognito_authorizer_is_compared_with_aud() -> None:
    authorizer = Authorizer("staff", type="COGNITO_USER_POOLS", user_pools=[POOL], validation_expression="ap+")
    assert check_cognito(authorizer, (), ID_TOKEN, NOW).passed
    other = check_cognito(authorizer, (), {**ID_TOKEN, "aud": "apps"}, NOW)
    assert (other.status, other.reason) == (
        401,
        "aud is 'apps'; the authorizer's validation expression for it is 'ap+'",
    )
    access = check_cognito(authorizer, ("read",), ACCESS_TOKEN, NOW)
    assert (access.status, access.reason) == (
        401,
        "the token has no aud, as Cognito's access tokens; the authorizer's validation expression for it is 'ap+'",
    )


@pytest.mark.rule("AUT-7")
@pytest.mark.parametrize(
    ("pool", "issuer"),
    [
        (POOL, POOL_ISSUER),
        (
            "arn:aws-us-gov:cognito-idp:us-gov-west-1:111122223333:userpool/us-gov-west-1_A",
            "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_A",
        ),
        (
            "arn:aws-cn:cognito-idp:cn-north-1:111122223333:userpool/cn-north-1_A",
            "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A",
        ),
    ],
)
def test_the_issuer_of_a_user_pool(pool: str, issuer: str) -> None:
    assert pool_issuer(pool) == issuer


@pytest.mark.rule("AUT-8")
@pytest.mark.parametrize("check", [check_http_jwt, check_rest_jwt, check_cognito])
def test_claims_have_names(check: Any) -> None:
    authorizer = COGNITO if check is check_cognito else REST
    assert refused(RequestError, lambda: check(authorizer, (), {1: "x"}, NOW)) == Refusal(
        "the name of a claim is a text, found 1", rule="AUT-8"
    )
    assert refused(UsageError, lambda: check(authorizer, (), "token", NOW)) == Refusal(
        "claims is a mapping, found a str", advice="write claims={…: …}"
    )


@pytest.mark.rule("AUT-8")
def test_no_claims_are_claims_without_an_issuer() -> None:
    assert http({}).reason == f"the token has no iss, the authorizer trusts '{IDP}'"


@pytest.mark.rule("AUT-8", "AUT-9", "AUT-7")
@pytest.mark.parametrize("check", [check_http_jwt, check_rest_jwt, check_cognito])
@pytest.mark.parametrize("name", ["exp", "nbf", "iat", "aud", "tier"])
@pytest.mark.parametrize("number", [10**400, -(10**400), 10**5000, [10**5000]], ids="abcd")
def test_a_number_that_no_time_comes_near_is_refused(check: Any, name: str, number: object) -> None:
    authorizer = COGNITO if check is check_cognito else REST
    expected = Refusal(
        f"the claim {name} is a number of more than 213 bits",
        advice="a time is a number of seconds since 1970",
        rule="AUT-8",
    )
    assert refused(RequestError, lambda: check(authorizer, (), {name: number}, NOW)) == expected
    assert refused(RequestError, lambda: check(authorizer, (), {name: number}, None)) == expected


@pytest.mark.rule("AUT-8")
def test_a_long_number_is_a_time() -> None:
    assert http({**GOOD, "exp": 10**64 - 1}).passed
    assert not http({**GOOD, "nbf": 10**64 - 1}).passed
