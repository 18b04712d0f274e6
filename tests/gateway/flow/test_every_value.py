"""Values of an API that are not known and of which there are few, by brute force: each is put in its place (SRC-9).

A determinate answer is that of every value. An indeterminate one is that of values with different outcomes, and names
each value that changes the outcome.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from execpolicy import Api, AuthorizerCache, ExecPolicyError, RequestError
from execpolicy.gateway.flow.every_value import MOST_VALUES
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.kinds import parse_api

pytestmark = pytest.mark.rule("SRC-9")

ANN = "arn:aws:iam::111122223333:user/ann"
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A"
INVOKE = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", **INVOKE, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {"Effect": "Allow", **INVOKE, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0aaa"}}},
        {"Effect": "Deny", **INVOKE, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
    ],
}
KEY = "k" * 30
REST: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stage": "prod",
    "stages": {"prod": {"cache_needs_permission": True}, "test": {}},
    "authorizers": {
        "tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"},
        "asks": {"type": "REQUEST", "identity_sources": "method.request.header.X"},
        "users": {"type": "COGNITO_USER_POOLS", "user_pools": POOL},
    },
    "routes": {
        "GET /open": {"auth": "NONE"},
        "GET /signed": {"auth": "AWS_IAM"},
        "GET /token": {"authorizer": "tokens"},
        "GET /asked": {"authorizer": "asks", "api_key_required": True},
        "GET /user": {"authorizer": "users", "scopes": ["read"]},
        "POST /keyed": {"api_key_required": True},
    },
    "resource_policy": POLICY,
    "api_keys": [{"value": KEY, "stages": ["prod"]}],
    "domains": {"api.example.com": {"mappings": {"": "prod", "next": "test"}}},
}
OPEN = {name: value for name, value in REST.items() if name != "resource_policy"}
HTTP: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "HTTP",
    "region": "eu-west-1",
    "account": "111122223333",
    "authorizers": {
        "login": {
            "type": "JWT",
            "identity_sources": "$request.header.Authorization",
            "issuers": [{"url": "https://login.example", "audiences": ["shop"]}],
        },
        "asks": {"type": "REQUEST", "identity_sources": "$request.header.X", "payload_format": "2.0"},
    },
    "routes": {
        "GET /a": {"authorizer": "login", "scopes": ["read"]},
        "GET /f": {"authorizer": "asks"},
        "ANY /b": {"auth": "NONE"},
        "OPTIONS /c": {"auth": "AWS_IAM"},
    },
}
SOCKET: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "WEBSOCKET",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "authorizers": {"asks": {"type": "REQUEST", "identity_sources": "route.request.header.X"}},
    "routes": {"$connect": {"authorizer": "asks"}, "say": {}},
    "api_keys": [{"value": KEY, "stages": ["prod"]}],
}

ENDPOINTS = ("REGIONAL", "EDGE", "PRIVATE")
AUTHS = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", "JWT")
FLAG = (True, False)
REFUSALS = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")
MODES, ADDRESSES = ("BASIC", "STRICT"), ("ipv4", "dualstack")
DOMAIN = ("domains", "api.example.com")

#: Where a value stands, and all values that AWS accepts there, with those that it does not.
Field = tuple[tuple[Any, ...], tuple[Any, ...]]
OF_REST: tuple[Field, ...] = (
    (("endpoint",), ENDPOINTS),
    (("endpoint_access_mode",), MODES),
    (("ip_address_type",), ADDRESSES),
    (("disable_execute_api_endpoint",), FLAG),
    (("api_key_source",), ("HEADER", "AUTHORIZER")),
    (("stages", "prod", "cache_needs_permission"), FLAG),
    (("stages", "prod", "cache_refusal"), REFUSALS),
    (("stages", "test", "cache_needs_permission"), FLAG),
    (("routes", "GET /open", "auth"), AUTHS),
    (("routes", "GET /signed", "auth"), AUTHS),
    (("routes", "GET /token", "auth"), AUTHS),
    (("routes", "GET /asked", "auth"), AUTHS),
    (("routes", "GET /user", "auth"), AUTHS),
    (("routes", "POST /keyed", "auth"), AUTHS),
    (("routes", "GET /open", "api_key_required"), FLAG),
    (("routes", "GET /token", "api_key_required"), FLAG),
    (("routes", "GET /asked", "api_key_required"), FLAG),
    (("routes", "POST /keyed", "api_key_required"), FLAG),
    ((*DOMAIN, "mutual_tls"), FLAG),
    ((*DOMAIN, "endpoint_access_mode"), MODES),
    ((*DOMAIN, "ip_address_type"), ADDRESSES),
    (("authorizers", "asks", "ttl"), (0, 300, 3600)),
    (("authorizers", "tokens", "invoke_permission"), FLAG),
    (("api_keys", 0, "enabled"), FLAG),
)
OF_HTTP: tuple[Field, ...] = (
    (("cors",), FLAG),
    (("disable_execute_api_endpoint",), FLAG),
    (("routes", "GET /a", "auth"), AUTHS),
    (("routes", "GET /f", "auth"), AUTHS),
    (("routes", "ANY /b", "auth"), AUTHS),
    (("authorizers", "asks", "simple_responses"), FLAG),
    (("authorizers", "asks", "payload_format"), ("1.0", "2.0")),
)
OF_SOCKET: tuple[Field, ...] = (
    (("routes", "$connect", "auth"), AUTHS),
    (("routes", "$connect", "api_key_required"), FLAG),
    (("routes", "say", "auth"), AUTHS),
)
APIS: tuple[tuple[dict[str, Any], tuple[Field, ...]], ...] = (
    (REST, OF_REST),
    (OPEN, OF_REST),
    (HTTP, OF_HTTP),
    (SOCKET, OF_SOCKET),
)

CLAIMS = {
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
    "scope": "read",
    "token_use": "access",
    "exp": 4102444800,
}
ALLOWS = {
    "principalId": "ann",
    "policyDocument": {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
    "usageIdentifierKey": KEY,
}
DENIES = {"principalId": "ann", "policyDocument": {"Statement": []}}
SIMPLE = {"isAuthorized": True}
OFFICE, ABROAD, BLOCKED = ({"aws:SourceIp": address} for address in ("203.0.113.9", "198.51.100.1", "192.0.2.7"))
ENDPOINT = {"aws:SourceVpce": "vpce-0aaa", "aws:SourceVpc": "vpc-0bbb"}
TOKEN = {"Authorization": "token"}
OWN_HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"headers": {}},
    {"caller": ANN},
    {"headers": TOKEN},
    {"headers": TOKEN, "claims": CLAIMS, "at": 1_750_000_000},
    {"headers": TOKEN, "claims": {"iss": "https://login.example", "aud": "shop", "scope": "read", "exp": 4102444800}},
    {"headers": {"X": "1"}, "authorizer_output": DENIES},
    {"headers": {"X": "1"}, "authorizer_output": SIMPLE},
    {"headers": {"X": "1", "X-API-Key": KEY}},
    {"headers": {**TOKEN, "X-API-Key": "other"}},
    {"headers": {"Cache-Control": "max-age=0", "X": "1"}},
    {"headers": {"Cache-Control": "max-age=0"}, "caller": ANN},
    {"headers": {"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}},
    {"headers": {"Host": "www.example.com"}},
    {"context": ABROAD},
    {"context": BLOCKED},
    {"context": BLOCKED, "headers": TOKEN},
    {"context": BLOCKED, "caller": ANN},
    {"context": {"aws:SourceIp": "2001:db8::1"}},
    {"context": ENDPOINT},
    {"context": ENDPOINT, "caller": ANN},
    {"domain_name": "api.example.com"},
    {"domain_name": "api.example.com", "client_certificate": "valid", "headers": {"Host": "api.example.com"}},
    {"domain_name": "api.example.com", "headers": {"Host": OWN_HOST}},
)
PATHS = {
    "REST": (
        *(("GET", path) for path in ("/open", "/signed", "/token", "/asked", "/user", "/none")),
        ("POST", "/keyed"),
    ),
    "HTTP": (("GET", "/a"), ("GET", "/f"), ("GET", "/b"), ("OPTIONS", "/b"), ("OPTIONS", "/c"), ("GET", "/none")),
    "WEBSOCKET": (("$connect", ""), ("say", "")),
}


class Call(NamedTuple):
    """A call, and its answer by an API; None if the API cannot get it."""

    method: str
    path: str
    more: Mapping[str, Any]

    def answer(self, api: Api, **more: Any) -> GatewayResponse | None:
        given = {"authorizer_output": ALLOWS, "context": OFFICE, **self.more, **more}
        try:
            return api.invoke(self.method, self.path, **given)
        except ExecPolicyError:
            return None


def calls(document: Mapping[str, Any]) -> list[Call]:
    """The calls of the sample."""
    return [Call(method, path, more) for (method, path), more in product(PATHS[document["type"]], WAYS)]


def with_value(document: dict[str, Any], path: Sequence[Any], value: Any) -> dict[str, Any]:
    """The document with a value in a place; a route without an authorizer has none, and no scopes."""
    changed = copy.deepcopy(document)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    if path[-1] == "auth" and value in ("NONE", "AWS_IAM"):
        at.pop("authorizer", None)
        at.pop("scopes", None)
    return changed


@cache
def _read(text: str) -> Api | None:
    try:
        return Api.from_definition(parse_api(text, name="some.api.json"))
    except ExecPolicyError:
        return None


def read(document: Mapping[str, Any]) -> Api | None:
    """The API of a document; None if AWS does not accept it."""
    return _read(json.dumps(document))


def name_of(number: int) -> str:
    return f"the parameter P{number}"


def with_unknown(document: dict[str, Any], fields: Sequence[Field]) -> Api:
    """The API in which the values of some fields are not known."""
    for number, (path, _) in enumerate(fields):
        document = with_value(document, path, {"unknown": [{"name": name_of(number)}]})
    api = read(document)
    assert api is not None
    assert api.unknown_parts
    return api


def with_values(document: dict[str, Any], fields: Sequence[Field]) -> Iterator[tuple[tuple[Any, ...], Api]]:
    """Each API that AWS accepts with values in the fields."""
    for values in product(*(values for _, values in fields)):
        known = document
        for (path, _), value in zip(fields, values, strict=True):
            known = with_value(known, path, value)
        api = read(known)
        if api is not None:
            yield values, api


def deciding(answers: Mapping[tuple[Any, ...], GatewayResponse], at: int) -> bool:
    """Whether the value of one field changes the outcome while the others stay."""
    found: dict[tuple[Any, ...], set[str]] = {}
    for values, answer in answers.items():
        found.setdefault(values[:at] + values[at + 1 :], set()).add(answer.outcome)
    return any(len(outcomes) > 1 for outcomes in found.values())


def check(document: dict[str, Any], fields: Sequence[Field], call: Call) -> str:
    """Compare the answer with those for all values, and return the outcome."""
    found = call.answer(with_unknown(document, fields))
    answers = {values: call.answer(api) for values, api in with_values(document, fields)}
    possible = {values: answer for values, answer in answers.items() if answer is not None}
    if found is None:
        assert not possible
        return "refused"
    outcomes = {answer.outcome for answer in possible.values()}
    for answer in possible.values():
        assert {*answer.statuses} <= {*found.statuses}
        assert found.response_type in (None, answer.response_type)
        assert found.message in ("", answer.message)
        assert found.arn in ("", answer.arn)
    if found.outcome != "indeterminate":
        assert outcomes == {found.outcome}
        return found.outcome
    assert len(outcomes) > 1 or outcomes == {"indeterminate"}, str(found.explain().full())
    named = {value.name for value in found.unknown_values}
    assert {name_of(at) for at in range(len(fields)) if deciding(possible, at)} <= named
    assert named or found.deciding_keys
    return found.outcome


@pytest.mark.parametrize(
    ("document", "field"),
    [(document, field) for document, fields in APIS for field in fields],
    ids=lambda value: "-".join(map(str, value[0])) if isinstance(value, tuple) else "api",
)
def test_one_unknown_value(document: dict[str, Any], field: Field) -> None:
    outcomes = [check(document, [field], call) for call in calls(document)]
    assert {*outcomes} - {"indeterminate", "refused"}


@given(data=st.data())
def test_two_unknown_values(data: st.DataObject) -> None:
    document, fields = data.draw(st.sampled_from(APIS))
    chosen = data.draw(st.lists(st.sampled_from(fields), min_size=2, max_size=2, unique_by=lambda field: field[0]))
    event(check(document, chosen, data.draw(st.sampled_from(calls(document)))))


@given(data=st.data())
def test_a_sequence_of_calls_with_a_cache(data: st.DataObject) -> None:
    """Each value has a cache of its own, in which a call finds what an earlier one stored."""
    fields = data.draw(st.lists(st.sampled_from(OF_REST), min_size=1, max_size=2, unique_by=lambda field: field[0]))
    outputs, headers = (ALLOWS, DENIES), ({"Authorization": "1", "X": "1"}, {"Authorization": "2", "X": "1"})
    made = st.tuples(st.sampled_from(("/token", "/asked", "/open")), st.sampled_from(headers), st.sampled_from(outputs))
    sequence = [
        Call("GET", path, {"headers": sent, "authorizer_output": output})
        for path, sent, output in data.draw(st.lists(made, min_size=2, max_size=3))
    ]
    api, own = with_unknown(OPEN, fields), AuthorizerCache()
    found = [call.answer(api, cache=own) for call in sequence]
    for _, known in with_values(OPEN, fields):
        its_own = AuthorizerCache()
        for answer, call in zip(found, sequence, strict=True):
            expected = call.answer(known, cache=its_own)
            assert answer is not None
            assert expected is not None
            assert {*expected.statuses} <= {*answer.statuses}
            assert answer.outcome in ("indeterminate", expected.outcome)


UNKNOWN = {"unknown": [{"name": "the parameter Auth"}]}


def rest(document: dict[str, Any] = REST, **routes: Any) -> Api:
    """The API with other routes: ``open`` is ``GET /open``."""
    changed = {f"GET /{name}": route for name, route in routes.items()}
    api = read({**document, "routes": {**document["routes"], **changed}})
    assert api is not None
    return api


def test_a_call_that_is_denied_with_each_authorization() -> None:
    response = rest(open={"auth": UNKNOWN}).invoke("GET", "/open", context=BLOCKED, caller=ANN)
    assert (response.outcome, response.status, response.unknown_values) == ("denied", 403, ())
    assert response.steps[-1].passed is False
    assert response.steps[-1].detail == (
        "for every value of the parameter Auth, which is not known: refused with 403 at gate 5a (resource policy) or "
        "refused with 403 at gate 5b (IAM)"
    )
    assert "the answer is the same for every value of the parameter Auth, which is not known (SRC-9)" in response.notes


def test_a_call_that_is_denied_with_different_statuses() -> None:
    route = {"auth": UNKNOWN, "authorizer": "users"}
    response = rest(open=route).invoke("GET", "/open", context=BLOCKED, headers={})
    assert (response.outcome, response.status, response.statuses) == ("denied", None, (401, 403))
    assert [value.name for value in response.unknown_values] == ["the parameter Auth"]


def test_a_call_that_some_authorization_lets_in() -> None:
    response = rest(open={"auth": UNKNOWN}).invoke("GET", "/open", context=OFFICE)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))
    assert response.steps[-1].detail.endswith(": allowed or refused with 403 at gate 5b (signature)")
    assert [value.name for value in response.unknown_values] == ["the parameter Auth"]


@pytest.mark.parametrize("auth", [{}, {"auth": UNKNOWN}, {"auth": "CUSTOM"}, {"auth": "COGNITO_USER_POOLS"}])
def test_an_authorizer_that_is_not_known(auth: dict[str, Any]) -> None:
    """What it would answer is not known: only the policies and the gates after it are."""
    route = {**auth, "authorizer": {"unknown": [{"name": "the import Authorizer"}]}, "api_key_required": True}
    api = rest(open=route)
    response = api.invoke("GET", "/open", context=BLOCKED, headers=TOKEN)
    assert response.outcome == "denied"
    response = api.invoke("GET", "/open", context=OFFICE, headers=TOKEN)
    assert response.outcome == "denied"  # for lack of an API key
    response = api.invoke("GET", "/open", context=OFFICE, headers={**TOKEN, "X-API-Key": KEY})
    assert response.outcome == "indeterminate"
    assert {401, 200} <= {*response.statuses}
    named = {value.name for value in response.unknown_values}
    assert named == ({"the parameter Auth", "the import Authorizer"} if "unknown" in str(auth) else {*named})
    assert named & {"the parameter Auth", "the import Authorizer"}


def test_an_authorizer_whose_type_is_not_known() -> None:
    authorizers = {**REST["authorizers"], "some": {"type": UNKNOWN}}
    api = rest({**REST, "authorizers": authorizers}, open={"authorizer": "some"})
    assert api.invoke("GET", "/open", context=BLOCKED).outcome == "denied"
    assert api.invoke("GET", "/open", context=OFFICE).outcome == "indeterminate"


def test_the_output_of_a_function_that_may_not_be_called_need_not_be_given() -> None:
    api = rest(token={"auth": UNKNOWN, "authorizer": "tokens"})
    response = api.invoke("GET", "/token", context=OFFICE, headers=TOKEN)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 401, 403, 500))
    assert api.invoke("GET", "/token", context=BLOCKED, headers=TOKEN).outcome == "denied"
    with pytest.raises(RequestError, match="whose output was not given"):
        api.invoke("GET", "/asked", context=OFFICE, headers={"X": "1"})


def test_a_key_from_an_authorizer_that_is_not_known() -> None:
    route = {"auth": "CUSTOM", "authorizer": UNKNOWN, "api_key_required": True}
    routes = {"GET /open": route}
    api = read({**OPEN, "routes": routes, "api_key_source": "AUTHORIZER"})
    assert api is not None
    response = api.invoke("GET", "/open", headers=TOKEN, context=OFFICE)
    assert response.outcome == "indeterminate"
    assert [step.number for step in response.steps if step.passed is None] == ["5", "7"]


def test_one_value_in_several_places_is_one_value() -> None:
    """A type that one of the routes cannot have is no value of the other."""
    routes: dict[str, Any] = {"open": {"auth": UNKNOWN}, "token": {"auth": UNKNOWN, "authorizer": "tokens"}}
    api = rest(**routes)
    # Both have the type: CUSTOM is none of /open, which has no authorizer.
    response = api.invoke("GET", "/token", context=OFFICE, headers={})
    assert response.statuses == (200, 403)
    other = {"unknown": [{"name": "the parameter Other"}]}
    response = rest(**{**routes, "open": {"auth": other}}).invoke("GET", "/token", context=OFFICE, headers={})
    assert response.statuses == (200, 401, 403)


def test_combinations_are_limited() -> None:
    """Six values of which every combination is tried, and a seventh that is one too many."""
    assert MOST_VALUES == 64
    names = ["the parameter " + name for name in "ABCDEFG"]

    def unknown(number: int) -> dict[str, Any]:
        return {"unknown": [{"name": names[number]}]}

    document = {
        **OPEN,
        "disable_execute_api_endpoint": unknown(0),
        "endpoint_access_mode": unknown(1),
        "ip_address_type": unknown(2),
        "stages": {"prod": {"cache_needs_permission": unknown(3)}, "test": {}},
        "routes": {"GET /open": {"api_key_required": unknown(4)}},
        "api_key_source": unknown(5),
    }
    headers = {"Cache-Control": "max-age=0", "X-API-Key": KEY}
    api = read(document)
    assert api is not None
    response = api.invoke("GET", "/open", headers=headers, context=OFFICE)
    assert response.outcome == "indeterminate"
    # Neither the addresses nor the host decide, and a key from a function that the route does not have is no value.
    assert {value.name for value in response.unknown_values} == {names[0], names[3]}
    api = read({**document, "endpoint": unknown(6)})
    assert api is not None
    response = api.invoke("GET", "/open", headers=headers, context=OFFICE)
    assert response.outcome == "indeterminate"
    assert {names[4], names[6]} <= {value.name for value in response.unknown_values}


def test_values_that_aws_does_not_accept_are_no_values() -> None:
    """A private domain has a private API, and a private API no IPv4 addresses alone."""
    domain = {
        "id": "abc123",
        "mappings": {"": "prod"},
        "associated_endpoints": ["vpce-0aaa"],
        "policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **INVOKE}]},
    }
    api = read({**REST, "endpoint": UNKNOWN, "domains": {"api.example.com": domain}})
    assert api is not None
    response = api.invoke("GET", "/open", context=ENDPOINT)
    assert (response.outcome, response.unknown_values) == ("allowed", ())
    api = read({**REST, "endpoint": UNKNOWN, "ip_address_type": "ipv4"})
    assert api is not None
    assert api.invoke("GET", "/open", context=ENDPOINT).status == 403


def test_a_call_that_no_value_can_get_is_refused() -> None:
    api = read({**REST, "endpoint": UNKNOWN})
    assert api is not None
    with pytest.raises(ExecPolicyError) as refused:
        api.invoke("GET", "/open", domain_name="www.example.org")
    assert refused.value.message == "www.example.org is not a domain name of the API a1b2c3"
    # A private API has such a host, and no other has.
    host = "a1b2c3-vpce-0aaa.execute-api.eu-west-1.amazonaws.com"
    response = api.invoke("GET", "/prod/open", domain_name=host)
    assert (response.outcome, response.unknown_values) == ("allowed", ())


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("scopes", 5, "found the number 5 as scopes"),
        ("api_key_required", "yes", "api_key_required"),
        ("auth", "BOGUS", "BOGUS"),
        ("also", 1, 'found "also", which is not a field of a route'),
    ],
)
def test_the_known_fields_of_such_a_route_are_checked(field: str, value: Any, message: str) -> None:
    route = {"auth": UNKNOWN, "authorizer": UNKNOWN, field: value}
    text = json.dumps({**REST, "routes": {"GET /open": route}})
    with pytest.raises(ExecPolicyError) as refused:
        parse_api(text, name="some.api.json")
    assert message in refused.value.message
    assert refused.value.span is not None


def test_an_authorizer_of_an_http_api_that_is_not_known() -> None:
    """With a valid token or not, nothing after it refuses the call; its scopes are not known either."""
    authorizer = {"unknown": [{"name": "the import Authorizer"}]}
    scope = {"unknown": [{"name": "the parameter Scope"}]}
    route = {"auth": UNKNOWN, "authorizer": authorizer, "scopes": ["read", scope]}
    api = read({**HTTP, "routes": {"GET /a": route}})
    assert api is not None
    response = api.invoke("GET", "/a", headers=TOKEN, context=OFFICE)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 401, 403, 500))
    route = {"auth": "JWT", "authorizer": "login", "scopes": scope}
    api = read({**HTTP, "routes": {"GET /a": route}})
    assert api is not None
    claims = {"iss": "https://login.example", "aud": "shop", "scope": "read", "exp": 4102444800}
    response = api.invoke("GET", "/a", headers=TOKEN, claims=claims, context=OFFICE, at=1_750_000_000)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 401, 403))
    assert [value.name for value in response.unknown_values] == ["the parameter Scope"]
    assert api.invoke("GET", "/a", headers={}, context=OFFICE).status == 401


def test_with_a_cache_too_many_combinations_are_not_tried() -> None:
    """Then a value decides as any other that is not known, and nothing is stored."""
    routes = {f"GET /{name}": {"auth": {"unknown": [{"name": f"the parameter {name}"}]}} for name in "abcdefg"}
    api = read({**OPEN, "routes": {**routes, "GET /token": {"authorizer": "tokens"}}})
    assert api is not None
    own = AuthorizerCache()
    response = api.invoke("GET", "/a", context=OFFICE, cache=own)
    assert response.outcome == "indeterminate"
    assert [value.name for value in response.unknown_values] == ["the parameter a"]
    # A call that no such value concerns has an answer, which the cache keeps.
    assert api.invoke("GET", "/token", headers=TOKEN, authorizer_output=ALLOWS, cache=own).status == 200
    assert api.invoke("GET", "/token", headers=TOKEN, authorizer_output=DENIES, cache=own).status == 200


def test_a_call_that_is_wrong_itself_is_refused() -> None:
    with pytest.raises(RequestError) as refused:
        rest(open={"auth": UNKNOWN}).invoke("GET", "/open", context={**OFFICE, "aws:SourceIpp": "1"})
    assert refused.value.rule == "KEY-1"


def test_values_of_which_aws_accepts_none() -> None:
    """Nothing is known of such an API, but it is no error of the call."""
    route = {"auth": "JWT", "authorizer": {"unknown": [{"name": "the import Authorizer"}]}, "api_key_required": True}
    api = read({**OPEN, "routes": {"GET /open": route}, "api_key_source": "AUTHORIZER"})
    assert api is not None
    response = api.invoke("GET", "/open", context=OFFICE)
    assert response.outcome == "indeterminate"
    assert [value.name for value in response.unknown_values] == ["the import Authorizer"]


def test_a_stage_may_have_the_name_of_a_field() -> None:
    needs = {"cache_needs_permission": {"unknown": [{"name": "the parameter Needs"}]}}
    api = read({**OPEN, "stage": "variables", "stages": {"variables": needs}, "api_keys": [], "domains": {}})
    assert api is not None
    response = api.invoke("GET", "/open", headers={"Cache-Control": "max-age=0"}, context=OFFICE)
    assert (response.outcome, response.statuses) == ("indeterminate", (200, 403))


def test_an_authorizer_that_is_not_known_in_a_sequence() -> None:
    """Where only one type is possible, the cache is that of the other calls."""
    route = {"auth": "CUSTOM", "authorizer": {"unknown": [{"name": "the import Authorizer"}]}}
    api, own = rest(open=route), AuthorizerCache()
    assert api.invoke("GET", "/open", headers=TOKEN, context=BLOCKED, cache=own).outcome == "denied"
    assert api.invoke("GET", "/open", headers=TOKEN, context=OFFICE, cache=own).outcome == "indeterminate"
    for output in (ALLOWS, DENIES):
        call: dict[str, Any] = {"headers": TOKEN, "authorizer_output": output, "context": OFFICE}
        assert api.invoke("GET", "/token", cache=own, **call).outcome == "allowed"
