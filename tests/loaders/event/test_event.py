"""Events of Lambda functions: payload formats 1.0 and 2.0, authorizers, WebSocket APIs (LOG-3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Api, Authorizer, Call, Route, event_for
from execpolicy.loaders.read_call import PathStart

HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
ANN = "arn:aws:iam::111122223333:user/Ann"


def _event_1(**changed: Any) -> dict[str, Any]:
    context = {
        "accountId": "111122223333",
        "apiId": "a1b2c3",
        "domainName": HOST,
        "httpMethod": "GET",
        "identity": {"sourceIp": "203.0.113.9", "userAgent": "curl/8.5.0", "userArn": None, "caller": None},
        "path": "/prod/orders/7",
        "requestTimeEpoch": 1767225600000,
        "resourcePath": "/orders/{id}",
        "stage": "prod",
        **changed.pop("context", {}),
    }
    event = {
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "GET",
        "headers": {"X-A": "2", "User-Agent": "curl/8.5.0"},
        "multiValueHeaders": {"X-A": ["1", "2"], "User-Agent": ["curl/8.5.0"]},
        "queryStringParameters": {"q": "y"},
        "multiValueQueryStringParameters": {"q": ["x", "y"]},
        "body": None,
        "isBase64Encoded": False,
        "requestContext": context,
    }
    return {**event, **changed}


def _parse(event: dict[str, Any]) -> Call:
    return Call.parse(json.dumps(event))


@pytest.mark.rule("LOG-3")
def test_an_event_of_format_1() -> None:
    found = _parse(_event_1())
    assert (found.method, found.host, found.path, found.path_start) == ("GET", HOST, "/prod/orders/7", PathStart.HOST)
    assert (found.route, found.stage, found.api_id, found.account) == ("/orders/{id}", "prod", "a1b2c3", "111122223333")
    assert found.headers == {"X-A": ("1", "2"), "User-Agent": ("curl/8.5.0",)}
    assert found.query == {"q": ("x", "y")}
    assert (found.source_ip, found.is_signed, found.caller_arn) == ("203.0.113.9", False, None)
    assert str(found.time) == "2026-01-01 00:00:00+00:00"
    assert found.answer is not None
    assert found.answer.has_no_error


@pytest.mark.rule("LOG-3")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"headers": None, "multiValueHeaders": None}, {"headers": {}}),
        ({"multiValueHeaders": None}, {"headers": {"X-A": ("2",), "User-Agent": ("curl/8.5.0",)}}),
        ({"queryStringParameters": None, "multiValueQueryStringParameters": None}, {"query": {}}),
        ({"body": "eyJhIjoxfQ==", "isBase64Encoded": True}, {"body": '{"a":1}'}),
        ({"body": "/w==", "isBase64Encoded": True}, {"body": None}),
        ({"body": "x" * 70_000}, {"body": "x" * 70_000}),
        ({"context": {"identity": {"userArn": ANN}}}, {"caller_arn": ANN, "is_signed": True}),
        ({"context": {"identity": {"clientCert": {"serialNumber": "1"}}}}, {"client_certificate": True}),
        ({"context": {"identity": {"vpceId": "vpce-1", "vpcId": "vpc-1"}}},
         {"context": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}}),
        ({"context": {"path": None}}, {"path": "/orders/7", "path_start": PathStart.STAGE}),
        ({"context": {"path": None, "domainName": "shop.example.com"}},
         {"path": "/orders/7", "path_start": PathStart.HOST}),
        ({"context": {"path": None}, "version": "1.0", "path": "/prod/orders/7"},
         {"path": "/prod/orders/7", "path_start": PathStart.RAW}),
        # The console's own test calls, and AWS's sample, do not have the stage.
        ({"context": {"path": "/orders/7"}}, {"path": "/orders/7", "path_start": PathStart.STAGE}),
        ({"context": {"domainName": "shop.example.com", "path": "/v1/orders/7"}, "path": "/v1/orders/7"},
         {"path": "/v1/orders/7", "path_start": PathStart.HOST}),
    ],
)  # fmt: skip
def test_members_of_format_1(changed: dict[str, Any], expected: dict[str, Any]) -> None:
    found = _parse(_event_1(**changed))
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.rule("LOG-3")
def test_an_event_of_format_2() -> None:
    found = _parse(
        {
            "version": "2.0",
            "routeKey": "GET /orders/{id}",
            "rawPath": "/dev/orders/7",
            "rawQueryString": "q=x%20y&q=z",
            "cookies": ["a=1", "b=2"],
            "headers": {"x-a": "1,2"},
            "requestContext": {
                "accountId": "111122223333",
                "apiId": "a1b2c3",
                "authentication": {"clientCert": {"serialNumber": "1"}},
                "authorizer": {"iam": {"userArn": ANN, "callerId": "AIDA1", "principalOrgId": "o-1"}},
                "domainName": HOST,
                "http": {"method": "GET", "path": "/dev/orders/7", "sourceIp": "192.0.2.1", "userAgent": "x"},
                "stage": "dev",
                "timeEpoch": 1767225600000,
            },
        }
    )
    assert (found.method, found.path, found.path_start, found.route) == (
        *("GET", "/dev/orders/7", PathStart.RAW, "GET /orders/{id}"),
    )
    assert found.query == {"q": ("x y", "z")}
    assert found.headers == {"x-a": ("1,2",), "cookie": ("a=1; b=2",)}
    assert (found.caller_arn, found.is_signed, found.client_certificate) == (ANN, True, True)
    assert dict(found.context) == {"aws:PrincipalOrgID": "o-1", "aws:UserAgent": "x"}
    assert str(found.time) == "2026-01-01 00:00:00+00:00"


API: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
REQUESTS = Authorizer("requests", type="REQUEST", identity_sources=["method.request.header.A"], ttl=0)
REST = Api(**API, type="REST", stages=["prod"], authorizers=[TOKENS, REQUESTS], routes=[
    Route("GET", "/tokens/{id}", authorizer="tokens"),
    Route("GET", "/requests/{id}", authorizer="requests")])  # fmt: skip
HTTP_API = Api(**API, type="HTTP", stages=["dev"], routes=[Route("GET", "/orders/{id}", authorizer="simple")],
    authorizers=[Authorizer("simple", type="REQUEST", identity_sources=["$request.header.A"])])  # fmt: skip
SOCKET = Api(**API, type="WEBSOCKET", stages=["prod"], routes=[Route("$connect", authorizer="connects")],
    authorizers=[Authorizer("connects", type="REQUEST", identity_sources=["route.request.header.A"])])  # fmt: skip


@pytest.mark.rule("LOG-3")
@pytest.mark.parametrize(
    ("api", "method", "path", "version", "headers"),
    [
        (REST, "GET", "/tokens/7", None, {"Authorization": "x"}),
        (REST, "GET", "/requests/7", None, {"A": "x"}),
        (HTTP_API, "GET", "/orders/7", "1.0", {"A": "x"}),
        (HTTP_API, "GET", "/orders/7", "2.0", {"A": "x"}),
        (SOCKET, "$connect", "", None, {"A": "x"}),
    ],
)
def test_the_event_of_an_authorizer_is_read_back_as_its_call(
    api: Api, method: str, path: str, version: str | None, headers: dict[str, str]
) -> None:
    """The events are those that ``event_for`` makes, by the rules of AUT-1."""
    context = {"requestTimeEpoch": 1767225600000}
    event = event_for(api, method, path, headers=headers, version=version, context=context)
    found = _parse(event)
    assert (found.method, found.region, found.account, found.api_id) == (method, "eu-west-1", "111122223333", "a1b2c3")
    assert found.answer is None
    more: dict[str, Any] = {"headers": headers} if found.headers is None else {}
    output = {"isAuthorized": True, "principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": []}}
    response = api.invoke(found, authorizer_output=output, **more)
    plain = api.invoke(method, path, headers=headers, authorizer_output=output)
    assert (response.status, response.arn) == (plain.status, plain.arn)


@pytest.mark.rule("LOG-3")
@pytest.mark.parametrize("key", ["$connect", "$disconnect", "send"])
def test_an_event_of_a_websocket_api(key: str) -> None:
    found = _parse(
        {
            "requestContext": {
                "routeKey": key,
                "eventType": "MESSAGE",
                "connectionId": "abc=",
                "domainName": HOST,
                "stage": "prod",
                "apiId": "a1b2c3",
                "identity": {"sourceIp": "203.0.113.9"},
                "requestTimeEpoch": 1767225600000,
            },
            "body": "{}",
            "isBase64Encoded": False,
        }
    )
    assert (found.method, found.path, found.is_websocket, found.stage) == (key, None, True, "prod")
