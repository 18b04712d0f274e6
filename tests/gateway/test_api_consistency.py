"""What an API cannot be: every refusal of parts that do not go together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import (
    Api,
    ApiKey,
    Authorizer,
    Domain,
    Issuer,
    Mapped,
    Policy,
    Readings,
    Route,
    Stage,
    UsageError,
)
from tests.refused import Refusal, refused

TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
ISSUER = Issuer("https://id.example", ("orders",))
JWT = Authorizer("jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[ISSUER])
OPEN = {
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
}
RESOURCE, ENDPOINT = Policy.parse(OPEN, kind="resource"), Policy.parse(OPEN, kind="vpc_endpoint")


def api(**parts: Any) -> Api:
    return Api(**{"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", **parts})


@pytest.mark.rule("GW-6", "GW-11", "GW-13", "GW-19", "GW-20", "GW-26", "GW-28", "AUT-1", "AUT-4", "AUT-5", "AUT-8")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: api(id="a/b"), "an API id is letters and digits, found 'a/b'"),
        (lambda: api(region="Ireland"), "a region is such as eu-west-1, found 'Ireland'"),
        (lambda: api(account="1"), "an account has 12 digits, found '1'"),
        (lambda: api(type="SOAP"), "an API's type is REST or HTTP or WEBSOCKET, found 'SOAP'"),
        (lambda: api(stages=["a", "b"]), "which stage do calls go to? The API has a, b, none is told"),
        (lambda: api(stages=["a"], stage="b"), "which stage do calls go to? The API has a, there is no 'b'"),
        (lambda: Stage("a/b"), "a stage's name has up to 128 letters, digits, _ and -, or is $default; found 'a/b'"),
        (lambda: api(type="HTTP", resource_policy=RESOURCE), "only REST APIs have a resource policy, a1b2c3 is HTTP"),
        (lambda: api(resource_policy=ENDPOINT), "a resource policy is parsed with kind resource"),
        (lambda: api(type="HTTP", endpoint="PRIVATE"), "only REST APIs are PRIVATE, a1b2c3 is HTTP"),
        (lambda: api(authorizers=[TOKENS, TOKENS]), "two authorizers are called 'tokens'"),
        (
            lambda: api(type="HTTP", authorizers=[TOKENS]),
            "tokens is TOKEN; HTTP APIs have no such authorizers",
        ),
        (
            lambda: api(type="HTTP", authorizers=[Authorizer("jwt", type="JWT", issuers=[ISSUER, ISSUER])]),
            "jwt has several issuers; of an HTTP API it has one",
        ),
        (lambda: api(readings=Readings(path="odd")), "the reading path is as_sent or normalised"),
        (
            lambda: api(stages=["prod"], api_keys=[ApiKey("k", ("beta",))]),
            "an API key leads to the stage 'beta', which the API does not have",
        ),
        (
            lambda: api(stages=["prod"], domains=[Domain("a.example", (Mapped("", "prod"),), id="x")]),
            "the private domain a.example leads to private APIs, a1b2c3 is REGIONAL",
        ),
        (
            lambda: api(
                stages=["prod"],
                endpoint="PRIVATE",
                domains=[Domain("a.example", (Mapped("", "prod"),), id="x", policy=RESOURCE)],
            ),
            "the policy of a domain is parsed with kind domain_name",
        ),
        (
            lambda: api(routes=[Route("GET", "/a", authorizer="gone")]),
            "GET /a uses the authorizer 'gone', which the API does not have",
        ),
        (
            lambda: api(routes=[Route("GET", "/a", auth="CUSTOM")]),
            "GET /a asks for CUSTOM and needs an authorizer of that kind",
        ),
        (
            lambda: api(authorizers=[TOKENS], routes=[Route("GET", "/a", auth="AWS_IAM", authorizer="tokens")]),
            "GET /a has an authorizer and asks for AWS_IAM",
        ),
        (lambda: api(routes=[Route("GET", "/a"), Route("GET", "/a")]), "the API has the route GET /a twice"),
        (lambda: api(routes=[Route("GET")]), "a route of a REST API has a method and a path, found 'GET'"),
        (
            lambda: api(type="WEBSOCKET", routes=[Route("GET", "/a")]),
            "a route of a WEBSOCKET API has a route key alone, found 'GET /a'",
        ),
        (lambda: api(routes=[Route("get", "/a")]), "a method is in upper case, found 'get'"),
        (lambda: api(routes=[Route("GET", "a")]), "a path begins with a slash and does not end in one, found 'a'"),
        (lambda: api(routes=[Route("GET", "/a/")]), "a path begins with a slash and does not end in one, found '/a/'"),
        (
            lambda: api(routes=[Route("GET", "/{x+}/a")]),
            "a greedy placeholder is the last segment, found '/{x+}/a'",
        ),
        (lambda: Authorizer("a", type="JWT"), "a is a JWT authorizer: it needs an issuer"),
        (lambda: Authorizer("a", type="TOKEN"), "a is a TOKEN authorizer: it has one identity source, a header"),
        (lambda: Authorizer("a", type="REQUEST", ttl=3601), "ttl is a number of seconds from 0 to 3600, found 3601"),
        (lambda: Authorizer("a", type="REQUEST", ttl=True), "ttl is a number of seconds from 0 to 3600, found True"),
        (
            lambda: Authorizer("a", type="REQUEST", payload_format="3.0"),
            'payload_format is "1.0" or "2.0", found \'3.0\'',
        ),
        (
            lambda: Authorizer("a", type="REQUEST", simple_responses=True),
            "simple responses go with payload format 2.0",
        ),
        (
            lambda: Authorizer("a", type="REQUEST", validation_expression="("),
            "the validation expression of a is no regular expression: missing ), unterminated subpattern at position 0",
        ),
    ],
)
def test_parts_that_do_not_go_together_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert caught.value.message == message


def test_default_routes_are_those_of_http_and_websocket_apis() -> None:
    assert api(type="HTTP", routes=[Route("$default")]).routes[0].key == "$default"
    assert api(type="WEBSOCKET", stages=["a"], routes=[Route("$default")]).routes[0].key == "$default"
    with pytest.raises(UsageError):
        api(stages=["a"], routes=[Route("$default")])


@pytest.mark.rule("GW-6")
@pytest.mark.parametrize("kind", ["REST", "WEBSOCKET"])
@pytest.mark.parametrize("stages", [{}, {"stages": ["$default"]}, {"stages": ["a", Stage("$default")], "stage": "a"}])
def test_only_http_apis_have_a_default_stage(kind: str, stages: dict[str, Any]) -> None:
    found = refused(UsageError, lambda: api(type=kind, **stages))
    assert found == Refusal(
        f"only HTTP APIs have the stage $default, a1b2c3 is {kind}",
        advice="name the stages that the API is deployed to: stages=[…]",
        rule="GW-6",
    )
    assert api(type=kind, stages=["a"]).stage.name == "a"
    assert api(type="HTTP").stage.name == "$default"


def test_an_authorizer_of_a_route_says_what_it_asks_for() -> None:
    http = api(type="HTTP", authorizers=[JWT], routes=[Route("GET", "/a", authorizer="jwt"), Route("GET", "/b")])
    assert [str(http.auth_of(route)) for route in http.routes] == ["JWT", "NONE"]


def test_an_api_is_equal_by_its_parts_whatever_reading_is_tried() -> None:
    one = api(stages=["prod"], routes=[Route("GET", "/a")])
    assert one.with_readings(Readings(path="normalised")) != one
    assert one.with_readings(one.readings) == one
    assert one.partition == "aws"


def test_an_authorizer_that_the_api_does_not_have_is_refused() -> None:
    http = api(type="HTTP", authorizers=[JWT])
    assert refused(UsageError, lambda: http.authorizer("jtw\n")) == Refusal(
        'found no authorizer "jtw\\n"', advice="the API has jwt"
    )
    assert refused(UsageError, lambda: api(stages=["a"]).authorizer("jwt")).advice == "the API has none"
