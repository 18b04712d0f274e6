"""Calls to WebSocket APIs: connections, route keys, and what is neither (GW-1, GW-21)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Caller, Domain, Mapped, Policy, Route, UsageError
from tests.refused import Refusal, refused

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/"
ANN = "arn:aws:iam::111122223333:user/Ann"
CHAT = Api(
    **HERE,
    type="WEBSOCKET",
    routes=[Route("$connect"), Route("$default"), Route("send")],
    domains=[Domain("chat.example.com", (Mapped("live", "prod"),))],
)


def manager(resource: str) -> Caller:
    statement = {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": resource}
    return Caller(ANN, identity=Policy.parse({"Statement": statement}, kind="identity"))


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("sent", "connection"),
    [
        ("/@connections/ab%3D", "ab%3D"),
        ("/@connections/ab=", "ab="),
        ("/%40connections/ab%253D", "ab%253D"),
        ("/@connections/a/b", "a/b"),
        ("/@connections/x@connections", "x@connections"),
    ],
)
def test_the_arn_has_the_id_of_a_connection_as_it_is_sent(sent: str, connection: str) -> None:
    arn = f"{ARN}POST/@connections/{connection}"
    response = CHAT.invoke("POST", sent, caller=manager(arn))
    assert (response.status, response.arn) == (200, arn)
    assert CHAT.invoke("POST", sent, caller=manager(f"{ARN}POST/@connections/other")).status == 403


@pytest.mark.rule("GW-1")
def test_a_policy_for_the_decoded_id_does_not_match_an_encoded_one() -> None:
    caller = manager(ARN + "POST/@connections/ab=")
    assert CHAT.invoke("POST", "/@connections/ab=", caller=caller).allowed
    assert CHAT.invoke("POST", "/@connections/ab%3D", caller=caller).status == 403


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/@connections/@connections/x", "must not end in /@connections"),
        ("/@connections/%40connections/x", "must not end in /@connections"),
        ("/@connections/@connections", "must not end in /@connections"),
        ("/@connections/a/@connections/b", "must not end in /@connections"),
        ("/@connections//@connections/b", "must not end in /@connections"),
        ("/prod/@connections/x", "after the stage only /@connections/ID is possible"),
        ("/@connectionsfoo", "after the stage only /@connections/ID is possible"),
        ("/@connections%2Fx", "after the stage only /@connections/ID is possible"),
    ],
)
def test_another_path_is_no_connection_and_no_route(path: str, why: str) -> None:
    for api in (CHAT, Api(**HERE, type="WEBSOCKET", routes=[Route("$connect")])):
        for verb in ("POST", "TRACE"):
            response = api.invoke(verb, path, caller=manager("*"))
            message = f"No method found matching route {path[1:]} for http method {verb}."
            assert (response.status, response.message) == (404, message)
            assert (response.steps[-1].gate, why in response.steps[-1].detail) == ("route", True)


@pytest.mark.rule("GW-21")
@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "$connect", "the path '$connect'"),
        ("GET", "send", "the path 'send'"),
        ("$connect", "send", "the path 'send'"),
        ("GET", "", "GET as a route key"),
        ("OPTIONS", "/", "OPTIONS with the path '/'"),
        ("GET", "/orders", "GET with the path '/orders'"),
        ("TRACE", "/", "TRACE with the path '/'"),
        ("CONNECT", "", "CONNECT as a route key"),
    ],
)
def test_what_is_neither_a_route_key_nor_a_connection_is_a_usage_error(method: str, path: str, found: str) -> None:
    assert refused(UsageError, lambda: CHAT.invoke(method, path)) == Refusal(
        f"a WebSocket API is called by a route key, or by a verb and the path of a connection; found {found}",
        advice='pass the route key alone, such as invoke("$connect"), or invoke("POST", "/@connections/ID")',
        rule="GW-21",
    )


@pytest.mark.rule("GW-21", "GW-26")
@pytest.mark.parametrize("path", ["", "/"])
@pytest.mark.parametrize("key", ["$connect", "send", "other"])
def test_a_route_key_is_called_without_a_path(key: str, path: str) -> None:
    assert CHAT.invoke(key, path).allowed
    assert CHAT.invoke(key, f"/live{path}", domain_name="chat.example.com").allowed


@pytest.mark.rule("GW-26", "GW-28")
def test_a_path_behind_the_stage_finds_no_route() -> None:
    response = CHAT.invoke("$connect", "/live/more", domain_name="chat.example.com")
    assert (response.status, response.steps[-1].gate) == (403, "route")
    assert CHAT.invoke("$connect", "/more").status == 403


@pytest.mark.rule("GW-26")
def test_a_verb_never_finds_the_default_route() -> None:
    domain = Domain("odd.example.com", (Mapped("@connections", "prod"),))
    odd = Api(**HERE, type="WEBSOCKET", routes=[Route("$default")], domains=[domain])
    response = odd.invoke("POST", "/@connections", domain_name="odd.example.com")
    assert (response.status, response.message) == (403, "Missing Authentication Token")
    assert "after the stage only /@connections/ID is possible" in response.steps[-1].detail


@pytest.mark.rule("GW-1", "GW-21")
def test_a_message_may_have_the_name_of_a_verb_that_no_api_declares() -> None:
    api = Api(**HERE, type="WEBSOCKET", routes=[Route("$connect"), Route("TRACE")])
    assert api.invoke("TRACE").allowed
    with pytest.raises(UsageError, match="found CONNECT as a route key"):
        api.invoke("CONNECT")


def test_what_is_no_text_is_refused() -> None:
    number: Any = 7
    for method, path in (("$connect", number), (number, "")):
        with pytest.raises(UsageError):
            CHAT.invoke(method, path)
