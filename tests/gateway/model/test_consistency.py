"""What an API cannot be: every refusal of parts that do not go together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import (
    Api,
    ApiKey,
    Authorizer,
    Claim,
    Domain,
    ExecPolicyError,
    Issuer,
    Mapped,
    Policy,
    Readings,
    Route,
    Stage,
    UsageError,
)
from execpolicy.literals import ApiTypeName
from tests.refused import Refusal, refused
from tests.systems import POSIX_FILES
from tests.untyped import untyped

_NUMBER: Any = 111122223333

TOKENS = Authorizer("tokens", type="TOKEN", identity_sources=["method.request.header.Authorization"])
ISSUER, PARTNER = Issuer("https://id.example", ("orders",)), Issuer("https://partner.example", ("orders",))
ASKING = Issuer("https://id.example", ("orders",), claims=[Claim("tier")])
JWT = Authorizer("jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[ISSUER])
OPEN = {
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
}
RESOURCE, ENDPOINT = Policy.parse(OPEN, kind="resource"), Policy.parse(OPEN, kind="vpc_endpoint")

PRIVATE_DOMAIN = Domain("a.example", [Mapped("", "prod")], id="x", associated_endpoints="vpce-1")


def api(**parts: Any) -> Api:
    least = {"id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
    return Api(**{**least, **parts})


@pytest.mark.rule("GW-6", "GW-11", "GW-13", "GW-19", "GW-20", "GW-26", "GW-28", "AUT-1", "AUT-4", "AUT-5", "AUT-8")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: api(id="a/b"), "an API id is letters and digits, found 'a/b'"),
        (lambda: api(region="Ireland"), "a region is such as eu-west-1, found 'Ireland'"),
        (lambda: api(account="1"), "an account has 12 digits, found '1'"),
        (lambda: api(type="SOAP"), "an API's type is REST or HTTP or WEBSOCKET, found 'SOAP'"),
        (lambda: api(stages=["a", "b"]), "which stage is called? The API has a, b; none is given"),
        (lambda: api(stages=["a"], stage="b"), "which stage is called? The API has a; there is no 'b'"),
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
            lambda: api(type="HTTP", authorizers=[Authorizer("jwt", type="JWT", issuers=[ISSUER, PARTNER])]),
            "jwt has several issuers; of an HTTP API it has one",
        ),
        (
            lambda: api(type="HTTP", authorizers=[Authorizer("jwt", type="JWT", issuers=[ASKING])]),
            "claims of an issuer of jwt are for REST APIs; a JWT authorizer of an HTTP API checks none",
        ),
        (
            lambda: api(type="HTTP", routes=[Route("GET", "/a", api_key_required=True)]),
            "GET /a needs an API key, and HTTP APIs have no API keys",
        ),
        (
            lambda: api(type="HTTP", routes=[Route("$default", api_key_required=True)]),
            "$default needs an API key, and HTTP APIs have no API keys",
        ),
        (lambda: api(readings=Readings(path=untyped("odd"))), "the reading path is as_sent or normalised, found 'odd'"),
        (
            lambda: Readings(endpoint_identity=untyped("header")),
            "the reading endpoint_identity is both or authorization_header, found 'header'",
        ),
        (
            lambda: Readings(cognito="policy_alone"),
            "the reading cognito no longer exists: according to AWS's page Table B applies to Cognito, so the resource "
            "policy must allow (GW-15)",
        ),
        (
            lambda: Readings(path="normalised", lambda_authorizer="table_b"),
            "the reading lambda_authorizer no longer exists: according to AWS's page Table A applies to every Lambda "
            "authorizer (GW-14)",
        ),
        (
            lambda: api(stages=["prod"], api_keys=[ApiKey("k", ("beta",))]),
            "an API key leads to the stage 'beta', which the API does not have",
        ),
        (
            lambda: api(stages=["prod"], domains=[PRIVATE_DOMAIN]),
            "the private domain a.example leads to private APIs, a1b2c3 is REGIONAL",
        ),
        (
            lambda: Domain("a.example", (Mapped("", "prod"),), id="x", policy=RESOURCE, associated_endpoints="vpce-1"),
            "the policy of a domain is parsed with kind domain_name",
        ),
        (
            lambda: api(routes=[Route("GET", "/a", authorizer="gone")]),
            "GET /a uses the authorizer 'gone', which the API does not have",
        ),
        (
            lambda: api(routes=[Route("GET", "/a", auth="CUSTOM")]),
            "GET /a requires CUSTOM and needs an authorizer of that type",
        ),
        (
            lambda: api(authorizers=[TOKENS], routes=[Route("GET", "/a", auth="AWS_IAM", authorizer="tokens")]),
            "GET /a has an authorizer and requires AWS_IAM",
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
            lambda: Authorizer("a", type="REQUEST", payload_format=untyped("3.0")),
            'payload_format is "1.0" or "2.0", found \'3.0\'',
        ),
        (
            lambda: Authorizer("a", type="REQUEST", simple_responses=True),
            "simple responses require payload format 2.0",
        ),
        (
            lambda: Authorizer("a", type="REQUEST", validation_expression="("),
            "the validation expression of a is no regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            lambda: Api(id="a1", type="REST", region="eu-west-1", account="111122223333"),
            "a REST API has stages, found none",
        ),
        (
            lambda: Api(id="a1", type="WEBSOCKET", region="eu-west-1", account="111122223333"),
            "a WEBSOCKET API has stages, found none",
        ),
        (lambda: api(stages=[]), "a REST API has stages, found none"),
        (lambda: api(stages=["$default"]), "only HTTP APIs have the stage $default, a1b2c3 is REST"),
        (
            lambda: api(type="WEBSOCKET", stages=["prod", "$default"], stage="prod"),
            "only HTTP APIs have the stage $default, a1b2c3 is WEBSOCKET",
        ),
        (lambda: api(type="HTTP", stages=[]), "an HTTP API has stages, found none"),
        (lambda: api(account=_NUMBER), "an account has 12 digits, as text; found 111122223333, an int"),
        (lambda: ApiKey("", "prod"), "an API key's value is empty"),
        (lambda: Domain("a.example", [], id=""), "a domain's id is empty"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert caught.value.message == message


def rest_jwt(*sources: str, **parts: Any) -> Api:
    return api(
        authorizers=[Authorizer("jwt", type="JWT", identity_sources=sources, issuers=[ISSUER, PARTNER])], **parts
    )


def http_jwt(*sources: str) -> Api:
    return api(type="HTTP", authorizers=[Authorizer("jwt", type="JWT", identity_sources=sources, issuers=[ISSUER])])


HEADER = "method.request.header.Authorization"
POOL = Authorizer(
    "pool",
    type="COGNITO_USER_POOLS",
    identity_sources=HEADER,
    user_pools="arn:aws:cognito-idp:eu-west-1:111122223333:userpool/x",
)
PEOPLE = Authorizer("people", type="REQUEST", identity_sources="route.request.header.A")
JWT_OF_REST = Authorizer("jwt", type="JWT", identity_sources=HEADER, issuers=[ISSUER])
_URL = "url of an issuer is an https URL without query, fragment or user, found "
_ONE_HEADER = "identity_sources of jwt is one header, for a JWT authorizer of a REST API; found "


@pytest.mark.rule("AUT-1", "AUT-5", "AUT-6", "AUT-7", "AUT-8", "AUT-9", "GW-13", "GW-20", "GW-21")
@pytest.mark.parametrize(
    ("make", "message", "advice"),
    [
        *(
            (
                lambda url=url: Issuer(url, "a"),
                f"{_URL}{url!r}",
                "write it as in the claim iss of the token, such as https://id.example.com/",
            )
            for url in [
                "",
                "id.example.com",
                "http://id.example.com",
                "https://",
                "https:///a",
                "https://id.example.com?a=b",
                "https://id.example.com/a?b",
                "https://id.example.com/#a",
                "https://ann@id.example.com",
                "https://id.example.com/a b",
            ]
        ),
        (
            lambda: Issuer("https://id.example", []),
            "audiences of an issuer are texts that are not empty, at least one, found []",
            "a token must have one of these audiences",
        ),
        (
            lambda: Issuer("https://id.example", ["a", ""]),
            "audiences of an issuer are texts that are not empty, at least one, found ['a', '']",
            "a token must have one of these audiences",
        ),
        *(
            (
                lambda name=name: Claim(name),
                f"name is {name!r}, a claim that API Gateway checks itself",
                "iss, aud, exp, nbf, iat, scope, scp cannot be additional claims: leave it out",
            )
            for name in ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"]
        ),
        (lambda: Claim(""), "name of a claim is empty", ""),
        (rest_jwt, f"{_ONE_HEADER}none", "such as method.request.header.Authorization"),
        (
            lambda: rest_jwt("method.request.querystring.token"),
            f"{_ONE_HEADER}method.request.querystring.token",
            "such as method.request.header.Authorization",
        ),
        (
            lambda: rest_jwt(HEADER, "method.request.header.B"),
            f"{_ONE_HEADER}{HEADER}, method.request.header.B",
            "such as method.request.header.Authorization",
        ),
        (
            lambda: http_jwt("$request.header.A", "$request.querystring.a"),
            "identity_sources of jwt are 2; a JWT authorizer has one",
            "name the header or query parameter that holds the token",
        ),
        (
            lambda: Authorizer("jwt", type="JWT", identity_sources=HEADER, issuers=[ISSUER], ttl=60),
            "ttl does not apply to jwt, which is of type JWT",
            "leave it out",
        ),
        (
            lambda: Authorizer("jwt", type="JWT", identity_sources=HEADER, issuers=[ISSUER], ttl=0),
            "ttl does not apply to jwt, which is of type JWT",
            "leave it out",
        ),
        (
            lambda: Authorizer("jwt", type="JWT", issuers=[ISSUER], validation_expression="a"),
            "validation_expression does not apply to jwt, which is of type JWT",
            "leave it out",
        ),
        (
            lambda: Authorizer("t", type="TOKEN", identity_sources=HEADER, user_pools="arn"),
            "user_pools does not apply to t, which is of type TOKEN",
            "leave it out",
        ),
        (
            lambda: Authorizer("t", type="TOKEN", identity_sources=HEADER, issuers=[ISSUER]),
            "issuers does not apply to t, which is of type TOKEN",
            "leave it out",
        ),
        (
            lambda: Authorizer("t", type="TOKEN", identity_sources=HEADER, payload_format="2.0"),
            "payload_format does not apply to t, which is of type TOKEN",
            "leave it out",
        ),
        (
            lambda: Authorizer("jwt", type="JWT", issuers=[ISSUER, ISSUER]),
            "issuers of jwt has 'https://id.example' twice",
            "keep one of them",
        ),
        (
            lambda: Authorizer("people", type="REQUEST", ttl=60),
            "ttl is 60, and people has no identity source for the key of its cache",
            "give identity_sources, or ttl=0",
        ),
        (
            lambda: Authorizer("pool", type="COGNITO_USER_POOLS"),
            "pool is a Cognito authorizer: it needs a user pool",
            "",
        ),
        (
            lambda: api(authorizers=[Authorizer("people", type="REQUEST", payload_format="2.0")]),
            "payload_format of people is for HTTP APIs, a1b2c3 is REST",
            "leave it out",
        ),
        *(
            (
                lambda route=route: api(authorizers=[TOKENS], routes=[route]),
                f"GET /a has scopes and requires {auth}: only tokens of Cognito and JWT authorizers have scopes",
                "name the authorizer of the route, or leave the scopes out",
            )
            for auth, route in {
                "NONE": Route("GET", "/a", scopes="read"),
                "AWS_IAM": Route("GET", "/a", auth="AWS_IAM", scopes="read"),
                "CUSTOM": Route("GET", "/a", authorizer="tokens", scopes="read"),
            }.items()
        ),
        *(
            (
                lambda key=key, parts=parts: api(
                    type="WEBSOCKET", authorizers=[PEOPLE], routes=[Route("$connect"), Route(key, **parts)]
                ),
                f"{key} requires {auth}: only $connect of a WebSocket API can require authorization",
                "a connection is authorized once, when it is made: move auth and authorizer to $connect",
            )
            for key in ("$disconnect", "$default", "sendMessage")
            for auth, parts in (("AWS_IAM", {"auth": "AWS_IAM"}), ("CUSTOM", {"authorizer": "people"}))
        ),
        *(
            (
                lambda key=key: api(type="WEBSOCKET", routes=[Route("$connect"), Route(key, api_key_required=True)]),
                f"{key} needs an API key: only $connect of a WebSocket API can require one",
                "a message has no headers: move api_key_required to $connect",
            )
            for key in ("$disconnect", "$default", "sendMessage")
        ),
        *(
            (
                lambda route=route: api(authorizers=[POOL, JWT_OF_REST], routes=[route], api_key_source="AUTHORIZER"),
                f"GET /a needs an API key, which the API takes from Lambda authorizers, and requires {auth}",
                "give the route a Lambda authorizer, or take keys from the header",
            )
            for auth, route in {
                "NONE": Route("GET", "/a", api_key_required=True),
                "AWS_IAM": Route("GET", "/a", api_key_required=True, auth="AWS_IAM"),
                "COGNITO_USER_POOLS": Route("GET", "/a", api_key_required=True, authorizer="pool"),
                "JWT": Route("GET", "/a", api_key_required=True, authorizer="jwt"),
            }.items()
        ),
        (
            lambda: Domain("a.example", [Mapped("", "prod")], id="x"),
            "associated_endpoints is empty, and a.example is private: calls reach it only through VPC endpoints that "
            "it is associated with",
            'name the endpoints: associated_endpoints=["vpce-…"]',
        ),
        (
            lambda: Domain("*.example", [Mapped("", "prod")], id="x", associated_endpoints="vpce-1"),
            "*.example has an id, so it is private, and the name of a private domain has no wildcard",
            "name each domain",
        ),
        (
            lambda: Domain("a.example", [Mapped("v1/a", "prod")], id="x", associated_endpoints="vpce-1"),
            "mappings of a.example has the base path 'v1/a', and a base path of a private domain has one segment",
            "use a routing rule for a longer one",
        ),
        (
            lambda: Domain("a.example", [Mapped("", "prod")], associated_endpoints="vpce-1"),
            "a.example has no id, so it is public, and public domains have no policy and no endpoints",
            "give its id",
        ),
        (
            lambda: Domain("a.example", [], policy=Policy.parse(OPEN, kind="domain_name")),
            "a.example has no id, so it is public, and public domains have no policy and no endpoints",
            "give its id",
        ),
    ],
)
def test_what_aws_refuses_is_refused(make: Callable[[], object], message: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert (caught.value.message, caught.value.advice) == (message, advice)


@pytest.mark.rule("AUT-1", "AUT-5", "AUT-6", "AUT-7", "AUT-8", "AUT-9", "GW-13", "GW-20", "GW-21")
def test_what_aws_takes_is_taken() -> None:
    for url in ("https://id.example", "https://id.example/", "https://id.example:8443/a/b%20c/", "https://a.b/~c;d=1"):
        assert Issuer(url, "a").url == url
    assert Claim("Iss").name == "Iss"
    assert rest_jwt(HEADER).authorizers[0].identity_sources == (HEADER,)
    assert http_jwt("$request.querystring.token").authorizers[0].identity_sources == ("$request.querystring.token",)
    assert Authorizer("people", type="REQUEST", ttl=0).ttl == 0
    assert Authorizer("people", type="REQUEST").ttl is None
    assert Authorizer("pool", type="COGNITO_USER_POOLS", user_pools=POOL.user_pools, ttl=60).ttl == 60
    scoped = Route("GET", "/a", authorizer="pool", scopes="read")
    assert api(authorizers=[POOL], routes=[scoped]).routes == (scoped,)
    assert rest_jwt(HEADER, routes=[Route("GET", "/a", authorizer="jwt", scopes="read")]).routes[0].scopes == ("read",)
    keyed = Route("GET", "/a", authorizer="tokens", api_key_required=True)
    assert api(authorizers=[TOKENS], routes=[keyed, Route("GET", "/b")], api_key_source="AUTHORIZER").routes[0] == keyed
    connect = Route("$connect", authorizer="people")
    assert api(type="WEBSOCKET", authorizers=[PEOPLE], routes=[connect, Route("$default")]).routes[0] == connect
    assert Domain("*.example", [Mapped("v1/a", "prod")]).is_private is False
    assert api(stages=["prod"], endpoint="PRIVATE", domains=[PRIVATE_DOMAIN]).domains == (PRIVATE_DOMAIN,)


def test_default_routes_are_those_of_http_and_websocket_apis() -> None:
    assert api(type="HTTP", routes=[Route("$default")]).routes[0].key == "$default"
    assert api(type="WEBSOCKET", stages=["a"], routes=[Route("$default")]).routes[0].key == "$default"
    with pytest.raises(UsageError):
        api(stages=["a"], routes=[Route("$default")])


@pytest.mark.rule("AUT-7")
@pytest.mark.parametrize(
    "pool",
    [
        "",
        "eu-west-1_EXAMPLE",
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE",
        "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/",
        "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/a/b",
        "arn:aws:cognito-identity:eu-west-1:111122223333:userpool/a",
        "arn:aws:cognito-idp:eu-west-1:1:userpool/a",
    ],
)
def test_a_user_pool_is_an_arn(pool: str) -> None:
    make = lambda: Authorizer("p", type="COGNITO_USER_POOLS", user_pools=[*POOL.user_pools, pool])  # noqa: E731 - short
    assert refused(UsageError, make) == Refusal(
        f"user_pools of p are ARNs of Cognito user pools, found {pool!r}",
        advice="such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE",
        rule="AUT-7",
    )


@pytest.mark.rule("GW-20")
@pytest.mark.parametrize("endpoint", ["", "x", "vpce-", "vpce-1 ", "vpce-*", "VPCE-1", "vpc-1"])
def test_an_associated_endpoint_is_an_id(endpoint: str) -> None:
    make = lambda: Domain("a.example", [], id="x", associated_endpoints=["vpce-1", endpoint])  # noqa: E731 - short
    assert refused(UsageError, make) == Refusal(
        f"associated_endpoints of a.example are ids of VPC endpoints, found {endpoint!r}",
        advice="such as vpce-0123456789abcdef0",
        rule="GW-20",
    )


@pytest.mark.rule("GW-6")
@pytest.mark.parametrize("twice", [["a", "b", "a"], [Stage("a"), "a"], [Stage("a", variables={"x": "y"}), Stage("a")]])
def test_a_stage_is_there_once(twice: list[Any]) -> None:
    expected = Refusal("stages has 'a' twice", advice="keep one of them", rule="GW-6")
    assert refused(UsageError, lambda: api(stages=twice, stage="a")) == expected
    assert len(api(stages=["a", "A"], stage="a").stages) == 2


@pytest.mark.rule("GW-6")
@pytest.mark.parametrize("kind", ["REST", "WEBSOCKET"])
@pytest.mark.parametrize("stages", [{"stages": ["$default"]}, {"stages": ["a", Stage("$default")], "stage": "a"}])
def test_only_http_apis_have_a_default_stage(kind: ApiTypeName, stages: dict[str, Any]) -> None:
    here: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
    found = refused(UsageError, lambda: Api(**here, type=kind, **stages))
    assert found == Refusal(
        f"only HTTP APIs have the stage $default, a1b2c3 is {kind}",
        advice="name the stages that the API is deployed to: stages=[…]",
        rule="GW-6",
    )
    assert api(type=kind, stages=["a"]).stage.name == "a"
    assert Api(**here, type="HTTP").stage.name == "$default"


def test_an_authorizer_of_a_route_says_what_it_asks_for() -> None:
    http = api(type="HTTP", authorizers=[JWT], routes=[Route("GET", "/a", authorizer="jwt"), Route("GET", "/b")])
    assert [str(http.auth_of(route)) for route in http.routes] == ["JWT", "NONE"]


def test_a_reading_that_never_existed_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match=r"Readings\(\) got an unexpected keyword argument 'paths'"):
        Readings(paths="as_sent")


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


def test_the_advice_says_what_to_write() -> None:
    wrong = _NUMBER
    advices: list[tuple[Callable[[], object], str]] = [
        (lambda: api(stages=None), 'name them: stages=["prod"]'),
        (lambda: api(account=wrong), "write it in quotes"),
        (lambda: api(type="rest"), 'did you mean "REST"?'),
        (lambda: api(routes=[Route("GET /a")]), 'write Route("GET", "/a")'),
    ]
    for make, advice in advices:
        with pytest.raises(UsageError) as caught:
            make()
        assert caught.value.advice == advice


@POSIX_FILES
def test_a_file_that_is_not_there_is_named_once() -> None:
    with pytest.raises(ExecPolicyError) as caught:
        Api.load("nofile.yaml")
    assert str(caught.value) == 'cannot read "nofile.yaml": No such file or directory\n  check the path'
