"""Identity sources: what an authorizer reads of a call, and which calls are a 401 before its function runs."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import UsageError
from execpolicy.api import Api
from execpolicy.gateway.authorizers.identity_sources import IdentitySourceValues, read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall, with_api_context
from execpolicy.gateway.model.authorizer import Authorizer, Issuer
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.literals import ApiTypeName
from tests.refused import Refusal, refused

REST, HTTP, WEBSOCKET = ApiType.REST, ApiType.HTTP, ApiType.WEBSOCKET

CALL = IncomingCall(
    "GET",
    "/orders/7",
    headers={"Authorization": "letmein", "X-Tenant": "acme", "X-Empty": "", "X-Blank": "  ", "X-Two": ["b", "a"]},
    query={"User": "ann", "Empty": "", "Two": ["2", "1"], "None": []},
    stage_variables={"color": "blue", "empty": ""},
    context={"identity.sourceIp": "203.0.113.9", "requestTimeEpoch": 1000, "identity.apiKey": ""},
)


def tokens(*, expression: str | None = None, source: str = "method.request.header.Authorization") -> Authorizer:
    return Authorizer("tokens", type="TOKEN", identity_sources=[source], validation_expression=expression)


def requests(*sources: str, ttl: int | None = None) -> Authorizer:
    return Authorizer("people", type="REQUEST", identity_sources=sources, ttl=ttl)


def lacking(name: str, *sources: str) -> str:
    return f"the authorizer {name} reads {', '.join(sources)}, which the call does not have or has empty"


# Reading


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("api_type", "source", "value", "key"),
    [
        (REST, "method.request.header.X-Tenant", "acme", ("acme",)),
        (REST, "method.request.header.x-tenant", "acme", ("acme",)),
        (REST, "method.request.header.X-Two", "a", ("b", "a")),
        (REST, "method.request.multivalueheader.X-Two", "b,a", ("b", "a")),
        (REST, "method.request.querystring.User", "ann", ("ann",)),
        (REST, "method.request.querystring.Two", "1", ("2", "1")),
        (REST, "method.request.multivaluequerystring.Two", "2,1", ("2", "1")),
        (REST, "stageVariables.color", "blue", ("blue",)),
        (REST, "context.identity.sourceIp", "203.0.113.9", ("203.0.113.9",)),
        (REST, "context.requestTimeEpoch", "1000", ("1000",)),
        (HTTP, "$request.header.x-TENANT", "acme", ("acme",)),
        (HTTP, "$request.header.X-Two", "b,a", ("b", "a")),
        (HTTP, "$request.querystring.User", "ann", ("ann",)),
        (HTTP, "$request.querystring.Two", "2,1", ("2", "1")),
        (HTTP, "$stageVariables.color", "blue", ("blue",)),
        (HTTP, "$context.identity.sourceIp", "203.0.113.9", ("203.0.113.9",)),
        (WEBSOCKET, "route.request.header.X-Tenant", "acme", ("acme",)),
        (WEBSOCKET, "route.request.querystring.User", "ann", ("ann",)),
        (WEBSOCKET, "stageVariables.color", "blue", ("blue",)),
        (WEBSOCKET, "context.identity.sourceIp", "203.0.113.9", ("203.0.113.9",)),
    ],
)
def test_a_source_is_read(api_type: ApiType, source: str, value: str, key: tuple[str, ...]) -> None:
    assert read_identity_sources(requests(source), api_type, CALL) == IdentitySourceValues(
        (value,), (), (), None, (key,)
    )


@pytest.mark.rule("AUT-4", "AUT-5")
def test_several_sources_are_read_in_their_order() -> None:
    sources = ["$request.querystring.User", "$request.header.X-Two", "$stageVariables.color"]

    assert read_identity_sources(requests(*sources), HTTP, CALL) == IdentitySourceValues(
        ("ann", "b,a", "blue"), (), (), None, (("ann",), ("b", "a"), ("blue",))
    )


@pytest.mark.rule("AUT-5")
def test_the_order_of_values_is_part_of_the_key() -> None:
    other = CALL._replace(headers={"X-Two": ["a", "b"]})
    authorizer = requests("$request.header.X-Two")

    assert read_identity_sources(authorizer, HTTP, CALL).key != read_identity_sources(authorizer, HTTP, other).key


@pytest.mark.rule("AUT-4")
def test_one_header_under_two_spellings_has_the_values_of_both() -> None:
    call = IncomingCall("GET", "/", headers={"X-A": "1", "x-a": ["2", " 3 "], "X-AB": "4"})

    assert call.header("X-a") == ("1", "2", "3")


@pytest.mark.rule("AUT-4")
def test_a_context_variable_may_be_told_as_a_condition_key() -> None:
    call = IncomingCall("GET", "/", context={"AWS:sourceip": "203.0.113.9", "aws:VpcSourceIp": "10.0.0.1"})
    private = IncomingCall(
        "GET", "/", context={"aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.0.0.1"}
    )

    assert call.variable("identity.sourceIp") == "203.0.113.9"
    assert private.variable("identity.sourceIp") == "10.0.0.1"
    assert private.variable("identity.vpcId") == "vpc-1"
    assert private.variable("identity.vpceId") == "vpce-1"
    assert private.variable("identity.userAgent") is None
    assert private.variable("stage") is None


@pytest.mark.rule("AUT-4")
def test_no_sources_are_all_there() -> None:
    for api_type in ApiType:
        assert read_identity_sources(requests(), api_type, CALL) == IdentitySourceValues((), (), (), None, ())


# Missing


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize("header", ["X-None", "X-Empty", "X-Blank"])
def test_a_token_that_is_missing_or_empty_is_refused(header: str) -> None:
    source = f"method.request.header.{header}"
    found = read_identity_sources(tokens(source=source), REST, CALL)

    assert found.missing == (source,)
    assert found.refusal == lacking("tokens", source)
    assert found.key is None


@pytest.mark.rule("AUT-4")
def test_an_authorizer_of_tokens_needs_its_token_without_a_cache_too() -> None:
    authorizer = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.X-None"], ttl=0)

    assert read_identity_sources(authorizer, REST, CALL).refusal == lacking("tokens", "method.request.header.X-None")


MISSING = {
    REST: [
        "method.request.header.X-None",
        "method.request.header.X-Empty",
        "method.request.querystring.None",
        "method.request.querystring.Empty",
        "method.request.querystring.user",  # names of parameters have case
        "stageVariables.none",
        "stageVariables.empty",
        "context.identity.apiKey",
        "context.identity.user",
    ],
    HTTP: ["$request.header.X-None", "$request.querystring.user", "$stageVariables.Color", "$context.identity.user"],
    WEBSOCKET: ["route.request.header.X-None", "route.request.querystring.user", "stageVariables.none", "context.x"],
}
EVERY_MISSING = [(api_type, source) for api_type, sources in MISSING.items() for source in sources]
THERE = {REST: "stageVariables.color", HTTP: "$stageVariables.color", WEBSOCKET: "stageVariables.color"}


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(("api_type", "source"), EVERY_MISSING)
def test_a_call_without_a_source_is_refused(api_type: ApiType, source: str) -> None:
    found = read_identity_sources(requests(THERE[api_type], source), api_type, CALL)

    assert found.values[0] == "blue"
    assert not found.values[1]
    assert found.missing == (source,)
    assert found.refusal == lacking("people", source)
    assert found.key is None


@pytest.mark.rule("AUT-4")
def test_a_refusal_names_all_that_is_missing() -> None:
    sources = ["$request.header.X-None", "$request.header.X-Tenant", "$request.querystring.None"]

    found = read_identity_sources(requests(*sources), HTTP, CALL)

    assert found.refusal == lacking("people", sources[0], sources[2])


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("api_type", "ttl", "refuses"),
    [
        (REST, None, True),  # 300 seconds
        (REST, 1, True),
        (REST, 0, False),
        (HTTP, None, True),
        (HTTP, 0, True),
        (HTTP, 300, True),
        (WEBSOCKET, None, True),
        (WEBSOCKET, 0, True),
    ],
)
def test_only_rest_without_a_cache_calls_the_function_all_the_same(
    api_type: ApiType, ttl: int | None, refuses: bool
) -> None:
    source = MISSING[api_type][0]
    found = read_identity_sources(requests(source, ttl=ttl), api_type, CALL)

    assert found.missing == (source,)
    assert found.refusal == (lacking("people", source) if refuses else None)
    assert found.key is None


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    "authorizer",
    [
        Authorizer(
            "pool",
            type="COGNITO_USER_POOLS",
            identity_sources=["method.request.header.X-None"],
            user_pools="arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
        ),
        Authorizer(
            "jwt", type="JWT", identity_sources=["method.request.header.X-None"], issuers=[Issuer("https://i", "a")]
        ),
    ],
    ids=lambda authorizer: authorizer.name,
)
def test_tokens_of_other_authorizers_are_needed_too(authorizer: Authorizer) -> None:
    found = read_identity_sources(authorizer, REST, CALL)

    assert found.refusal == lacking(authorizer.name, "method.request.header.X-None")


@pytest.mark.rule("AUT-4")
def test_the_expression_of_a_cognito_authorizer_is_not_for_the_token() -> None:
    authorizer = Authorizer(
        "pool",
        type="COGNITO_USER_POOLS",
        identity_sources=["method.request.header.Authorization"],
        validation_expression="app-[0-9]+",
        user_pools="arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
    )

    assert read_identity_sources(authorizer, REST, CALL).refusal is None


@pytest.mark.rule("AUT-4")
def test_the_expression_of_a_request_authorizer_is_for_nothing() -> None:
    authorizer = Authorizer(
        "people", type="REQUEST", identity_sources=["method.request.header.X-Tenant"], validation_expression="[0-9]+"
    )

    assert read_identity_sources(authorizer, REST, CALL).refusal is None


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize("name", ["requestId", "identity.sourceIp", "requestTime", "stage"])
def test_what_every_call_has_and_nobody_told_is_unknown_and_not_missing(name: str) -> None:
    found = read_identity_sources(requests(f"$context.{name}"), HTTP, IncomingCall("GET", "/"))

    assert found == IdentitySourceValues((None,), (), (f"$context.{name}",), None, None)


# The validation expression


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("expression", "token", "passes"),
    [
        (r"\w{5}", "abcde", True),
        (r"\w{5}", "abcdef", False),
        (r"\w{5}", "abcd", False),
        ("^Bearer [-0-9a-zA-Z._]*$", "Bearer a.b-c", True),
        ("^Bearer [-0-9a-zA-Z._]*$", "bearer a.b-c", False),
        ("allow|deny", "allow", True),
        ("allow|deny", "allowed", False),
        ("letmein", "letmein ", True),  # spaces around a header's value are no part of it
        ("letmein", "letmein\nX", False),
    ],
)
def test_the_whole_token_matches_the_expression(expression: str, token: str, passes: bool) -> None:
    found = read_identity_sources(
        tokens(expression=expression), REST, IncomingCall("GET", "/", {"authorization": token})
    )

    told = f"the token does not match {expression!r} of the authorizer tokens: the whole token must match"
    assert found.refusal == (None if passes else told)
    assert found.missing == ()


@pytest.mark.rule("AUT-4")
def test_a_refusal_does_not_tell_the_token() -> None:
    found = read_identity_sources(
        tokens(expression="[0-9]+"), REST, IncomingCall("GET", "/", {"Authorization": "my-secret"})
    )

    assert found.refusal is not None
    assert "my-secret" not in found.refusal


@pytest.mark.rule("AUT-4")
def test_a_missing_token_is_told_as_missing_whatever_the_expression() -> None:
    found = read_identity_sources(tokens(expression=".*"), REST, IncomingCall("GET", "/"))

    assert found.refusal == lacking("tokens", "method.request.header.Authorization")


# Notation

REST_EXPECTED = (
    "method.request.header.NAME or method.request.querystring.NAME or method.request.multivalueheader.NAME or "
    "method.request.multivaluequerystring.NAME or stageVariables.NAME or context.NAME"
)
HTTP_EXPECTED = "$request.header.NAME or $request.querystring.NAME or $stageVariables.NAME or $context.NAME"
WEBSOCKET_EXPECTED = (
    "route.request.header.NAME or route.request.querystring.NAME or stageVariables.NAME or context.NAME"
)
BEHIND = "write the name after the prefix as it is"


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("api_type", "source", "expected", "advice"),
    [
        (REST, "Authorization", REST_EXPECTED, BEHIND),
        (REST, "method.request.header.", REST_EXPECTED, BEHIND),
        (REST, "method.request.Header.X", REST_EXPECTED, BEHIND),
        (REST, "method.request.path.id", REST_EXPECTED, "a path parameter cannot be an identity source"),
        (
            REST,
            "method.request.header.A,method.request.header.B",
            REST_EXPECTED,
            "give each source as an item of its own",
        ),
        (REST, "$request.header.A", REST_EXPECTED, "that is how HTTP APIs write it, this is a REST API"),
        (REST, "route.request.header.A", REST_EXPECTED, "that is how WEBSOCKET APIs write it, this is a REST API"),
        (HTTP, "method.request.header.A", HTTP_EXPECTED, "that is how REST APIs write it, this is a HTTP API"),
        (HTTP, "stageVariables.a", HTTP_EXPECTED, "that is how REST APIs write it, this is a HTTP API"),
        (HTTP, "$request.body.a", HTTP_EXPECTED, BEHIND),
        (
            WEBSOCKET,
            "method.request.header.A",
            WEBSOCKET_EXPECTED,
            "that is how REST APIs write it, this is a WEBSOCKET API",
        ),
    ],
)
def test_a_source_in_another_notation_is_refused(api_type: ApiType, source: str, expected: str, advice: str) -> None:
    said = refused(UsageError, lambda: read_identity_sources(requests(source), api_type, CALL))

    assert said == Refusal(
        f"found the identity source {source!r} of people, expected {expected}", advice=advice, rule="AUT-4"
    )


@pytest.mark.rule("AUT-4")
def test_a_token_comes_in_a_header() -> None:
    source = "method.request.querystring.token"
    said = refused(UsageError, lambda: read_identity_sources(tokens(source=source), REST, CALL))

    assert said == Refusal(
        f"found the identity source '{source}' of tokens, expected method.request.header.NAME",
        advice=BEHIND,
        rule="AUT-4",
    )


@pytest.mark.rule("AUT-1")
@pytest.mark.parametrize("api_type", [HTTP, WEBSOCKET])
def test_only_rest_apis_have_token_authorizers(api_type: ApiType) -> None:
    said = refused(UsageError, lambda: read_identity_sources(tokens(), api_type, CALL))

    assert said == Refusal("tokens is a TOKEN authorizer: only REST APIs have those", rule="AUT-1")


# What follows from API, stage and route


def an_api(api_type: ApiTypeName, region: str = "eu-west-1", stage: str = "prod") -> Api:
    return Api(
        id="a1b2c3",
        type=api_type,
        region=region,
        account="111122223333",
        stages=[Stage(stage, variables={"color": "red"})],
    )


EVERYWHERE = {
    "accountId": "111122223333",
    "apiId": "a1b2c3",
    "domainName": "a1b2c3.execute-api.eu-west-1.amazonaws.com",
    "domainPrefix": "a1b2c3",
    "stage": "prod",
}


@pytest.mark.rule("AUT-4")
def test_a_call_to_a_rest_api_has_its_context() -> None:
    api = an_api("REST")
    call = with_api_context(IncomingCall("GET", "/orders/7"), api, api.stage, Route("GET", "/orders/{id}"))

    assert call.stage_variables == {"color": "red"}
    assert call.context == {
        **EVERYWHERE,
        "httpMethod": "GET",
        "path": "/prod/orders/7",
        "protocol": "HTTP/1.1",
        "resourcePath": "/orders/{id}",
    }


@pytest.mark.rule("AUT-4", "AUT-5")
def test_a_call_to_an_http_api_has_its_route_key() -> None:
    api = an_api("HTTP", stage="$default")
    call = with_api_context(
        IncomingCall("GET", "/orders/7", {"user-agent": "curl"}), api, api.stage, Route("GET", "/orders/{id}")
    )

    assert call.context == {
        **EVERYWHERE,
        "stage": "$default",
        "httpMethod": "GET",
        "path": "/orders/7",
        "protocol": "HTTP/1.1",
        "resourcePath": "/orders/{id}",
        "routeKey": "GET /orders/{id}",
        "identity.userAgent": "curl",
    }
    assert read_identity_sources(requests("$context.routeKey"), HTTP, call).key == (("GET /orders/{id}",),)


@pytest.mark.rule("AUT-4")
def test_a_connection_has_its_context() -> None:
    api = an_api("WEBSOCKET")
    call = with_api_context(IncomingCall("$connect", ""), api, api.stage, Route("$connect"))

    assert call.context == {**EVERYWHERE, "routeKey": "$connect", "eventType": "CONNECT", "messageDirection": "IN"}


@pytest.mark.rule("AUT-4")
def test_what_a_call_tells_goes_first() -> None:
    api = an_api("REST")
    told = IncomingCall("GET", "/", stage_variables={"color": "blue"}, context={"stage": "other", "path": "/v1"})
    call = with_api_context(told, api, api.stage, Route("GET", "/"))

    assert call.stage_variables == {"color": "blue"}
    assert (call.context["stage"], call.context["path"]) == ("other", "/v1")


@pytest.mark.rule("AUT-4")
@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", "a1b2c3.execute-api.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "a1b2c3.execute-api.us-gov-west-1.amazonaws.com"),
        ("eusc-de-east-1", "a1b2c3.execute-api.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_a_host_ends_as_its_partition_does(region: str, host: str) -> None:
    api = an_api("REST", region)
    context: Any = with_api_context(IncomingCall("GET", "/"), api, api.stage, Route("GET", "/")).context

    assert context["domainName"] == host
