"""The events of Lambda authorizers, field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import RequestError, UsageError
from execpolicy.api import Api
from execpolicy.gateway.authorizers.event import event_of
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.flow.authorizer_event import event_for
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.readings import Readings
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import Stage
from execpolicy.literals import AuthTypeName, PayloadFormat
from tests.refused import Refusal, refused
from tests.untyped import untyped

ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NO_REQUEST = "00000000-0000-0000-0000-000000000000"
NOW = 1_583_348_638_390
TIME = "04/Mar/2020:19:03:58 +0000"
TOLD = {"identity.sourceIp": "203.0.113.9", "requestTimeEpoch": NOW, "requestId": "r-1", "extendedRequestId": "x-1"}
CERTIFICATE = {"clientCertPem": "CERT", "subjectDN": "www.example.com", "serialNumber": "1"}

TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
PEOPLE = Authorizer("people", type="REQUEST", ttl=0)
ITEM = Route("GET", "/orders/{id}", authorizer="people")


def rest_api(*routes: Route, **more: Any) -> Api:
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=[Stage("prod", variables={"color": "blue"}), "beta"],
        stage="prod",
        routes=routes,
        authorizers=[TOKENS, PEOPLE],
        **more,
    )


def http_api(
    *sources: str, stage: Stage | str = "$default", payload_format: PayloadFormat = "2.0", route: Route = ITEM
) -> Api:
    return Api(
        id="a1b2c3",
        type="HTTP",
        region="eu-west-1",
        account="111122223333",
        stages=[stage],
        routes=[route],
        authorizers=[
            Authorizer("people", type="REQUEST", identity_sources=sources, payload_format=payload_format),
        ],
    )


def socket_api(*sources: str) -> Api:
    return Api(
        id="a1b2c3",
        type="WEBSOCKET",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        routes=[Route("$connect", authorizer="people"), Route("sendMessage")],
        authorizers=[Authorizer("people", type="REQUEST", identity_sources=sources)],
    )


# TOKEN


@pytest.mark.rule("AUT-1")
def test_a_token_event_has_three_fields() -> None:
    api = rest_api(Route("ANY", "/orders/{id}", authorizer="tokens"))

    event = event_for(api, "GET", "/orders/7", headers={"authorization": "Bearer abc"}, query={"a": "b"})

    assert event == {"type": "TOKEN", "authorizationToken": "Bearer abc", "methodArn": f"{ARN}/prod/GET/orders/7"}


@pytest.mark.rule("AUT-1")
def test_the_token_event_of_a_root_path_ends_in_a_slash() -> None:
    api = rest_api(Route("GET", "/", authorizer="tokens"))
    headers = {"Authorization": "abc"}

    for path in ("/", ""):
        event = event_for(api, "GET", path, headers=headers, stage="beta")
        assert event["methodArn"] == f"{ARN}/beta/GET/"


# REQUEST, REST

IDENTITY = {
    "accountId": None,
    "accessKey": None,
    "caller": None,
    "cognitoAuthenticationProvider": None,
    "cognitoAuthenticationType": None,
    "cognitoIdentityId": None,
    "cognitoIdentityPoolId": None,
    "principalOrgId": None,
    "sourceIp": "203.0.113.9",
    "user": None,
    "userAgent": "curl/8",
    "userArn": None,
}


@pytest.mark.rule("AUT-1")
def test_a_request_event_of_a_rest_api() -> None:
    event = event_for(
        rest_api(ITEM),
        "GET",
        "/orders/7",
        headers={"X-Tenant": "acme", "User-Agent": "curl/8", "X-Two": ["1", "2"], "x-two": "3", "X-API-Key": "key-1"},
        query={"page": ["2", "3"], "q": "a b", "none": []},
        context={**TOLD, "resourceId": "res1", "deploymentId": "dep1", "identity.clientCert": CERTIFICATE},
    )

    assert event == {
        "type": "REQUEST",
        "methodArn": f"{ARN}/prod/GET/orders/7",
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "GET",
        "headers": {"X-Tenant": "acme", "User-Agent": "curl/8", "X-Two": "3", "X-API-Key": "key-1"},
        "multiValueHeaders": {
            "X-Tenant": ["acme"],
            "User-Agent": ["curl/8"],
            "X-Two": ["1", "2", "3"],
            "X-API-Key": ["key-1"],
        },
        "queryStringParameters": {"page": "3", "q": "a b"},
        "multiValueQueryStringParameters": {"page": ["2", "3"], "q": ["a b"]},
        "pathParameters": {"id": "7"},
        "stageVariables": {"color": "blue"},
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "a1b2c3",
            "deploymentId": "dep1",
            "domainName": HOST,
            "domainPrefix": "a1b2c3",
            "extendedRequestId": "x-1",
            "httpMethod": "GET",
            "identity": {**IDENTITY, "apiKey": "key-1", "clientCert": CERTIFICATE},
            "path": "/prod/orders/7",
            "protocol": "HTTP/1.1",
            "requestId": "r-1",
            "requestTime": TIME,
            "requestTimeEpoch": NOW,
            "resourceId": "res1",
            "resourcePath": "/orders/{id}",
            "stage": "prod",
        },
    }


@pytest.mark.rule("AUT-1")
def test_what_is_empty_stands_empty_in_a_request_event() -> None:
    event = event_for(rest_api(Route("GET", "/", authorizer="people")), "GET", "/", stage="beta")

    empty = (
        "headers",
        "multiValueHeaders",
        "multiValueQueryStringParameters",
        "pathParameters",
        "queryStringParameters",
        "stageVariables",
    )
    assert [event[name] for name in empty] == [{}] * len(empty)
    assert event["requestContext"]["path"] == "/beta/"


@pytest.mark.rule("AUT-1")
def test_what_nobody_told_stands_as_a_fixed_value() -> None:
    context = event_for(rest_api(ITEM), "GET", "/orders/7")["requestContext"]

    assert context["identity"]["sourceIp"] == "192.0.2.1"
    assert context["identity"]["userAgent"] is None
    assert "apiKey" not in context["identity"]
    assert "clientCert" not in context["identity"]
    assert context["requestId"] == NO_REQUEST
    assert context["requestTime"] == "01/Jan/1970:00:00:00 +0000"
    assert context["requestTimeEpoch"] == 0
    names = ("extendedRequestId", "resourceId", "deploymentId")
    assert [context[name] for name in names] == ["AAAAAAAAAAAAAAA=", "aaaaaa", "aaaaaa"]


@pytest.mark.rule("AUT-1")
def test_condition_keys_tell_what_context_variables_tell() -> None:
    told = {"aws:SourceIp": "203.0.113.9", "aws:UserAgent": "curl/8", "aws:PrincipalArn": "x"}
    event = event_for(
        rest_api(ITEM), "GET", "/orders/7", context={**told, "aws:CurrentTime": "2020-03-04T19:03:58.390Z"}
    )

    assert event["requestContext"]["identity"]["sourceIp"] == "203.0.113.9"
    assert event["requestContext"]["identity"]["userAgent"] == "curl/8"
    assert event["requestContext"]["requestTimeEpoch"] == NOW
    assert event["requestContext"]["requestTime"] == TIME


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    ("key", "found", "advice"),
    [
        ("aws:SourcIp", "which is not a condition key that AWS documents", "did you mean aws:SourceIp?"),
        (
            "aws:NothingLikeIt",
            "which is not a condition key that AWS documents",
            "leave it out: the event does not show it",
        ),
        ("aws:PrincipalTag/", "which names no tag", "did you mean aws:PrincipalTag/?"),
        ("s3:prefix", None, ""),
        ("authorizer.custom", None, ""),
    ],
)
def test_a_misspelled_condition_key_is_refused(key: str, found: str | None, advice: str) -> None:
    def make() -> object:
        return event_for(rest_api(ITEM), "GET", "/orders/7", context={key: "203.0.113.9"})

    if found is None:
        assert make()
    else:
        assert refused(RequestError, make) == Refusal(f'found "{key}", {found}', advice=advice, rule="KEY-1")


@pytest.mark.rule("AUT-1")
@pytest.mark.parametrize(
    ("context", "epoch"),
    [
        ({"aws:EpochTime": "1583348638"}, 1_583_348_638_000),
        ({"AWS:epochtime": 1583348638}, 1_583_348_638_000),
        ({"aws:CurrentTime": "no time", "aws:EpochTime": "5"}, 5000),
        ({"aws:CurrentTime": "no time"}, 0),
        ({"aws:EpochTime": "5", "requestTimeEpoch": 7}, 7),
        ({"requestTimeEpoch": 253_402_300_799_999}, 253_402_300_799_999),
    ],
)
def test_the_time_of_a_call(context: dict[str, Any], epoch: int) -> None:
    event = event_for(rest_api(ITEM), "GET", "/orders/7", context=context)

    assert event["requestContext"]["requestTimeEpoch"] == epoch


@pytest.mark.rule("AUT-1")
def test_an_event_is_json_and_new_each_time() -> None:
    api = rest_api(ITEM)
    headers = {"X-Two": ["1", "2"]}
    first = event_for(api, "GET", "/orders/7", headers=headers)
    first["multiValueHeaders"]["X-Two"].clear()
    first["stageVariables"].clear()
    second = event_for(api, "GET", "/orders/7", headers=headers)

    assert json.loads(json.dumps(second)) == second
    assert second["multiValueHeaders"] == {"X-Two": ["1", "2"]}
    assert second["stageVariables"] == {"color": "blue"}


@pytest.mark.rule("AUT-1", "GW-4")
def test_a_path_goes_into_the_arn_as_the_api_is_read() -> None:
    route = Route("GET", "/orders/{id}", authorizer="people")

    as_sent = event_for(rest_api(route), "GET", "/orders/%37/")
    normalised = event_for(rest_api(route, readings=Readings(path="normalised")), "GET", "/orders/%37/")

    assert as_sent["methodArn"] == f"{ARN}/prod/GET/orders/%37/"
    assert normalised["methodArn"] == f"{ARN}/prod/GET/orders/7"
    assert as_sent["path"] == normalised["path"] == "/orders/%37/"


# REQUEST, HTTP


@pytest.mark.rule("AUT-1")
def test_a_request_event_of_payload_format_1() -> None:
    api = http_api("$request.header.X-User", "$request.querystring.q", stage="prod", payload_format="1.0")

    event = event_for(
        api, "GET", "/orders/7", headers={"x-user": "user1", "User-Agent": "curl/8"}, query={"q": "123"}, context=TOLD
    )

    assert event == {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": f"{ARN}/prod/GET/orders/7",
        "identitySource": "user1,123",
        "authorizationToken": "user1,123",
        "resource": "/orders/{id}",
        "path": "/orders/7",
        "httpMethod": "GET",
        "headers": {"x-user": "user1", "User-Agent": "curl/8"},
        "multiValueHeaders": {"x-user": ["user1"], "User-Agent": ["curl/8"]},
        "queryStringParameters": {"q": "123"},
        "multiValueQueryStringParameters": {"q": ["123"]},
        "pathParameters": {"id": "7"},
        "stageVariables": {},
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "a1b2c3",
            "domainName": HOST,
            "domainPrefix": "a1b2c3",
            "extendedRequestId": "x-1",
            "httpMethod": "GET",
            "identity": IDENTITY,
            "path": "/prod/orders/7",
            "protocol": "HTTP/1.1",
            "requestId": "r-1",
            "requestTime": TIME,
            "requestTimeEpoch": NOW,
            "resourceId": "aaaaaa",
            "resourcePath": "/orders/{id}",
            "stage": "prod",
        },
    }


@pytest.mark.rule("AUT-1")
def test_a_request_event_of_payload_format_2() -> None:
    api = http_api("$request.header.X-User", "$context.routeKey", stage=Stage("$default", variables={"color": "red"}))

    event = event_for(
        api,
        "GET",
        "/orders/7",
        headers={"X-User": "user1", "Cookie": ["a=1; b=2;", "c=3"], "X-Two": ["1", "2"], "User-Agent": "curl/8"},
        query={"q": ["v 1", "v2"], "p": "&"},
        context={**TOLD, "identity.clientCert": CERTIFICATE},
    )

    assert event == {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{ARN}/$default/GET/orders/7",
        "identitySource": ["user1", "GET /orders/{id}"],
        "routeKey": "GET /orders/{id}",
        "rawPath": "/orders/7",
        "rawQueryString": "q=v+1&q=v2&p=%26",
        "cookies": ["a=1", "b=2", "c=3"],
        "headers": {"x-user": "user1", "x-two": "1,2", "user-agent": "curl/8"},
        "queryStringParameters": {"q": "v 1,v2", "p": "&"},
        "pathParameters": {"id": "7"},
        "stageVariables": {"color": "red"},
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "a1b2c3",
            "authentication": {"clientCert": CERTIFICATE},
            "domainName": HOST,
            "domainPrefix": "a1b2c3",
            "http": {
                "method": "GET",
                "path": "/orders/7",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "curl/8",
            },
            "requestId": "r-1",
            "routeKey": "GET /orders/{id}",
            "stage": "$default",
            "time": TIME,
            "timeEpoch": NOW,
        },
    }


@pytest.mark.rule("AUT-1")
def test_what_is_empty_is_left_out_of_payload_format_2() -> None:
    api = http_api(route=Route("ANY", "/", authorizer="people"))

    event = event_for(api, "POST", "/", query={"none": []})

    assert sorted(event) == sorted(
        (
            "headers",
            "identitySource",
            "rawPath",
            "rawQueryString",
            "requestContext",
            "routeArn",
            "routeKey",
            "type",
            "version",
        )
    )
    assert event["identitySource"] is None
    assert event["routeKey"] == "ANY /"
    assert event["rawQueryString"] == ""
    assert event["routeArn"] == f"{ARN}/$default/POST/"
    assert event["requestContext"]["http"]["userAgent"] == ""
    assert "authentication" not in event["requestContext"]


@pytest.mark.rule("AUT-1")
def test_paths_name_the_stage_in_payload_format_2() -> None:
    event = event_for(http_api(stage="prod"), "GET", "/orders/7")

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/prod/orders/7"
    assert event["routeArn"] == f"{ARN}/prod/GET/orders/7"


@pytest.mark.rule("AUT-1")
def test_the_last_route_of_an_http_api_has_its_key_for_a_resource() -> None:
    api = http_api(payload_format="1.0", route=Route("$default", authorizer="people"))

    event = event_for(api, "DELETE", "/nowhere")

    assert (event["resource"], event["path"], event["pathParameters"]) == ("$default", "/nowhere", {})
    assert event["identitySource"] is None
    assert event["authorizationToken"] is None


@pytest.mark.rule("AUT-1")
def test_an_http_api_may_be_asked_for_the_other_payload_format() -> None:
    two, one = http_api(payload_format="2.0"), http_api(payload_format="1.0")

    assert event_for(two, "GET", "/orders/7", version="1.0") == event_for(one, "GET", "/orders/7")
    assert event_for(one, "GET", "/orders/7", version="2.0") == event_for(two, "GET", "/orders/7")


# REQUEST, WebSocket


@pytest.mark.rule("AUT-1")
def test_a_request_event_of_a_connection() -> None:
    event = event_for(
        socket_api("route.request.querystring.token"),
        "$connect",
        headers={"Sec-WebSocket-Version": "13"},
        query={"token": "abc"},
        context={**TOLD, "connectionId": "c-1"},
    )

    assert event == {
        "type": "REQUEST",
        "methodArn": f"{ARN}/prod/$connect",
        "headers": {"Sec-WebSocket-Version": "13"},
        "multiValueHeaders": {"Sec-WebSocket-Version": ["13"]},
        "queryStringParameters": {"token": "abc"},
        "multiValueQueryStringParameters": {"token": ["abc"]},
        "stageVariables": {},
        "requestContext": {
            "apiId": "a1b2c3",
            "connectedAt": NOW,
            "connectionId": "c-1",
            "domainName": HOST,
            "eventType": "CONNECT",
            "extendedRequestId": "x-1",
            "identity": {"sourceIp": "203.0.113.9"},
            "messageDirection": "IN",
            "requestId": "r-1",
            "requestTime": TIME,
            "requestTimeEpoch": NOW,
            "routeKey": "$connect",
            "stage": "prod",
        },
    }


@pytest.mark.rule("AUT-1")
def test_a_connection_tells_its_user_agent_when_it_is_sent() -> None:
    event = event_for(socket_api(), "$connect", headers={"User-Agent": "browser"})

    assert event["requestContext"]["identity"] == {"sourceIp": "192.0.2.1", "userAgent": "browser"}
    assert event["requestContext"]["connectionId"] == "AAAAAAAAAAAAAAA="


# Without a call of find_route


@pytest.mark.rule("AUT-1")
def test_an_event_of_a_known_route() -> None:
    api = rest_api(ITEM)

    event = event_of(api, api.stages[1], ITEM, {"id": "9"}, IncomingCall("PUT", "/somewhere"), arn="arn:any")

    assert (event["methodArn"], event["httpMethod"], event["path"]) == ("arn:any", "PUT", "/somewhere")
    assert (event["resource"], event["pathParameters"]) == ("/orders/{id}", {"id": "9"})
    assert event["requestContext"]["stage"] == "beta"


@pytest.mark.rule("AUT-1")
def test_a_call_without_its_token_has_an_empty_one() -> None:
    route = Route("GET", "/orders", authorizer="tokens")
    api = rest_api(route)

    event = event_of(api, api.stage, route, {}, IncomingCall("GET", "/orders"), arn="arn:any")

    assert event == {"type": "TOKEN", "authorizationToken": "", "methodArn": "arn:any"}


@pytest.mark.rule("AUT-1")
def test_a_call_without_a_source_leaves_its_place_empty() -> None:
    sources = ("$request.header.A", "$request.header.B")
    for payload_format, shown in (("1.0", ",b"), ("2.0", [None, "b"])):
        api = http_api(*sources, payload_format=untyped(payload_format))
        event = event_of(api, api.stage, ITEM, {}, IncomingCall("GET", "/orders/7", {"B": "b"}), arn="arn:any")
        assert event["identitySource"] == shown


# No event


@pytest.mark.rule("AUT-4")
def test_a_call_that_is_refused_before_the_function_has_no_event() -> None:
    api = rest_api(Route("GET", "/orders", authorizer="tokens"))

    assert refused(RequestError, lambda: event_for(api, "GET", "/orders")) == Refusal(
        "the authorizer tokens reads method.request.header.Authorization, which the call does not have or has empty: "
        "the call is a 401, and the function is not called",
        rule="AUT-4",
    )


@pytest.mark.rule("GW-26")
def test_a_call_without_a_route_has_no_event() -> None:
    said = refused(RequestError, lambda: event_for(rest_api(ITEM), "POST", "/orders/7"))

    assert said == Refusal("`/orders/7` is served for GET; not for POST", rule="GW-26")


@pytest.mark.rule("GW-13")
@pytest.mark.parametrize(("auth", "shown"), [(None, "NONE"), ("AWS_IAM", "AWS_IAM")])
def test_a_route_without_a_function_has_no_event(auth: AuthTypeName | None, shown: str) -> None:
    said = refused(RequestError, lambda: event_for(rest_api(Route("GET", "/open", auth=auth)), "GET", "/open"))

    assert said == Refusal(f"GET /open requires {shown}: no function is called", rule="GW-13")


@pytest.mark.rule("GW-21")
def test_messages_of_a_connection_have_no_event() -> None:
    assert refused(RequestError, lambda: event_for(socket_api(), "sendMessage")) == Refusal(
        "sendMessage has no authorizer: a WebSocket API authorizes $connect only",
        advice="use $connect",
        rule="GW-21",
    )


# Wrong use


@pytest.mark.rule("AUT-1")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"headers": ["a"]}, Refusal("headers is a mapping, found a list", advice="write headers={…: …}")),
        ({"headers": {"a": 1}}, Refusal("each of headers is a text or a list of texts, found int")),
        ({"headers": {"a": {"b"}}}, Refusal("each of headers is a text or a list of texts, found set")),
        ({"headers": {"a": [1]}}, Refusal("each of headers is a text, found 1, an int")),
        ({"query": {1: "a"}}, Refusal("a name in query is a text, found 1, an int")),
        ({"query": "a=b"}, Refusal("query is a mapping, found a str", advice="write query={…: …}")),
        ({"context": "a"}, Refusal("context is a mapping, found a str", advice="write context={…: …}")),
        ({"context": {1: "a"}}, Refusal("a name in context is a text, found 1, an int")),
        ({"stage": "test"}, Refusal("found no stage 'test', the API has prod, beta", rule="GW-6")),
        (
            {"version": "2.0"},
            Refusal('version is "1.0" or "2.0", and for HTTP APIs alone; found \'2.0\'', rule="AUT-1"),
        ),
    ],
    ids=repr,
)
def test_arguments_of_another_kind_are_refused(arguments: dict[str, Any], said: Refusal) -> None:
    assert refused(UsageError, lambda: event_for(rest_api(ITEM), "GET", "/orders/7", **arguments)) == said


@pytest.mark.rule("AUT-1")
def test_an_http_api_has_two_payload_formats() -> None:
    said = refused(UsageError, lambda: event_for(http_api(), "GET", "/orders/7", version="3.0"))

    assert said == Refusal('version is "1.0" or "2.0", and for HTTP APIs alone; found \'3.0\'', rule="AUT-1")


@pytest.mark.rule("AUT-1")
@pytest.mark.parametrize("moment", [-1, 253_402_300_800_000, True, "1583348638390", 1.5])
def test_a_time_that_is_none_is_refused(moment: object) -> None:
    said = refused(
        UsageError, lambda: event_for(rest_api(ITEM), "GET", "/orders/7", context={"requestTimeEpoch": moment})
    )

    assert said == Refusal(
        f"the time of a call is a number of milliseconds from 1970 to the year 9999, found {moment!r}", rule="AUT-1"
    )


@pytest.mark.rule("AUT-1")
def test_a_clock_far_beyond_the_calendar_is_refused() -> None:
    said = refused(
        UsageError, lambda: event_for(rest_api(ITEM), "GET", "/orders/7", context={"aws:EpochTime": "9" * 20_000})
    )

    assert said.message.startswith("the time of a call is a number of milliseconds from 1970 to the year 9999, found ")


@pytest.mark.rule("AUT-1")
def test_method_and_path_are_texts() -> None:
    api: Any = rest_api(ITEM)
    number: Any = 5

    assert refused(UsageError, lambda: event_for(api, number, "/")).message == "method is a text, found 5, an int"
    assert refused(UsageError, lambda: event_for(api, "GET", number)).message == "path is a text, found 5, an int"
