"""Context variables that follow from the host of a call: what authorizers see, and what tells answers apart (AUT-5)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Authorizer, AuthorizerCache, Domain, GatewayResponse, Mapped, Policy, Route

pytestmark = pytest.mark.rule("AUT-5")

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
OWN = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
DOMAINS = [Domain("x.example.com", (Mapped("shop", "prod"),)), Domain("y.example.com", (Mapped("", "prod"),))]


def answer(effect: str) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": "*", "Resource": "*"}}
    return {"principalId": "ann", "policyDocument": Policy.parse(document, kind="identity").to_document()}


def api(api_type: str, *names: str, **more: Any) -> Api:
    """An API with an authorizer that has these context variables as its sources, and keeps answers."""
    sources = [f"$context.{name}" if api_type == "HTTP" else f"context.{name}" for name in names]
    who = Authorizer("who", type="REQUEST", identity_sources=sources, ttl=300)
    routes = [Route("GET", "/a", authorizer="who")]
    return Api(**{**HERE, "type": api_type, "routes": routes, "authorizers": [who], "domains": DOMAINS, **more})


def gates(response: GatewayResponse) -> list[str]:
    return [step.gate for step in response.steps if step.number == "5c"]


@pytest.mark.parametrize("api_type", ["REST", "HTTP"])
@pytest.mark.parametrize("name", ["domainName", "domainPrefix", "path"])
def test_an_answer_is_not_used_again_for_another_host(api_type: str, name: str) -> None:
    called, cache = api(api_type, name), AuthorizerCache()

    def call(path: str, host: str, effect: str, at: int) -> GatewayResponse:
        return called.invoke("GET", path, domain_name=host, authorizer_output=answer(effect), cache=cache, at=at)

    assert call("/shop/a", "x.example.com", "Allow", 0).status == 200
    assert call("/prod/a", OWN, "Deny", 1).status == 403
    assert call("/a", "y.example.com", "Deny", 2).status == 403
    again = call("/shop/a", "x.example.com", "Deny", 3)
    assert (again.status, "cache" in gates(again)) == (200, True)


def test_a_source_that_is_not_of_the_host_is_the_same_for_all() -> None:
    called, cache = api("REST", "httpMethod"), AuthorizerCache()
    for path, host in (("/shop/a", "x.example.com"), ("/prod/a", OWN)):
        response = called.invoke("GET", path, domain_name=host, authorizer_output=answer("Allow"), cache=cache, at=0)
        assert response.allowed
    assert gates(response) == ["cache", "authorizer"]


def seen(called: Api, path: str, host: str | None, headers: Any = None, **more: Any) -> tuple[Any, ...]:
    """What the function gets of the host: name, prefix and path."""
    events = []

    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        events.append(event["requestContext"])
        return answer("Allow")

    assert called.invoke("GET", path, domain_name=host, headers=headers, authorizer_output=handler, **more).allowed
    return tuple(events[0][name] for name in ("domainName", "domainPrefix", "path"))


@pytest.mark.rule("AUT-1")
@pytest.mark.parametrize("api_type", ["REST", "HTTP"])
@pytest.mark.parametrize(
    ("path", "host", "headers", "expected"),
    [
        ("/a", None, None, (OWN, "a1b2c3", "/prod/a")),
        ("/a", None, {"Host": "x.example.com:443"}, ("x.example.com", "x", "/prod/a")),
        ("/prod/a", OWN, None, (OWN, "a1b2c3", "/prod/a")),
        ("/prod/a", OWN, {"Host": "y.example.com"}, (OWN, "a1b2c3", "/prod/a")),
        ("/shop/a", "x.example.com", None, ("x.example.com", "x", "/shop/a")),
        ("/a", "y.example.com", None, ("y.example.com", "y", "/a")),
    ],
)
def test_the_event_tells_the_host_and_the_path_of_the_url(
    api_type: str, path: str, host: str | None, headers: Any, expected: tuple[str, ...]
) -> None:
    assert seen(api(api_type, "httpMethod"), path, host, headers) == expected


@pytest.mark.rule("AUT-1", "GW-19")
def test_at_an_endpoints_host_the_host_header_is_the_name() -> None:
    open_to_all = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
    private = api(
        "REST",
        "httpMethod",
        endpoint="PRIVATE",
        domains=[],
        resource_policy=Policy.parse(open_to_all, kind="resource"),
    )
    host = "vpce-0aaa-bbbb.execute-api.eu-west-1.vpce.amazonaws.com"
    assert seen(private, "/prod/a", host, {"Host": OWN}) == (OWN, "a1b2c3", "/prod/a")
    assert seen(private, "/prod/a", host, {"x-apigw-api-id": "a1b2c3"}) == (host, "vpce-0aaa-bbbb", "/prod/a")


def test_a_connection_has_a_domain_and_no_path() -> None:
    who = Authorizer("who", type="REQUEST", identity_sources=["context.domainName"])
    chat = Api(
        **HERE,
        type="WEBSOCKET",
        routes=[Route("$connect", authorizer="who")],
        authorizers=[who],
        domains=DOMAINS,
    )
    events = []

    def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
        events.append(event)
        return answer("Allow")

    assert chat.invoke("$connect", "/shop", domain_name="x.example.com", authorizer_output=handler).allowed
    assert (events[0]["requestContext"]["domainName"], "path" in events[0]["requestContext"]) == (
        "x.example.com",
        False,
    )
