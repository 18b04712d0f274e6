"""Parts of the definition of an API that are not known: no value changes a known answer (SRC-9)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import GatewayResponse, Template
from tests.loaders.cloudformation.test_unknown_wholes import (
    ACCOUNT,
    ALLOWS,
    CALLERS,
    REGION,
    no_value_changes,
)

pytestmark = pytest.mark.rule("SRC-9", "SRC-2")

#: What is not known, with what the response calls it.
UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "an attribute": ({"Fn::GetAtt": ["Made", "Value"]}, "the attribute Made.Value"),
    "a parameter": ({"Ref": "P"}, "the parameter P"),
    "an include": (
        {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/part.yaml"}}},
        "what AWS::Include makes at <template>:",
    ),
}
INTEGRATION = {"x-amazon-apigateway-integration": {"type": "http_proxy", "payloadFormatVersion": "1.0"}}
AUTHORIZER = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
        "type": "token",
        "authorizerUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations",
    },
}
POOL = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authtype": "cognito_user_pools",
    "x-amazon-apigateway-authorizer": {
        "type": "cognito_user_pools",
        "providerARNs": [f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_Abc"],
    },
}
KEY = {"type": "apiKey", "name": "x-api-key", "in": "header"}
JWT = {
    "type": "oauth2",
    "x-amazon-apigateway-authorizer": {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": "https://issuer.example.com", "audience": ["shop"]},
    },
}
SIGNED = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
REST, HTTP = "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"
SCHEMES = {REST: {"custom": AUTHORIZER, "pool": POOL, "key": KEY}, HTTP: {"jwt": JWT}}
OPERATIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    REST: st.sampled_from(
        [
            {},
            SIGNED,
            {"security": [{"custom": []}]},
            {"security": [{"pool": ["read"]}]},
            {"security": [{"key": []}]},
            {**SIGNED, "security": [{"key": []}]},
        ]
    ),
    HTTP: st.sampled_from([{}, {"security": [{"jwt": []}]}, {"security": [{"jwt": ["read"]}]}]),
}
PATHS = st.sampled_from(["/orders", "/orders/{id}", "/{proxy+}", "/health"])
METHODS = st.sampled_from(["get", "post", "x-amazon-apigateway-any-method"])


def body_of(type_: str, paths: Any, **members: Any) -> dict[str, Any]:
    components = {"components": {"securitySchemes": SCHEMES[type_]}}
    return {"openapi": "3.0.1", "info": {"title": "api", "version": "1"}, "paths": paths, **components, **members}


def items_of(type_: str) -> st.SearchStrategy[dict[str, Any]]:
    operations = OPERATIONS[type_].map(lambda found: {**INTEGRATION, **found})
    return st.dictionaries(METHODS, operations, max_size=2)


def paths_of(type_: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(PATHS, items_of(type_), max_size=3)


def template(type_: str, body: Any) -> dict[str, Any]:
    version, owner = ("V2", "ApiId") if type_ == HTTP else ("", "RestApiId")
    stage = {owner: {"Ref": "Api"}, "StageName": "prod"}
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "Api": {"Type": type_, "Properties": {"Body": body}},
            "Stage": {"Type": f"AWS::ApiGateway{version}::Stage", "Properties": stage},
            "Made": {"Type": "Custom::Made", "Properties": {"ServiceToken": "arn:x"}},
        },
    }


def read(written: dict[str, Any]) -> Template:
    return Template.parse(written, account=ACCOUNT, region=REGION)


CALLS: dict[str, dict[str, Any]] = {
    "GET /orders": {},
    "POST /orders/7": {},
    "GET /health": {},
    "OPTIONS /orders": {},
    "GET /orders with a token": {"headers": {"Authorization": "t"}},
    "GET /orders/7 with claims": {
        "headers": {"Authorization": "t"},
        "claims": {"token_use": "access", "scope": "read"},
    },
    "POST /orders with a key": {"headers": {"x-api-key": "secret"}},
}


def answers(found: Template, name: str = "Api") -> dict[str, GatewayResponse]:
    """The answer to each call."""
    api = found.apis[name]
    responses: dict[str, GatewayResponse] = {}
    for call, details in CALLS.items():
        method, path, *_ = call.split(" ")
        for caller in ("nobody", "Ann, who may"):
            responses[f"{call}, {caller}"] = api.invoke(
                method, path, caller=CALLERS[caller], authorizer_output=ALLOWS, **details
            )
    return responses


def _answers(written: dict[str, Any]) -> dict[str, GatewayResponse]:
    return answers(read(written))


TYPES = pytest.mark.parametrize("type_", [REST, HTTP], ids=["REST", "HTTP"])
FORMS = pytest.mark.parametrize("form", UNKNOWN)


@TYPES
@FORMS
@settings(max_examples=20)
@given(data=st.data())
def test_no_value_of_an_operation_changes_an_answer(type_: str, form: str, data: st.DataObject) -> None:
    unknown, _ = UNKNOWN[form]
    others, path, method = data.draw(paths_of(type_)), data.draw(PATHS), data.draw(METHODS)
    operation = {**INTEGRATION, **data.draw(OPERATIONS[type_])}
    item = others.get(path, {})
    found = _answers(template(type_, body_of(type_, {**others, path: {**item, method: unknown}})))
    known = _answers(template(type_, body_of(type_, {**others, path: {**item, method: operation}})))
    no_value_changes(found, known)


@TYPES
@FORMS
@settings(max_examples=20)
@given(data=st.data())
def test_no_value_of_a_path_or_of_all_paths_changes_an_answer(type_: str, form: str, data: st.DataObject) -> None:
    unknown, _ = UNKNOWN[form]
    others, path, item = data.draw(paths_of(type_)), data.draw(PATHS), data.draw(items_of(type_))
    known = _answers(template(type_, body_of(type_, {**others, path: item})))
    no_value_changes(_answers(template(type_, body_of(type_, {**others, path: unknown}))), known)
    no_value_changes(_answers(template(type_, body_of(type_, unknown))), known)


@TYPES
@FORMS
@settings(max_examples=20)
@given(data=st.data())
def test_no_value_of_what_an_operation_requires_changes_an_answer(type_: str, form: str, data: st.DataObject) -> None:
    unknown, _ = UNKNOWN[form]
    operation = {**INTEGRATION, **data.draw(OPERATIONS[type_])}
    known = _answers(template(type_, body_of(type_, {"/orders": {"get": operation}})))
    security = {**operation, "security": data.draw(st.sampled_from([unknown, [unknown]]))}
    no_value_changes(_answers(template(type_, body_of(type_, {"/orders": {"get": security}}))), known)
    auth = {**operation, "x-amazon-apigateway-auth": unknown}
    if type_ == REST:
        no_value_changes(_answers(template(type_, body_of(type_, {"/orders": {"get": auth}}))), known)


@FORMS
def test_an_operation_that_is_not_known_is_named_by_the_calls_to_it(form: str) -> None:
    unknown, name = UNKNOWN[form]
    paths = {"/orders": {"get": unknown}, "/health": {"get": {}}}
    found = read(template(REST, body_of(REST, paths)))
    response = found.apis["Api"].invoke("GET", "/orders")
    assert response.outcome == "indeterminate"
    ((value),) = response.unknown_values
    assert value.name.startswith(name)
    assert value.place == "<template>:19:22"
    assert found.apis["Api"].invoke("GET", "/health").allowed
    assert found.apis["Api"].invoke("POST", "/orders").outcome == "denied"
    assert [each.name for each in found.unknowns] == [value.name]


def test_a_path_that_is_not_known_may_be_that_of_calls_that_no_other_route_surely_takes() -> None:
    paths = {"/orders": {"Ref": "P"}, "/health": {"get": {}}}
    api = read(template(REST, body_of(REST, paths))).apis["Api"]
    assert api.invoke("GET", "/health").allowed
    response = api.invoke("GET", "/orders")
    assert response.outcome == "indeterminate"
    assert [(each.name, each.place) for each in response.unknown_values] == [("the parameter P", "<template>:18:24")]


def test_a_reference_may_lead_to_a_path_that_is_not_known() -> None:
    paths = {"/orders": {"$ref": "#/components/pathItems/orders"}}
    body = body_of(REST, paths)
    body["components"]["pathItems"] = {"orders": {"Ref": "P"}}
    assert read(template(REST, body)).apis["Api"].invoke("GET", "/orders").outcome == "indeterminate"


def test_the_default_route_of_an_http_api_may_be_any_route() -> None:
    paths = {"/$default": {"x-amazon-apigateway-any-method": {"Ref": "P"}}, "/health": {"get": INTEGRATION}}
    api = read(template(HTTP, body_of(HTTP, paths))).apis["Api"]
    assert api.invoke("GET", "/health").allowed
    assert api.invoke("GET", "/orders").outcome == "indeterminate"


@pytest.mark.parametrize(
    ("type_", "fields"),
    [(REST, {"auth", "authorizer", "scopes", "api_key_required"}), (HTTP, {"auth", "authorizer", "scopes"})],
    ids=["REST", "HTTP"],
)
def test_nothing_that_a_route_requires_is_known_of_an_operation_that_is_not(type_: str, fields: set[str]) -> None:
    body = body_of(type_, {"/orders": {"get": {"Ref": "P"}}})
    (part,) = read(template(type_, body)).apis["Api"].unknown_parts
    assert (part.key, part.names) == ("GET /orders", ("the parameter P",))
    assert {*json.loads(part.written)} == fields
