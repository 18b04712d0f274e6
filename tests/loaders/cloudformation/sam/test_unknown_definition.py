"""Definitions of SAM's APIs that are not known, to which the transform adds: no value changes an answer (SRC-9)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from execpolicy import GatewayResponse, PolicySyntaxError, Template
from tests.loaders.cloudformation.test_unknown_routes import (
    HTTP,
    INTEGRATION,
    OPERATIONS,
    REST,
    SCHEMES,
    answers,
)
from tests.loaders.cloudformation.test_unknown_wholes import ACCOUNT, REGION, no_value_changes

pytestmark = pytest.mark.rule("SRC-3", "SRC-9")

UNKNOWN = {"Fn::GetAtt": ["Made", "Value"]}
INCLUDE = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/openapi.yaml"}}}
POLICY = "x-amazon-apigateway-policy"
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
KINDS = {"Api": REST, "HttpApi": HTTP}
AUTHS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "Api": st.sampled_from(
        [
            {},
            {"DefaultAuthorizer": "AWS_IAM"},
            {"ApiKeyRequired": True},
            {"ResourcePolicy": {"IpRangeBlacklist": ["192.0.2.0/24"]}},
        ]
    ),
    "HttpApi": st.sampled_from([{}, {"EnableIamAuthorizer": True, "DefaultAuthorizer": "AWS_IAM"}]),
}
#: Parts of a definition that are not known, by the names under which they stand.
PARTS: dict[str, tuple[str, ...]] = {
    "the definition": (),
    "paths": ("paths",),
    "a path": ("paths", "/orders"),
    "an operation": ("paths", "/orders", "get"),
    "components": ("components",),
    "the security schemes": ("components", "securitySchemes"),
}


def template(kind: str, body: Any, auth: dict[str, Any], *, with_event: bool = False) -> dict[str, Any]:
    properties: dict[str, Any] = {"DefinitionBody": body, "Auth": auth}
    if kind == "Api":
        properties["StageName"] = "prod"
    own = {"ApiId" if kind == "HttpApi" else "RestApiId": {"Ref": "Orders"}}
    event = {"Type": kind, "Properties": {**own, "Path": "/orders", "Method": "get"}}
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Get": event}}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Orders": {"Type": f"AWS::Serverless::{kind}", "Properties": properties},
            **({"Handler": function} if with_event else {}),
            "Made": {"Type": "Custom::Made", "Properties": {"ServiceToken": "arn:x"}},
        },
    }


def read(written: dict[str, Any]) -> Template:
    is_rest = written["Resources"]["Orders"]["Type"].endswith(":Api")
    return Template.parse(written, account=ACCOUNT, region=REGION, stage="prod" if is_rest else None)


def _answers(written: dict[str, Any]) -> dict[str, GatewayResponse]:
    return answers(read(written), "Orders")


def body_of(kind: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.0.1",
        "info": {"title": "api", "version": "1"},
        "paths": {"/orders": {"get": operation}, "/health": {"get": {**INTEGRATION}}},
        "components": {"securitySchemes": SCHEMES[KINDS[kind]]},
    }


def replaced(document: Any, names: tuple[str, ...], value: Any) -> Any:
    """A document with a value under these names."""
    if not names:
        return value
    return {**document, names[0]: replaced(document[names[0]], names[1:], value)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=10)
@given(data=st.data())
def test_no_value_of_a_definition_changes_an_answer(part: str, kind: str, data: st.DataObject) -> None:
    operation = {**data.draw(st.sampled_from([{}, INTEGRATION])), **data.draw(OPERATIONS[KINDS[kind]])}
    auth, with_event = data.draw(AUTHS[kind]), data.draw(st.booleans())
    body = body_of(kind, operation)
    try:
        known = _answers(template(kind, body, auth, with_event=with_event))
    except PolicySyntaxError:  # the security schemes that SAM writes replace those of this definition
        reject()
    unknown = replaced(body, PARTS[part], data.draw(st.sampled_from([UNKNOWN, INCLUDE])))
    no_value_changes(_answers(template(kind, unknown, auth, with_event=with_event)), known)


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_that_aws_includes_is_named_with_its_place(kind: str) -> None:
    found = read(template(kind, INCLUDE, {}))
    response = found.apis["Orders"].invoke("GET", "/orders")
    assert response.outcome == "indeterminate"
    names = {(each.name, each.place) for each in response.unknown_values}
    assert names == {("what AWS::Include makes at <template>:7:27", "<template>:7:27")}
    reason = (
        "it is not run: give the template that it makes: aws cloudformation get-template --template-stage Processed"
    )
    assert [each.reason for each in found.unknowns] == [reason]


def test_statements_of_sam_do_not_replace_a_policy_that_is_not_known() -> None:
    """The policy of the definition may deny what the lists of Auth allow."""
    lists = {"ResourcePolicy": {"IpRangeWhitelist": ["192.0.2.0/24"]}}
    body = {**body_of("Api", INTEGRATION), POLICY: UNKNOWN}
    call: dict[str, Any] = {"context": {"aws:SourceIp": "192.0.2.7"}}
    response = read(template("Api", body, lists)).apis["Orders"].invoke("GET", "/orders", **call)
    assert response.outcome == "indeterminate"
    known = read(template("Api", {**body, POLICY: DENY}, lists)).apis["Orders"].invoke("GET", "/orders", **call)
    assert known.outcome == "denied"


def test_a_policy_that_is_not_known_is_one_where_sam_adds_no_statement() -> None:
    body = {**body_of("Api", INTEGRATION), POLICY: UNKNOWN}
    api = read(template("Api", body, {})).apis["Orders"]
    assert api.invoke("GET", "/orders").outcome == "indeterminate"
    assert api.invoke("GET", "/other").outcome == "denied"


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"Globals": INCLUDE}, "3:14"),
        ({"Globals": {"Api": {"Auth": INCLUDE}}}, "5:15"),
        ({"Resources": {"Orders": {"Type": "AWS::Serverless::Api", "Properties": INCLUDE}}}, "6:21"),
        ({"Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Policy": INCLUDE}}}}, "7:19"),
    ],
)
def test_a_macro_elsewhere_is_refused(changed: dict[str, Any], place: str) -> None:
    written = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {}, **changed}
    ordered: dict[str, Any] = {name: written[name] for name in ("Transform", "Globals", "Resources") if name in written}
    with pytest.raises(PolicySyntaxError) as refused:
        Template.parse(ordered, account=ACCOUNT, region=REGION)
    found = {
        (one.message, one.advice, f"{one.span.line}:{one.span.column}") for one in refused.value.errors if one.span
    }
    advice = "give the template that it makes: aws cloudformation get-template --template-stage Processed"
    assert ("found Fn::Transform, which is not run", advice, place) in found
