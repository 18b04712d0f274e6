"""Causes that an API excludes are left out, with the reason; the others are ordered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy import Authorizer, Domain, Layer, Mapped, Policy, RequestError, Route, RoutingRule
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.why import CalledApi, read_message
from execpolicy.gateway.model.api_definition import ApiDefinition
from tests.diagnose.messages import ANN, MASKED, implicit, sentence
from tests.refused import refused

TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
PUBLIC = Domain("api.example.com", mappings=[Mapped("", stage="prod")])
MUTUAL = Domain("mutual.example.com", mappings=[Mapped("", stage="prod")], mutual_tls=True)
PRIVATE = Domain("private.example.com", mappings=[Mapped("", stage="prod")], id="d1", associated_endpoints=["vpce-1"])
OPEN = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NOT_OF_THIS_API = (
    "which API answered: this API does not give such a response; it is another API, a proxy, or an older deployment"
)


def api(*routes: Route, **more: Any) -> CalledApi:
    parts = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
    return CalledApi(ApiDefinition(**{**parts, "routes": routes or [Route("GET", "/pets")], **more}), "pets.api.yaml")


def read(text: str, *routes: Route, **more: Any) -> Diagnosis:
    return read_message(text, api=api(*routes, **more))


def line(path: str = "/prod/pets", message: str = "Forbidden", **more: str) -> str:
    return json.dumps({"httpMethod": "GET", "path": path, "message": message, **more})


@pytest.mark.rule("MSG-3", "GW-25")
def test_what_no_route_requires_is_left_out() -> None:
    meaning = read("Forbidden")
    assert meaning.gates == (Gate.DOMAIN, Gate.WAF)
    assert meaning.left_out == (
        "API key, no route requires one",
        "mutual TLS, no custom domain of the API requires a certificate",
        "endpoint access mode, neither the API nor a custom domain of it is STRICT",
        "authentication, no route requires scopes",
        "default endpoint, it is not disabled",
        "routing rules, the custom domain of the call has none",
    )
    assert not any("x-api-key" in text or "mutual TLS" in text or "JWT" in text for text in meaning.check_next)
    assert "  left out: API key, no route requires one\n" in str(meaning)
    assert meaning.to_dict()["left_out"] == list(meaning.left_out)
    assert read_message("Forbidden").left_out == ()


@pytest.mark.rule("MSG-3", "AUT-6")
def test_what_the_route_of_the_call_requires_comes_first() -> None:
    routes = (Route("GET", "/pets", api_key_required=True), Route("GET", "/cats"))
    with_key = read(line(), *routes)
    assert with_key.gates[0] is Gate.API_KEY
    assert with_key.check_next[0].startswith("the method requires an API key")
    without = read(line("/prod/cats"), *routes)
    assert Gate.API_KEY not in without.gates
    assert without.left_out[0] == "API key, the route GET /cats does not require one"
    assert read("Forbidden", *routes).gates[0] is Gate.API_KEY
    assert read(line("/prod/dogs"), *routes).gates[0] is Gate.API_KEY


@pytest.mark.rule("GW-30")
def test_a_default_endpoint_that_is_disabled() -> None:
    meaning = read("Forbidden", Route("GET", "/pets", api_key_required=True), disable_execute_api_endpoint=True)
    assert meaning.gates[:2] == (Gate.DOMAIN, Gate.API_KEY)
    assert any("default endpoint" in text for text in meaning.check_next)
    assert not any("default endpoint" in text for text in meaning.left_out)
    by_domain = read_message(
        "Forbidden", api=api(disable_execute_api_endpoint=True, domains=[PUBLIC])._replace(domain="api.example.com")
    )
    assert not any("default endpoint" in text for text in by_domain.check_next)


@pytest.mark.rule("GW-26", "GW-30")
def test_what_an_http_api_does_not_find() -> None:
    meaning = read("Not Found", type="HTTP")
    assert (meaning.gates, meaning.summary) == ((Gate.ROUTE,), "No route of the HTTP API matches")
    assert meaning.left_out == (
        "custom domain, the API has none, and its default endpoint is not disabled",
        "default endpoint, it is not disabled",
    )
    assert read("Not Found", type="HTTP", domains=[PUBLIC]).gates == (Gate.ROUTE, Gate.DOMAIN)
    disabled = read("Not Found", type="HTTP", disable_execute_api_endpoint=True)
    assert disabled.gates == (Gate.DOMAIN, Gate.ROUTE)
    assert disabled.summary.endswith(" or its default endpoint is disabled")


@pytest.mark.rule("GW-31")
def test_mutual_tls_needs_a_custom_domain_that_requires_it() -> None:
    assert read("Forbidden", domains=[MUTUAL]).gates == (Gate.DOMAIN, Gate.WAF, Gate.MUTUAL_TLS)
    of_domain = line("/pets", domainName="mutual.example.com")
    assert read(of_domain, domains=[MUTUAL]).gates[0] is Gate.MUTUAL_TLS
    other = read(line("/pets", domainName="api.example.com"), domains=[MUTUAL, PUBLIC])
    assert "mutual TLS, no custom domain of the API requires a certificate" in other.left_out
    on_default = read(f"GET https://{HOST}/prod/pets 403 Forbidden", domains=[MUTUAL])
    assert "mutual TLS, the host is the default endpoint" in on_default.left_out


@pytest.mark.rule("MSG-3", "GW-26")
def test_a_missing_token() -> None:
    text = line(message="Missing Authentication Token")
    assert read(text).gates == (Gate.ROUTE,)
    assert read(text).left_out == ("authentication, the route GET /pets does not require AWS_IAM",)
    signed = Route("GET", "/pets", auth="AWS_IAM")
    assert read(text, signed).gates == (Gate.AUTHENTICATION, Gate.ROUTE)
    unknown = read(line("/prod/dogs", "Missing Authentication Token"), signed)
    assert unknown.gates == (Gate.ROUTE, Gate.AUTHENTICATION)


@pytest.mark.rule("AUT-3", "AUT-7")
def test_who_identifies_callers() -> None:
    function = (Route("GET", "/pets", authorizer="tokens"),)
    meaning = read('{"message":"Unauthorized"}', *function, authorizers=[TOKENS])
    assert meaning.gates == (Gate.AUTHORIZER,)
    assert meaning.left_out == ("authentication, no route has an authorizer for tokens",)
    assert meaning.api_type is not None
    assert meaning.api_type.value == "REST"
    none = read('{"message":"Unauthorized"}')
    assert (none.leaves_open[0], none.left_out) == (NOT_OF_THIS_API, ())
    assert none.gates == (Gate.AUTHENTICATION, Gate.AUTHORIZER)


@pytest.mark.rule("MSG-2", "MSG-3")
@pytest.mark.parametrize(
    "text", ["Missing Authentication Token", sentence(), "User is not authorized to access this resource"]
)
def test_a_response_of_another_type_of_api(text: str) -> None:
    http = read(text, Route("GET", "/pets"), type="HTTP", stages=["prod"])
    assert (http.leaves_open[0], http.left_out) == (NOT_OF_THIS_API, ())
    rest = read(
        text,
        Route(
            "GET",
            "/pets",
            auth="AWS_IAM",
        ),
        resource_policy=None,
    )
    assert (NOT_OF_THIS_API in rest.leaves_open) is text.startswith("User is")


@pytest.mark.rule("GW-11", "GW-13")
def test_the_type_decides_what_forbidden_means() -> None:
    meaning = read("Forbidden", Route("GET", "/pets", auth="AWS_IAM"), type="HTTP")
    assert meaning.gates == (Gate.AUTHORIZATION,)
    assert meaning.summary == "Refused by the route's authorization: an HTTP API does not say why"
    socket = read("Forbidden", Route("send"), type="WEBSOCKET")
    assert (socket.gates, socket.summary) == ((Gate.ROUTE,), "A message on an open connection found no route")
    status = read('203.0.113.9 - - [29/Nov/2026:19:00:00 +0000] "GET /prod/pets HTTP/1.1" 403 4', type="HTTP")
    assert "authorization, the route GET /pets does not require AWS_IAM" in status.left_out
    rest = read('203.0.113.9 - - [29/Nov/2026:19:00:00 +0000] "GET /prod/pets HTTP/1.1" 403 4')
    assert rest.left_out[0] == (
        "authorization, the route GET /pets does not require AWS_IAM, and the API has no resource policy"
    )


@pytest.mark.rule("GW-19", "GW-20", "MSG-2")
def test_the_layers_of_a_denial() -> None:
    text = sentence(user="anonymous")
    assert read(text, **resource(OPEN)).layers == (Layer.RESOURCE,)
    private = read(text, endpoint="PRIVATE", **resource(OPEN))
    assert private.layers == (Layer.RESOURCE, Layer.VPC_ENDPOINT)
    assert private.left_out == ()
    with_domain = read(text, endpoint="PRIVATE", domains=[PRIVATE], **resource(OPEN))
    assert with_domain.layers == (Layer.RESOURCE, Layer.VPC_ENDPOINT, Layer.DOMAIN_NAME)
    assert with_domain.gates == (Gate.AUTHORIZATION, Gate.VPC_ENDPOINT, Gate.PRIVATE_DOMAIN)
    without = read(text, endpoint="PRIVATE")
    assert without.check_next[0].startswith("the resource policy: the API is PRIVATE and has none")


def resource(document: dict[str, Any]) -> dict[str, Any]:
    return {"resource_policy": Policy.parse(document, kind="resource")}


@pytest.mark.rule("MSG-2")
def test_the_masked_account_is_that_of_the_api() -> None:
    text = sentence(implicit("identity-based policy"))
    meaning = read(text, Route("GET", "/pets/{id}", auth="AWS_IAM"))
    assert meaning.resource == MASKED.replace("********3333", "111122223333")
    assert meaning.message == text
    assert not any("beyond the digits" in open_ for open_ in meaning.leaves_open)
    assert any("beyond the digits" in open_ for open_ in read_message(text).leaves_open)


@pytest.mark.rule("MSG-2")
@pytest.mark.parametrize(
    ("text", "parts", "message"),
    [
        (sentence(), {"account": "111122224444"}, "the account ********3333, the API file describes 111122224444"),
        (sentence(), {"region": "eu-west-2"}, "the region eu-west-1, the API file describes eu-west-2"),
        (sentence(), {"id": "z9y8x7"}, "the API a1b2c3, the API file describes z9y8x7"),
        (f"https://{HOST}/prod 403 Forbidden", {"id": "z9y8x7"}, "the API a1b2c3, the API file describes z9y8x7"),
        (f"https://{HOST}/prod 403 Forbidden", {"region": "us-east-1"},
         "the region eu-west-1, the API file describes us-east-1"),
    ],
)  # fmt: skip
def test_a_response_about_another_api(text: str, parts: dict[str, str], message: str) -> None:
    refusal = refused(RequestError, lambda: read(text, **parts))
    assert refusal.message == f"the response is about {message}"
    assert refusal.advice == "give the file of the API that was called"
    domain = sentence(user="anonymous", resource=f"arn:aws:execute-api:eu-west-1:111122223333:/domainnames/{HOST}+d1")
    assert read(domain).layers == (Layer.DOMAIN_NAME,)


@pytest.mark.rule("MSG-2")
def test_messages_of_other_services_are_about_no_api() -> None:
    text = sentence(action="s3:GetObject", resource="arn:aws:s3:eu-west-2:444455556666:orders/1", user=ANN)
    assert read(text).resource == "arn:aws:s3:eu-west-2:444455556666:orders/1"


RULE = RoutingRule(1, "prod", headers={"x-tenant": "a*"})
RULED = Domain("ruled.example.com", routing_mode="ROUTING_RULE_ONLY", routing_rules=[RULE])
STRICT = Domain("strict.example.com", mappings=[Mapped("", stage="prod")], endpoint_access_mode="STRICT")
NO_RULES = "routing rules, the custom domain of the call has none"
NOT_STRICT = "endpoint access mode, neither the API nor a custom domain of it is STRICT"


@pytest.mark.rule("GW-32")
def test_routing_rules_are_a_cause_where_the_domain_of_the_call_has_them() -> None:
    def shows_rules(meaning: Diagnosis) -> bool:
        offered = any(text.startswith("routing rules of the custom domain") for text in meaning.check_next)
        assert (NO_RULES in meaning.left_out) is not offered
        return offered

    assert shows_rules(read("Forbidden", domains=[RULED]))
    assert shows_rules(read(line("/pets", domainName="ruled.example.com"), domains=[RULED, PUBLIC]))
    assert not shows_rules(read(line("/pets", domainName="api.example.com"), domains=[RULED, PUBLIC]))
    assert not shows_rules(read(f"GET https://{HOST}/prod/pets 403 Forbidden", domains=[RULED]))
    assert not shows_rules(read("Forbidden", domains=[PUBLIC]))
    assert any(text.startswith("routing rules") for text in read_message("Forbidden").check_next)


@pytest.mark.rule("GW-33")
def test_the_access_mode_is_a_cause_where_it_is_strict() -> None:
    assert Gate.ACCESS_MODE in read("Forbidden", endpoint_access_mode="STRICT").gates
    assert Gate.ACCESS_MODE in read(line("/pets", domainName="strict.example.com"), domains=[STRICT, PUBLIC]).gates
    for meaning in (
        read("Forbidden", endpoint_access_mode="BASIC"),
        read(line("/pets", domainName="api.example.com"), domains=[STRICT, PUBLIC]),
    ):
        assert Gate.ACCESS_MODE not in meaning.gates
        assert NOT_STRICT in meaning.left_out
        assert not any(text.startswith("the endpoint access mode") for text in meaning.check_next)
