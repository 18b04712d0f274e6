"""Parts of an API that are not known: no answer depends on them (SRC-9)."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from execpolicy import Api, ExecPolicyError, IntegrationRequest, PolicySyntaxError, SentResponse, UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.api_file.write import api_document
from execpolicy.loaders.kinds import parse_api
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("SRC-9")

NAME = "the parameter Value"
SCHEMA_FILE = Path(__file__).parents[3] / "docs" / "schemas" / "api-1.json"
SCHEMA = Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8")))
ANN = "arn:aws:iam::111122223333:user/ann"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": "execute-api:/*",
            "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        },
    ],
}
POOL = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A"
REST: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "endpoint": "REGIONAL",
    "stage": "prod",
    "stages": {"prod": {"cache_needs_permission": True}, "test": {}},
    "disable_execute_api_endpoint": False,
    "api_key_source": "HEADER",
    "authorizers": {
        "tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization", "ttl": 0},
        "users": {
            "type": "COGNITO_USER_POOLS",
            "identity_sources": "method.request.header.Authorization",
            "user_pools": POOL,
        },
    },
    "routes": {
        "GET /open": {"auth": "NONE", "api_key_required": False},
        "GET /signed": {"auth": "AWS_IAM"},
        "GET /token": {"authorizer": "tokens"},
        "GET /user": {"authorizer": "users", "scopes": ["read"]},
        "GET /items/{id}": {"auth": "AWS_IAM"},
        "POST /keyed": {"api_key_required": True},
    },
    "resource_policy": POLICY,
    "api_keys": [{"value": "k" * 30, "stages": ["prod"]}],
    "domains": {"api.example.com": {"mappings": {"": "prod", "next": "test"}}},
    "gateway_responses": {"ACCESS_DENIED": {"message": "No"}},
}
WITHOUT_POLICY = {name: value for name, value in REST.items() if name != "resource_policy"}
HTTP: dict[str, Any] = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "HTTP",
    "region": "eu-west-1",
    "account": "111122223333",
    "cors": False,
    "authorizers": {
        "login": {
            "type": "JWT",
            "identity_sources": "$request.header.Authorization",
            "issuers": [{"url": "https://login.example", "audiences": ["shop"]}],
        }
    },
    "routes": {"GET /a": {"authorizer": "login", "scopes": ["read"]}, "ANY /b": {"auth": "NONE"}},
}

#: Places of an API, and values that they can have.
PLACES: list[tuple[dict[str, Any], tuple[Any, ...], tuple[Any, ...]]] = [
    *(
        (api, *place)
        for api in (REST, WITHOUT_POLICY)
        for place in (
            (("id",), ("a1b2c3", "zz99")),
            (("region",), ("eu-west-1", "us-east-2")),
            (("account",), ("111122223333", "444455556666")),
            (("endpoint",), ("REGIONAL", "EDGE", "PRIVATE")),
            (("disable_execute_api_endpoint",), (True, False)),
            (("api_key_source",), ("HEADER", "AUTHORIZER")),
            (("stages", "test", "cache_needs_permission"), (True, False)),
            (("stages", "prod", "cache_needs_permission"), (True, False)),
            (("routes", "GET /open", "auth"), ("NONE", "AWS_IAM")),
            (("routes", "GET /token", "auth"), ("CUSTOM",)),
            (("routes", "GET /token", "authorizer"), ("tokens", "users")),
            (("routes", "GET /user", "scopes", 0), ("read", "write")),
            (("routes", "GET /open", "api_key_required"), (True, False)),
            (("routes", "POST /keyed", "api_key_required"), (True, False)),
            (
                ("authorizers", "tokens", "identity_sources"),
                ("method.request.header.Authorization", "method.request.header.X"),
            ),
            (("authorizers", "tokens", "ttl"), (0, 300)),
            (("authorizers", "users", "user_pools"), (POOL, POOL[:-1] + "B")),
            (
                ("authorizers", "users", "identity_sources"),
                ("method.request.header.Authorization", "method.request.header.X"),
            ),
            (("authorizers", "users", "type"), ("COGNITO_USER_POOLS",)),
            (("api_keys", 0, "value"), ("k" * 30, "other")),
            (("api_keys", 0, "enabled"), (True, False)),
            (("domains", "api.example.com", "mutual_tls"), (True, False)),
            (("domains", "api.example.com", "mappings", "next"), ("test", "prod")),
            (("gateway_responses", "ACCESS_DENIED", "message"), ("No", "Never")),
            (("ip_address_type",), ("ipv4", "dualstack")),
        )
    ),
    (HTTP, ("cors",), (True, False)),
    (HTTP, ("id",), ("a1b2c3", "zz99")),
    (HTTP, ("authorizers", "login", "issuers", 0, "url"), ("https://login.example", "https://other.example")),
    (HTTP, ("authorizers", "login", "issuers", 0, "audiences", 0), ("shop", "till")),
    (HTTP, ("routes", "ANY /b", "auth"), ("NONE", "AWS_IAM")),
    (HTTP, ("routes", "GET /a", "scopes", 0), ("read", "write")),
]
#: Names of members, and names that they can have.
NAMES: list[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...]]] = [
    (
        REST,
        ("routes", "GET /open"),
        ("GET /open", "ANY /{x}", "GET /items/7", "GET /signed", "POST /keyed", "GET /o/{p+}"),
    ),
    (REST, ("domains", "api.example.com"), ("api.example.com", "www.example.com")),
    (HTTP, ("routes", "ANY /b"), ("ANY /b", "GET /c", "OPTIONS /{x+}", "$default", "GET /{a}")),
    (HTTP, ("routes", "GET /a"), ("GET /a", "GET /{x}")),
]

TOKEN = {"Authorization": "token"}
CLAIMS = {"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A", "scope": "read", "token_use": "access"}
OUTPUT = {
    "principalId": "ann",
    "policyDocument": {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}},
}
ELSEWHERE = {"aws:SourceIp": "203.0.113.9"}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    (method, path, {"authorizer_output": OUTPUT, "context": ELSEWHERE, **more})
    for method, path in (
        ("GET", "/open"),
        ("GET", "/signed"),
        ("GET", "/token"),
        ("GET", "/user"),
        ("GET", "/items/7"),
        ("POST", "/keyed"),
        ("GET", "/a"),
        ("GET", "/b"),
        ("POST", "/b"),
        ("GET", "/c"),
        ("OPTIONS", "/b"),
        ("GET", "/none"),
    )
    for more in (
        {},
        {"caller": ANN},
        {"headers": TOKEN},
        {"headers": TOKEN, "claims": CLAIMS},
        {"headers": TOKEN, "claims": {"iss": "https://login.example", "aud": "shop", "scope": "read"}},
        {"headers": {"X": "1", "X-API-Key": "k" * 30}},
        {"headers": {"Cache-Control": "max-age=0"}, "caller": ANN},
        {"headers": {"Origin": "https://x.example", "Access-Control-Request-Method": "GET"}},
        {"context": {"aws:SourceIp": "192.0.2.7"}},
        {"context": {"aws:SourceIp": "192.0.2.7"}, "headers": TOKEN},
        {"domain_name": "api.example.com"},
        {"domain_name": "www.example.com"},
    )
]


def with_value(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def with_name(document: dict[str, Any], path: tuple[str, ...], name: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    field, old = path
    changed[field] = {name if each == old else each: value for each, value in changed[field].items()}
    return changed


def read(document: dict[str, Any]) -> Api:
    return Api.from_definition(parse_api(json.dumps(document), name="some.api.json"))


def unknown(*parts: Any) -> dict[str, Any]:
    return {"unknown": [*parts, {"name": NAME}]}


def called(api: Api, call: tuple[str, str, dict[str, Any]]) -> GatewayResponse | None:
    method, path, more = call
    try:
        return api.invoke(method, path, **more)
    except ExecPolicyError:
        return None


def read_of(response: GatewayResponse) -> IntegrationRequest | SentResponse | None:
    """What is sent, or what the integration receives; None where that is not known."""
    try:
        return response.sent or response.integration
    except UsageError:
        return None


def check(api: Api, others: list[dict[str, Any]], call: tuple[str, str, dict[str, Any]]) -> None:
    found = called(api, call)
    if found is None:
        return
    for document in others:
        try:
            other = read(document)
        except ExecPolicyError:
            continue
        answer = called(other, call)
        if answer is None:
            continue
        assert set(answer.statuses) <= set(found.statuses)
        if found.outcome != "indeterminate":
            assert answer.outcome == found.outcome
        if found.response_type is not None:
            assert answer.response_type == found.response_type
        if found.message:
            assert answer.message == found.message
        if found.arn:
            assert answer.arn == found.arn
        if (made := read_of(found)) is not None:
            assert read_of(answer) == made


@given(place=st.sampled_from(PLACES), call=st.sampled_from(CALLS))
def test_no_value_changes_a_determinate_answer(place: Any, call: Any) -> None:
    document, path, values = place
    api = read(with_value(document, path, unknown()))
    assert [name for part in api.unknown_parts for name in part.names]
    check(api, [with_value(document, path, value) for value in values], call)


@given(place=st.sampled_from(NAMES), call=st.sampled_from(CALLS))
def test_no_name_changes_a_determinate_answer(place: Any, call: Any) -> None:
    document, path, names = place
    api = read({**with_name(document, path, "some"), "unknown_names": {"some": [{"name": NAME}]}})
    check(
        api,
        [with_name(document, path, name) for name in names if name == path[1] or name not in document[path[0]]],
        call,
    )


@pytest.mark.parametrize("place", [*PLACES, *NAMES], ids=lambda place: "-".join(map(str, place[1])))
def test_an_api_with_unknown_parts_is_a_value_and_can_be_written(place: Any) -> None:
    document, path, _ = place
    if place in NAMES:
        api = read({**with_name(document, path, "some"), "unknown_names": {"some": [{"name": NAME}]}})
    else:
        api = read(with_value(document, path, unknown()))
    for made in (copy.copy(api), copy.deepcopy(api), pickle.loads(pickle.dumps(api))):
        assert made == api
        assert hash(made) == hash(api)
    assert api != read(document)
    assert api_document(read(api_document(api))) == api_document(api)
    assert read(api_document(api)).unknown_parts == api.unknown_parts


def rest(path: tuple[Any, ...], value: Any = None) -> Api:
    return read(with_value(REST, path, unknown() if value is None else value))


def test_the_response_names_the_value_and_its_place() -> None:
    text = json.dumps(REST, indent=1).replace('"auth": "NONE"', f'"auth": {json.dumps(unknown())}')
    line = next(number for number, each in enumerate(text.split("\n"), 1) if "the parameter Value" in each)
    api = Api.from_definition(parse_api(text, name="some.api.json"))
    response = api.invoke("GET", "/open", context=ELSEWHERE)
    place = f"some.api.json:{line}:12"
    assert (response.outcome, response.status) == ("indeterminate", None)
    assert response.unknown_values == ((NAME, place),)
    assert response.to_dict()["unknown_values"] == [{"name": NAME, "place": place}]
    said = f"it depends on the parameter Value, which has no value ({place})"
    assert response.steps[-1].detail == f"{said}: allowed or refused with 403 at gate 5b (signature)"
    assert str(response.explain()).splitlines()[0].endswith(said)


@pytest.mark.parametrize(
    ("path", "call", "more", "status"),
    [
        # Another route, another stage, another authorizer, no domain.
        (("routes", "GET /open", "auth"), ("GET", "/signed"), {}, 403),
        (("routes", "GET /open", "api_key_required"), ("POST", "/keyed"), {}, 403),
        (
            ("stages", "test", "cache_needs_permission"),
            ("GET", "/open"),
            {"headers": {"Cache-Control": "max-age=0"}},
            403,
        ),
        (("authorizers", "tokens", "identity_sources"), ("GET", "/open"), {}, 200),
        (("domains", "api.example.com", "mutual_tls"), ("GET", "/open"), {}, 200),
        # Refused before the part matters.
        (("authorizers", "tokens", "ttl"), ("GET", "/token"), {"context": {"aws:SourceIp": "192.0.2.7"}}, 403),
        (("authorizers", "users", "user_pools"), ("GET", "/user"), {"headers": {}}, 401),
        (
            ("routes", "GET /open", "api_key_required"),
            ("GET", "/open"),
            {"context": {"aws:SourceIp": "192.0.2.7"}},
            403,
        ),
        (("api_keys", 0, "value"), ("POST", "/keyed"), {"headers": {}}, 403),
        # The same with each value.
        (("routes", "POST /keyed", "api_key_required"), ("POST", "/keyed"), {"headers": {"X-API-Key": "k" * 30}}, 200),
        (("api_keys", 0, "value"), ("GET", "/open"), {}, 200),
        (("gateway_responses", "ACCESS_DENIED", "message"), ("GET", "/open"), {}, 200),
    ],
)
def test_a_call_that_the_part_does_not_concern(path: Any, call: Any, more: dict[str, Any], status: int) -> None:
    assert rest(path).invoke(*call, **{"context": ELSEWHERE, **more}).status == status


def test_a_route_with_an_unknown_path_does_not_match_better_than_an_exact_one() -> None:
    names = {"some": ["GET /items/", {"name": NAME}]}
    api = read({**with_name(REST, ("routes", "GET /open"), "some"), "unknown_names": names})
    assert api.invoke("GET", "/signed").status == 403
    assert api.invoke("GET", "/items/7").outcome == "indeterminate"
    assert api.invoke("GET", "/other").status == 403
    assert api.invoke("POST", "/items/7").status == 403


def test_a_stage_whose_name_is_not_known() -> None:
    document = {**WITHOUT_POLICY, "stage": unknown(), "stages": [unknown(), "test"], "api_keys": [], "domains": {}}
    api = read(document)
    assert api.invoke("GET", "/open").status == 200
    assert api.invoke("GET", "/open").arn == ""
    assert api.invoke("GET", "/signed", caller=ANN).outcome == "indeterminate"
    with pytest.raises(UsageError) as caught:
        api.with_stage(None)
    assert caught.value.message == f"which stage is called? The API has <{NAME}>, test; none is given"
    assert caught.value.advice == f"name it with stage=, or give a value to {NAME}"
    host = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    assert api.invoke("GET", "/test/open", domain_name=host).status == 200
    assert api.invoke("GET", "/prod/open", domain_name=host).outcome == "indeterminate"


@pytest.mark.parametrize("path", [("type",), ("schema",), ("gateway_responses", "ACCESS_DENIED", "status")])
def test_a_value_that_is_needed(path: tuple[str, ...]) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        rest(path)
    error = caught.value.errors[0]
    assert error.message == f"found {NAME}, which has no value, as {path[-1]}, expected a value that is known"
    assert error.span is not None
    advice = "give its value with --parameter Value=VALUE or parameters="
    assert (error.span.line, error.advice, error.rule) == (1, advice, "SRC-9")


def test_a_gateway_response_with_nothing_but_an_unknown_status_is_one_error() -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        read({**WITHOUT_POLICY, "gateway_responses": {"ACCESS_DENIED": {"status": unknown()}}})
    (error,) = caught.value.errors
    assert error.message == f"found {NAME}, which has no value, as status, expected a value that is known"


def test_what_an_integration_receives_of_a_stage_whose_name_is_not_known() -> None:
    document = {**WITHOUT_POLICY, "stage": unknown(), "stages": [unknown(), "test"], "api_keys": [], "domains": {}}
    response = read(document).invoke("GET", "/open")
    assert refused(UsageError, lambda: response.integration) == Refusal(
        f"what the integration receives depends on {NAME} (some.api.json:1:206), which is not known",
        advice="give it a value where the file is read, such as parameters=…",
        rule="GW-37",
    )


def test_what_is_sent_is_not_known_where_it_differs_with_the_value() -> None:
    response = rest(("routes", "GET /open", "auth")).invoke("GET", "/open", context={"aws:SourceIp": "192.0.2.7"})
    assert response.status == 403
    assert refused(UsageError, lambda: response.sent) == Refusal(
        'it is not known which response is sent: 403 {"message":"No"} or 403 '
        '{"message":"Missing Authentication Token"}',
        advice="give the values of the keys that decide, in a context that is complete",
        rule="MSG-5",
    )
