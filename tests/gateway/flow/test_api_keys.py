"""API keys: where they are looked for, and which stages they open."""

from __future__ import annotations

import pytest

from execpolicy.api import Api
from execpolicy.gateway.flow.api_keys import ApiKeyCheck, check_api_key
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import KeySource
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import ApiKey
from execpolicy.literals import ApiTypeName

ORDERS = Route("GET", "/orders", api_key_required=True)
GUARDED = Route("GET", "/orders", api_key_required=True, authorizer="tokens")
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Authorization")
OPEN = Route("GET", "/health")

GOOD, ELSEWHERE, DISABLED, NOWHERE, TWICE = "good", "elsewhere", "disabled", "nowhere", "twice"
KEYS = [
    ApiKey(GOOD, ("test", "prod")),
    ApiKey(ELSEWHERE, ("test", "beta")),
    ApiKey(DISABLED, ("prod",), enabled=False),
    ApiKey(NOWHERE, ()),
    ApiKey(TWICE, ("test",)),
    ApiKey(TWICE, ("prod",)),
]


def api(source: KeySource = KeySource.HEADER, api_type: ApiTypeName = "REST", route: Route = ORDERS) -> Api:
    return Api(
        id="a1b2c3",
        type=api_type,
        region="eu-west-1",
        account="111122223333",
        routes=[route],
        authorizers=[TOKENS] if route.authorizer else [],
        stages=["test", "beta", "prod"],
        stage="prod",
        api_keys=KEYS,
        api_key_source=source,
    )


def in_header(*headers: tuple[str, str], key: str | None = None) -> ApiKeyCheck:
    return check_api_key(api(), api().stage, ORDERS, dict(headers), key)


def from_authorizer(key: str | None, **headers: str) -> ApiKeyCheck:
    return check_api_key(api(KeySource.AUTHORIZER, route=GUARDED), api().stage, GUARDED, headers, key)


@pytest.mark.rule("AUT-6")
@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-KEY"])
@pytest.mark.parametrize("value", [GOOD, TWICE])
def test_a_key_of_a_usage_plan_of_the_stage_opens_it(name: str, value: str) -> None:
    assert in_header((name, value)) == ApiKeyCheck(True, "the API key in the header X-API-Key opens prod")
    expected = ApiKeyCheck(True, "the API key in the authorizer's usageIdentifierKey opens prod")
    assert from_authorizer(value) == expected


@pytest.mark.rule("AUT-6")
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (ELSEWHERE, "the API key in the header X-API-Key is for beta, test, not for prod"),
        (NOWHERE, "the API key in the header X-API-Key is for no stage, not for prod"),
        (DISABLED, "the API key in the header X-API-Key is disabled"),
        ("Good", "the API key in the header X-API-Key is in none of this API's usage plans"),
        ("good ", "the API key in the header X-API-Key is in none of this API's usage plans"),
        ("", "there is no API key in the header X-API-Key"),
    ],
)
def test_any_other_key_is_refused(value: str, reason: str) -> None:
    assert in_header(("X-API-Key", value)) == ApiKeyCheck(False, reason)
    in_output = reason.replace("the header X-API-Key", "the authorizer's usageIdentifierKey")
    assert from_authorizer(value) == ApiKeyCheck(False, in_output)


@pytest.mark.rule("AUT-6")
def test_only_the_source_of_the_api_counts() -> None:
    assert in_header(("Authorization", GOOD), key=GOOD) == ApiKeyCheck(
        False,
        "there is no API key in the header X-API-Key; usageIdentifierKey is there, but the API does not take keys from "
        "it",
    )
    assert from_authorizer(None, **{"x-api-key": GOOD}) == ApiKeyCheck(
        False,
        "there is no API key in the authorizer's usageIdentifierKey; X-API-Key is there, but the API does not take "
        "keys from it",
    )
    assert from_authorizer(None).reason == "there is no API key in the authorizer's usageIdentifierKey"


@pytest.mark.rule("AUT-6")
def test_a_route_that_asks_for_no_key_passes() -> None:
    assert check_api_key(api(), api().stage, OPEN, {}) == ApiKeyCheck(True, "GET /health requires no API key")


@pytest.mark.rule("AUT-6")
def test_http_apis_have_no_keys() -> None:
    http = api(api_type="HTTP", route=OPEN)
    assert check_api_key(http, http.stage, OPEN, {}) == ApiKeyCheck(True, "HTTP APIs have no API keys")


@pytest.mark.rule("AUT-6")
def test_the_connect_route_of_a_websocket_api() -> None:
    connect = Route("$connect", api_key_required=True)
    sockets = api(api_type="WEBSOCKET", route=connect)
    assert not check_api_key(sockets, sockets.stage, connect, {}).passed
    assert check_api_key(sockets, sockets.stage, connect, {"x-api-key": GOOD}).passed
