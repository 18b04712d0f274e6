"""Where calls that texts describe go: stage, path and host, and what a text does not say (LOG-5)."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from execpolicy import (
    Api,
    Authorizer,
    Call,
    Caller,
    Context,
    Domain,
    Issuer,
    Mapped,
    Policy,
    RequestError,
    Route,
    RoutingRule,
    UsageError,
)
from execpolicy.gateway.model.variants import Variants

HOST: Final = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
PLACE: Final[dict[str, Any]] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
ROUTES: Final = [
    Route("GET", "/orders/{id}"),
    Route("GET", "/health"),
    Route("GET", "/"),
    Route("GET", "/signed", auth="AWS_IAM"),
    Route("GET", "/keys", api_key_required=True),
    Route("GET", "/tokens", authorizer="tokens"),
]
TOKENS: Final = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])


def _rest(**more: Any) -> Api:
    return Api(**{**PLACE, "type": "REST", "stages": ["prod", "v1"], "stage": "prod", "routes": ROUTES,
                  "authorizers": [TOKENS], **more})  # fmt: skip


PLAIN: Final = _rest()
MAPPED: Final = _rest(domains=[Domain("shop.example.com", [Mapped("v1", stage="prod"), Mapped("", stage="v1")])])
HTTP_API: Final = Api(**PLACE, type="HTTP", stages=["$default", "dev"], stage="$default",
    routes=[Route("GET", "/orders"), Route("GET", "/dev/orders"), Route("GET", "/v2/orders")],
    domains=[Domain("shop.example.com", [Mapped("v2", stage="dev"), Mapped("v3", stage="$default")])])  # fmt: skip


def _line(**fields: Any) -> Call:
    return Call.parse(json.dumps({"httpMethod": "GET", "ip": "203.0.113.9", **fields}))


def _event_2(path: str, stage: str, route: str, host: str = HOST) -> Call:
    context = {"http": {"method": "GET", "path": path, "sourceIp": "203.0.113.9"}, "stage": stage, "domainName": host}
    return Call.parse(json.dumps({"version": "2.0", "rawPath": path, "routeKey": route, "headers": {},
                                  "requestContext": context}))  # fmt: skip


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize(
    ("api", "call", "arn"),
    [
        (PLAIN, _line(path="/prod/orders/7", domainName=HOST), "prod/GET/orders/7"),
        (PLAIN, _line(path="/v1/orders/7", domainName=HOST, stage="v1"), "v1/GET/orders/7"),
        (PLAIN, _line(path="/v1/orders/7"), "v1/GET/orders/7"),
        (PLAIN, _line(path="/prod/"), "prod/GET/"),
        (PLAIN, _line(path="/prod"), "prod/GET/"),
        (PLAIN, _line(resourcePath="/health", stage="v1"), "v1/GET/health"),
        (PLAIN, _line(resourcePath="/health"), "prod/GET/health"),
        (MAPPED, _line(path="/v1/orders/7", domainName="shop.example.com"), "prod/GET/orders/7"),
        (MAPPED, _line(path="/orders/7", domainName="Shop.example.com"), "v1/GET/orders/7"),
        (MAPPED, _line(path="/v1/orders/7", stage="prod"), "prod/GET/orders/7"),
        # The route decides between the stage v1, and the stage v1 behind the empty base path.
        (MAPPED, _line(path="/v1/orders/7", stage="v1", resourcePath="/orders/{id}"), "v1/GET/orders/7"),
        (MAPPED, _line(resourcePath="/health", stage="prod", domainName="shop.example.com"), "prod/GET/health"),
        (HTTP_API, _event_2("/orders", "$default", "GET /orders"), "$default/GET/orders"),
        (HTTP_API, _event_2("/dev/orders", "dev", "GET /orders"), "dev/GET/orders"),
        # Behind a custom domain, the stage stands where the base path was sent.
        (HTTP_API, _event_2("/dev/orders", "dev", "GET /orders", "shop.example.com"), "dev/GET/orders"),
        (HTTP_API, _event_2("/v2/orders", "dev", "GET /orders", "shop.example.com"), "dev/GET/orders"),
        (HTTP_API, _event_2("/v3/orders", "$default", "GET /orders", "shop.example.com"), "$default/GET/orders"),
    ],
)
def test_the_stage_and_the_path_of_a_call(api: Api, call: Call, arn: str) -> None:
    assert api.invoke(call, caller="anonymous").arn == f"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/{arn}"


@pytest.mark.rule("LOG-5")
@pytest.mark.rule("LOG-2")
@pytest.mark.parametrize(
    ("api", "call", "source", "message"),
    [
        (PLAIN, _line(path="/orders/7"), "<path>",
         'found "/orders/7", which begins neither with a stage of a1b2c3 nor'),
        (PLAIN, _line(path="/prod/orders/7", stage="v1"), "<path>", 'found "/prod/orders/7", which begins neither'),
        (PLAIN, _line(path="/prod/a", stage="v1", domainName=HOST), "<path>",
         "the path leads to the stage prod, and the text says v1"),
        (PLAIN, _line(path="/prod/a", stage="test"), "<stage>",
         "the call has the stage test, and the API has prod, v1"),
        (PLAIN, _line(path="/prod/a", apiId="zzz"), "<api_id>",
         "the call is one to the API zzz, and the file describes a1b2c3"),
        (PLAIN, _line(path="/prod/a", accountId="999999999999"), "<account>",
         "the call is one to the account 9999999999"),
        (PLAIN, _line(path="/a", domainName="b.example"), "<domain_name>", "b.example is not a domain name of the API"),
        (PLAIN, _line(resourcePath="/orders/{id}"), "<route>",
         'the text has "/orders/{id}", the path of the route, and not that of the call'),
        (PLAIN, _line(resourcePath="/prod/health"), "<route>", "has no such route"),
        (PLAIN, _line(routeKey="$default"), "<route>", 'the text has "$default", the path of the route'),
        (MAPPED, _line(path="/v1/orders/7", stage="v1"), "<path>",
         'found "/v1/orders/7", which can be /orders/7 of the stage v1 and /v1/orders/7 of the stage v1'),
        (MAPPED, _line(path="/v1/orders/7"), "<path>", "which can be"),
        (PLAIN, Call.parse('{"routeKey":"$connect","eventType":"CONNECT"}'), "<method>",
         "the call is one to a WebSocket API, and a1b2c3 is of type REST"),
    ],
)  # fmt: skip
def test_what_a_text_does_not_say_or_says_of_another_api_is_refused(
    api: Api, call: Call, source: str, message: str
) -> None:
    with pytest.raises(RequestError) as caught:
        api.invoke(call, caller="anonymous")
    assert message in caught.value.message
    assert caught.value.source is not None
    assert caught.value.source.name == source
    assert caught.value.advice


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize(
    ("call", "more", "message"),
    [
        (_line(path="/prod/signed"), {}, "the text does not say whether the call was signed, and its route requires"),
        (_line(path="/prod/signed", caller="AIDAEXAMPLE"), {}, "the call is signed by AIDAEXAMPLE, and the text"),
        (_line(path="/prod/keys"), {},
         "the text does not have the headers of the call, and the gate API key reads them"),
        (_line(path="/prod/tokens"), {"authorizer_output": "Unauthorized"},
         "the text does not have the headers of the call, and the gate identity source reads them"),
        (_line(path="/prod/health", userArn="arn:aws:iam::111122223333:user/Ann"),
         {"caller": "arn:aws:iam::111122223333:user/Bob"}, "the caller is given as arn:aws:iam::111122223333:user/Bob"),
        (_line(path="/prod/health", caller="AIDAEXAMPLE"), {"caller": "anonymous"}, "the caller is given as anonymous"),
        (_line(path="/prod/health"), {"context": {"aws:SourceIp": "203.0.113.8"}},
         "aws:SourceIp is given as 203.0.113.8, and the text has the value"),
        (_line(path="/prod/health", vpceId="-"), {"context": {"aws:SourceVpce": "vpce-1"}}, "the text has no such key"),
        (_line(path="/prod/health", requestTimeEpoch=0), {"context": {"aws:EpochTime": 5}}, "the text has the time"),
        (_line(requestId="x", path="/prod/health", httpMethod="-"), {}, "the text does not say the method of the call"),
        (_line(stage="prod", eventType="-", status=403, resourcePath="-", path="-", routeKey="-"), {},
         "the text does not say the path of the call"),
    ],
)  # fmt: skip
def test_a_call_that_lacks_something_or_contradicts_what_is_given(
    call: Call, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(RequestError) as caught:
        PLAIN.invoke(call, **more)
    assert message in caught.value.message


@pytest.mark.rule("LOG-5")
def test_what_a_log_does_not_have_can_be_given() -> None:
    call = _line(path="/prod/tokens")
    output = {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}}  # fmt: skip
    assert PLAIN.invoke(call, headers={"Authorization": "x"}, authorizer_output=output).status == 200
    assert PLAIN.invoke(_line(path="/prod/health"), domain_name=HOST, at="2026-01-01T00:00:00Z").status == 200
    signed = _line(path="/prod/signed")
    assert PLAIN.invoke(signed, caller="anonymous").status == 403
    identity = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")
    ann = Caller("arn:aws:iam::111122223333:user/Ann", identity=identity)
    assert PLAIN.invoke(signed, caller=ann).status == 200


@pytest.mark.rule("LOG-5")
def test_a_logged_call_whose_token_nobody_knows_is_not_denied() -> None:
    issuer = Issuer("https://id.example", ["shop"])
    tokens = Authorizer("jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[issuer])
    api = Api(**PLACE, type="HTTP", routes=[Route("GET", "/health", authorizer="jwt")], authorizers=[tokens])
    call = _line(path="/health", domainName=HOST, stage="$default")
    with pytest.raises(RequestError) as caught:
        api.invoke(call)
    assert caught.value.message == "the text does not have the headers of the call, and the gate token reads them"
    assert caught.value.advice.endswith("; claims= or --claims has the claims of a valid token")
    sent = {"Authorization": "Bearer x"}
    assert api.invoke(call, headers=sent).status == 401
    claims = {"iss": "https://id.example", "aud": "shop", "exp": 4102444800}
    found = api.invoke(call, headers=sent, claims=claims, at="2026-11-30T10:00:00Z")
    assert found.status == 200


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize(
    ("argument", "value"),
    [("headers", {}), ("query", {}), ("domain_name", HOST), ("at", 0), ("path", "/a")],
)
def test_what_a_text_has_is_not_given_again(argument: str, value: object) -> None:
    event = {"httpMethod": "GET", "path": "/prod/health", "headers": {}, "queryStringParameters": {},
             "requestContext": {"domainName": HOST, "requestTimeEpoch": 0, "path": "/prod/health"}}  # fmt: skip
    call = Call.parse(json.dumps(event))
    if not value and argument != "at":
        value = {"a": "b"}
    arguments: dict[str, Any] = {argument: value}
    with pytest.raises(UsageError, match=f"{argument} is given besides a Call"):
        PLAIN.invoke(call, **arguments)


@pytest.mark.rule("LOG-5")
def test_keys_that_a_log_does_not_have_are_unknown() -> None:
    policy = Policy.parse(
        {"Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
             "Condition": {"StringEquals": {"aws:Referer": "https://evil.example"}}},
        ]},
        kind="resource",
    )  # fmt: skip
    api = _rest(resource_policy=policy)
    line = _line(path="/prod/health")
    assert api.invoke(line).outcome == "indeterminate"
    assert api.invoke(line, context={"aws:Referer": "https://shop.example"}).outcome == "allowed"
    assert api.invoke(line, context=Context({})).outcome == "allowed"
    # A call that a client sends has no other keys than those that are given.
    assert (
        api.invoke(Call.parse(f"https://{HOST}/prod/health"), context={"aws:SourceIp": "1.2.3.4"}).outcome == "allowed"
    )


@pytest.mark.rule("LOG-5")
def test_the_host_has_to_be_known_where_it_makes_a_difference() -> None:
    api = _rest(disable_execute_api_endpoint=True, domains=[Domain("shop.example.com", [Mapped("", stage="prod")])])
    with pytest.raises(RequestError, match="the text does not say which host was called"):
        api.invoke(_line(path="/prod/health"))
    assert api.invoke(_line(path="/prod/health", domainName=HOST)).status == 403
    assert api.invoke(_line(path="/health", domainName="shop.example.com")).status == 200


@pytest.mark.rule("LOG-5")
def test_a_call_to_a_websocket_api() -> None:
    api = Api(**PLACE, type="WEBSOCKET", stages=["prod", "test"], stage="prod",
        routes=[Route("$connect", auth="AWS_IAM"), Route("$default")],
        domains=[Domain("chat.example.com", [Mapped("v1", stage="test")])])  # fmt: skip
    line = {"routeKey": "$connect", "eventType": "CONNECT", "stage": "test", "userArn": "-"}
    for host in ({}, {"domainName": HOST}, {"domainName": "chat.example.com"}):
        response = api.invoke(Call.parse(json.dumps({**line, **host})))
        assert (response.status, response.arn.rpartition(":")[2]) == (403, "a1b2c3/test/$connect")
    with pytest.raises(RequestError, match=r"no base path of chat.example.com leads to the stage prod"):
        api.invoke(Call.parse(json.dumps({**line, "stage": "prod", "domainName": "chat.example.com"})))


@pytest.mark.rule("LOG-5")
def test_a_preflight_needs_its_headers() -> None:
    api = Api(**PLACE, type="HTTP", routes=[Route("GET", "/a", auth="AWS_IAM")], cors=True)
    with pytest.raises(RequestError, match="a preflight is known by them"):
        api.invoke(_line(httpMethod="OPTIONS", path="/a"))


@pytest.mark.rule("LOG-5")
def test_a_method_that_is_neither_a_text_nor_a_call() -> None:
    with pytest.raises(UsageError, match="the method is a text or a Call, found 5, an int"):
        PLAIN.invoke(5, "/a")  # type: ignore[arg-type]  # the type is wrong


@pytest.mark.rule("LOG-2")
@pytest.mark.parametrize(
    ("api", "call", "taken"),
    [
        (PLAIN, _line(path="/prod/health", resourcePath="/orders/{id}"), "GET /health"),
        (PLAIN, _line(path="/prod/nothing", resourcePath="/orders/{id}"), "no route"),
        (MAPPED, _line(path="/v1/health", resourcePath="/orders/{id}", domainName="shop.example.com"), "GET /health"),
        (MAPPED, _line(path="/v1/orders/7", resourcePath="/orders/{id}", domainName="shop.example.com"), ""),
        (HTTP_API, _event_2("/orders", "$default", "GET /v2/orders"), "GET /orders"),
        (HTTP_API, _event_2("/orders", "$default", "GET /orders"), ""),
        (PLAIN, _line(path="/prod/health"), ""),
    ],
)
def test_a_note_says_that_the_text_names_another_route(api: Api, call: Call, taken: str) -> None:
    notes = [note for note in api.invoke(call, caller="anonymous").notes if note.startswith("the text has the route")]
    assert [f"and the call takes {taken} here" in note for note in notes] == ([True] if taken else [])


@pytest.mark.rule("LOG-3")
def test_the_token_of_an_event_is_the_header_that_its_authorizer_reads() -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/tokens"
    call = Call.parse(json.dumps({"type": "TOKEN", "methodArn": arn, "authorizationToken": "Bearer x"}))
    lets = {"principalId": "a", "policyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}
    known: dict[str, Any] = {"authorizer_output": lets, "context": {"aws:SourceIp": "203.0.113.9"}}
    assert PLAIN.invoke(call, **known).status == 200
    assert PLAIN.invoke(call, headers={"authorization": ["Bearer x"]}, **known).status == 200
    with pytest.raises(RequestError, match="the header Authorization is given with another value"):
        PLAIN.invoke(call, headers={"Authorization": "Bearer y"}, **known)
    # Its other headers are not known.
    keyed = _rest(routes=[Route("GET", "/tokens", authorizer="tokens", api_key_required=True)])
    with pytest.raises(RequestError, match="the gate API key reads them"):
        keyed.invoke(call, **known)


@pytest.mark.rule("LOG-5")
@pytest.mark.parametrize(
    ("given", "is_same"),
    [
        ("arn:aws:sts::111122223333:assumed-role/Clerk/ann", True),
        ("arn:aws:sts::111122223333:assumed-role/Clerk/bob", False),
        ("arn:aws:sts::111122223333:assumed-role/Other/ann", False),
        ("arn:aws:sts::444455556666:assumed-role/Clerk/ann", False),
        ("arn:aws:iam::111122223333:role/Clerk", True),
        ("arn:aws:iam::111122223333:role/Other", False),
        ("arn:aws:iam::111122223333:user/Clerk", False),
    ],
)
def test_another_session_is_another_caller(given: str, is_same: bool) -> None:
    denied: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/Clerk/ann"},
    }
    both: list[dict[str, Any]] = [{"Effect": "Allow", "Principal": "*"}, denied]
    policy = {"Statement": [{"Action": "*", "Resource": "*", **each} for each in both]}
    api = _rest(resource_policy=Policy.parse(policy, kind="resource"))
    call = _line(path="/prod/signed", userArn="arn:aws:sts::111122223333:assumed-role/Clerk/ann")
    if is_same:
        # The session that is not known may be the one that is denied.
        assert api.invoke(call, caller=given).outcome == ("indeterminate" if ":role/" in given else "denied")
        return
    for caller in (given, Caller(given), Variants((Caller(given),), (), ())):
        with pytest.raises(RequestError, match="the caller is given as"):
            api.invoke(call, caller=caller)


@pytest.mark.rule("LOG-5", "GW-32")
def test_a_call_that_sends_no_header_is_known_to_match_no_rule_for_one() -> None:
    rules = [RoutingRule(1, "v1", headers={"X-Version": "1"})]
    domain = Domain(
        "shop.example.com",
        [Mapped("", stage="prod")],
        routing_mode="ROUTING_RULE_THEN_API_MAPPING",
        routing_rules=rules,
    )
    api = _rest(domains=[domain])
    entry = {"request": {"method": "GET", "url": "https://shop.example.com/health", "headers": []}}
    response = api.invoke(Call.parse(json.dumps(entry)), context=Context({}, complete=True))
    assert response.arn == "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/health"
