"""Policies, lists and definitions of a template of which nothing is known: no value changes a known answer (SRC-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Caller, GatewayResponse, Policy, Template
from execpolicy.literals import PolicyKindName

pytestmark = pytest.mark.rule("SRC-10", "SRC-9")

ACCOUNT, REGION = "111122223333", "eu-west-1"
ANN, BOB = f"arn:aws:iam::{ACCOUNT}:user/ann", f"arn:aws:iam::{ACCOUNT}:user/bob"
STRANGER = "arn:aws:sts::444455556666:assumed-role/Guest/s"
ENDPOINT = "vpce-0123456789abcdef0"
INVOKE = "execute-api:Invoke"

ACTIONS = st.sampled_from([INVOKE, "execute-api:*", "*", "execute-api:ManageConnections"])
RESOURCES = st.sampled_from(
    ["*", "execute-api:/*", "execute-api:/prod/GET/*", f"arn:aws:execute-api:{REGION}:*:*/test/*"]
)
PRINCIPALS = st.sampled_from(["*", {"AWS": ANN}, {"AWS": ACCOUNT}, {"AWS": [BOB, STRANGER]}, {"AWS": "444455556666"}])
CONDITIONS = st.sampled_from(
    [
        {},
        {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        {"StringEquals": {"aws:SourceVpce": [ENDPOINT]}},
        {"StringNotEquals": {"aws:PrincipalArn": ANN}},
    ]
)


def _statement(effect: str, action: Any, resource: Any, principal: Any, condition: Any) -> dict[str, Any]:
    found = {"Effect": effect, "Action": action, "Resource": resource, "Principal": principal}
    return {**found, "Condition": condition} if condition else found


STATEMENTS = st.builds(_statement, st.sampled_from(["Allow", "Deny"]), ACTIONS, RESOURCES, PRINCIPALS, CONDITIONS)
DOCUMENTS = st.lists(STATEMENTS, min_size=1, max_size=2).map(
    lambda found: {"Version": "2012-10-17", "Statement": found}
)


def _of_policy(kind: PolicyKindName, statement: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=kind)


_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
CALLERS: dict[str, Caller | None] = {
    "nobody": None,
    "Ann": Caller(ANN),
    "Ann, who may": Caller(ANN, identity=_of_policy("identity", _ALL)),
    "Ann, who may not": Caller(ANN, identity=_of_policy("identity", {**_ALL, "Effect": "Deny"})),
    "Ann within a boundary": Caller(
        ANN,
        identity=_of_policy("identity", _ALL),
        boundary=_of_policy("boundary", {**_ALL, "Action": "s3:*"}),
    ),
    "a stranger": Caller(STRANGER, identity=_of_policy("identity", _ALL)),
}
ALLOWS = {
    "principalId": "someone",
    "policyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": INVOKE, "Resource": "*"}},
}


def template(policy: Any, auth: str, endpoint: str) -> dict[str, Any]:
    """A REST API with one method and a resource policy; parameters have no values."""
    authorizer = {"AuthorizerId": {"Ref": "Authorizer"}} if auth in ("CUSTOM", "COGNITO_USER_POOLS") else {}
    of_type: dict[str, dict[str, Any]] = {
        "CUSTOM": {
            "Type": "TOKEN",
            "AuthorizerUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations",
        },
        "COGNITO_USER_POOLS": {
            "Type": "COGNITO_USER_POOLS",
            "ProviderARNs": [f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{REGION}_Abc"],
        },
    }
    known = of_type.get(auth, of_type["CUSTOM"])
    resources = {
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Policy": policy, "EndpointConfiguration": {"Types": [endpoint]}},
        },
        "Authorizer": {
            "Type": "AWS::ApiGateway::Authorizer",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "Name": "authorizer",
                "IdentitySource": "method.request.header.Authorization",
                **known,
            },
        },
        "Get": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "HttpMethod": "GET",
                "AuthorizationType": auth,
                **authorizer,
            },
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "prod", "DeploymentId": "d"},
        },
    }
    types = {"P": "String", "Q": "String", "L": "CommaDelimitedList"}
    return {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {name: {"Type": kind} for name, kind in types.items()},
        "Resources": resources,
    }


def read(written: dict[str, Any], parameters: dict[str, str] | None = None) -> Template:
    return Template.parse(written, account=ACCOUNT, region=REGION, parameters=parameters)


def answers(found: Template, auth: str, endpoint: str) -> dict[str, GatewayResponse]:
    api = found.apis["Api"]
    given: dict[str, Any] = {}
    if auth == "CUSTOM":
        given = {"authorizer_output": ALLOWS, "headers": {"Authorization": "t"}}
    elif auth == "COGNITO_USER_POOLS":
        given = {"claims": {"token_use": "id"}, "headers": {"Authorization": "t"}}
    context = {"aws:SourceVpce": ENDPOINT} if endpoint == "PRIVATE" else {"aws:SourceIp": "192.0.2.7"}
    return {name: api.invoke("GET", "/", caller=caller, context=context, **given) for name, caller in CALLERS.items()}


def no_value_changes(unknown: dict[str, GatewayResponse], known: dict[str, GatewayResponse]) -> None:
    """Whether the answers with unknown values are right for these values."""
    for name, response in unknown.items():
        assert {*known[name].statuses} <= {*response.statuses}, name
        if response.outcome != "indeterminate":
            assert response.outcome == known[name].outcome, name
        else:
            assert response.unknown_values, name


AUTHS = st.sampled_from(["NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"])
ENDPOINTS = st.sampled_from(["REGIONAL", "PRIVATE"])

#: A policy that is not known as a whole, and the value of the parameter P that makes a document of it.
WHOLES: dict[str, tuple[Any, Callable[[dict[str, Any]], str]]] = {
    "a parameter": ({"Ref": "P"}, json.dumps),
    "statements in a text": (
        {"Fn::Sub": '{"Version": "2012-10-17", "Statement": [${P}]}'},
        lambda document: json.dumps(document["Statement"])[1:-1],
    ),
    "the end of a text": (
        {"Fn::Join": ["", ['{"Version": "2012-10-17",', {"Ref": "P"}]]},
        lambda document: json.dumps({"Statement": document["Statement"]})[1:],
    ),
    "a member of a text": (
        {"Fn::Sub": '{"Version": "2012-10-17", "Statement": ${P}}'},
        lambda document: json.dumps(document["Statement"]),
    ),
}


@pytest.mark.parametrize("form", WHOLES)
@settings(max_examples=15)
@given(document=DOCUMENTS, auth=AUTHS, endpoint=ENDPOINTS)
def test_a_policy_of_which_nothing_is_known(form: str, document: dict[str, Any], auth: str, endpoint: str) -> None:
    policy, value = WHOLES[form]
    written = template(policy, auth, endpoint)
    unknown = answers(read(written), auth, endpoint)
    no_value_changes(unknown, answers(read(written, {"P": value(document)}), auth, endpoint))
    without = template(document, auth, endpoint)
    no_value_changes(unknown, answers(read(without), auth, endpoint))


def test_what_is_denied_whatever_a_policy_says_is_denied() -> None:
    found = answers(read(template({"Ref": "P"}, "AWS_IAM", "REGIONAL")), "AWS_IAM", "REGIONAL")
    outcomes = {name: response.outcome.value for name, response in found.items()}
    assert outcomes == {
        "nobody": "denied",
        "Ann": "indeterminate",
        "Ann, who may": "indeterminate",
        "Ann, who may not": "denied",
        "Ann within a boundary": "indeterminate",
        "a stranger": "indeterminate",
    }
    (value,) = found["Ann"].unknown_values
    assert (value.name, value.place) == ("the parameter P", "<template>:18:19")


#: Elements whose lists are not known, with the values that the parameter L may have.
LISTS: dict[str, tuple[dict[str, Any], st.SearchStrategy[str]]] = {
    "Action": ({"Action": {"Ref": "L"}}, st.lists(ACTIONS, min_size=1, max_size=2).map(",".join)),
    "Resource": (
        {"Resource": {"Fn::Split": [",", {"Ref": "P"}]}},
        st.lists(RESOURCES, min_size=1, max_size=2).map(",".join),
    ),
    "Principal": ({"Principal": {"AWS": {"Ref": "L"}}}, st.sampled_from([ANN, f"{ANN},{BOB}", ACCOUNT, "*"])),
    "a principal of a list": ({"Principal": {"AWS": [BOB, {"Ref": "P"}]}}, st.sampled_from([ANN, ACCOUNT, "*"])),
    "NotPrincipal": (
        {"Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": {"Ref": "L"}}},
        st.sampled_from([ANN, f"{ANN},{ACCOUNT}", BOB, "*"]),
    ),
    "NotAction": ({"Action": None, "NotAction": {"Ref": "L"}}, st.lists(ACTIONS, min_size=1).map(",".join)),
    "addresses": (
        {"Condition": {"IpAddress": {"aws:SourceIp": {"Ref": "L"}}}},
        st.sampled_from(["192.0.2.0/24", "198.51.100.1", "198.51.100.1,192.0.2.7"]),
    ),
    "no addresses": (
        {"Condition": {"NotIpAddress": {"aws:SourceIp": {"Fn::Split": [",", {"Ref": "P"}]}}}},
        st.sampled_from(["192.0.2.0/24", "198.51.100.1", "198.51.100.1,192.0.2.7"]),
    ),
    "endpoints": (
        {"Condition": {"StringNotEquals": {"aws:SourceVpce": {"Ref": "L"}}}},
        st.sampled_from([ENDPOINT, "vpce-1", f"vpce-1,{ENDPOINT}"]),
    ),
}


@pytest.mark.parametrize("in_text", [False, True], ids=["an object", "a JSON text"])
@pytest.mark.parametrize("element", LISTS)
@settings(max_examples=8)
@given(data=st.data())
def test_a_list_of_which_nothing_is_known(element: str, in_text: bool, data: st.DataObject) -> None:
    given_elements, values = LISTS[element]
    auth, endpoint = data.draw(AUTHS), data.draw(ENDPOINTS)
    effect = data.draw(st.sampled_from(["Allow", "Deny"]))
    base = {"Effect": effect, "Action": INVOKE, "Resource": "execute-api:/*", "Principal": "*"}
    statement = {name: each for name, each in {**base, **given_elements}.items() if each is not None}
    open_to_all = {"Effect": "Allow", "Action": INVOKE, "Resource": "*", "Principal": "*"}
    others = [open_to_all] if data.draw(st.booleans()) else []
    document: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement, *others]}
    written = template({"Fn::ToJsonString": document} if in_text else document, auth, endpoint)
    unknown = answers(read(written), auth, endpoint)
    value = data.draw(values)
    no_value_changes(unknown, answers(read(written, {"L": value, "P": value}), auth, endpoint))


BODY: dict[str, Any] = {"openapi": "3.0.1", "info": {"title": "api", "version": "1"}}
BODIES: dict[str, dict[str, Any]] = {
    "open": {"paths": {"/": {"get": {}}}},
    "IAM": {"paths": {"/": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}}},
    "another path": {"paths": {"/other": {"get": {}}}},
    "no own host": {
        "paths": {"/": {"get": {}}},
        "servers": [{"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}],
    },
    "policy": {
        "paths": {"/": {"get": {}}},
        "x-amazon-apigateway-policy": {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
        },
    },
}


def with_body(body: Any, type_: str = "AWS::ApiGateway::RestApi", **properties: Any) -> dict[str, Any]:
    stage = ("ApiGatewayV2::Stage", "ApiId") if "V2" in type_ else ("ApiGateway::Stage", "RestApiId")
    other = template({"Version": "2012-10-17", "Statement": []}, "NONE", "REGIONAL")
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "Api": {"Type": type_, "Properties": {"Body": body, **properties}},
            "Stage": {
                "Type": f"AWS::{stage[0]}",
                "Properties": {stage[1]: {"Ref": "Api"}, "StageName": "prod"},
            },
            "Beside": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", "Target": "arn:x"}},
            "Ann": {"Type": "AWS::IAM::User"},
        },
        "Transform": other["Transform"],
    }


@pytest.mark.parametrize("type_", ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"])
@pytest.mark.parametrize("known", BODIES)
def test_an_api_of_which_nothing_is_known(known: str, type_: str) -> None:
    written = with_body({"Ref": "P"}, type_)
    if type_ == "AWS::ApiGateway::RestApi":
        body = json.dumps({**BODY, **BODIES[known]})
    else:
        paths = {
            "/": {"get": {"x-amazon-apigateway-integration": {"type": "http_proxy", "payloadFormatVersion": "1.0"}}}
        }
        body = json.dumps({**BODY, "paths": paths})
    found, values = read(written), read(written, {"P": body})
    for method, path, host in (
        ("GET", "/", None),
        ("OPTIONS", "/", None),
        ("GET", "/", "api.execute-api.eu-west-1.amazonaws.com"),
    ):
        given_host: dict[str, Any] = {} if host is None else {"domain_name": host}
        call = ("/prod" + path) if host else path
        response = found.apis["Api"].invoke(method, call, **given_host)
        assert response.outcome == "indeterminate"
        assert [each.name for each in response.unknown_values] == ["the parameter P"]
        assert {*values.apis["Api"].invoke(method, call, **given_host).statuses} <= {*response.statuses}


def test_the_other_parts_of_the_template_can_be_used() -> None:
    found = read(with_body({"Ref": "P"}))
    assert found.apis["Beside"].invoke("GET", "/").allowed
    assert found.callers["Ann"].principal.name == "Ann"
    assert [(each.name, each.place) for each in found.unknowns] == [("the parameter P", "<template>:11:17")]
    assert found.apis["Api"].invoke("GET", "/").outcome == "indeterminate"


def test_a_property_says_nothing_beside_an_unknown_definition() -> None:
    """An import may change it."""
    found = read(with_body({"Ref": "P"}, DisableExecuteApiEndpoint=True)).apis["Api"]
    host: dict[str, Any] = {"domain_name": "api.execute-api.eu-west-1.amazonaws.com"}
    assert found.invoke("GET", "/prod/", **host).outcome == "indeterminate"


def test_a_definition_in_a_text_whose_strings_are_not_known() -> None:
    text = json.dumps({**BODY, "info": {"title": "${P}", "version": "1"}, "paths": {"/": {"get": {}}}})
    found = read(with_body({"Fn::Sub": text})).apis["Api"]
    assert found.invoke("GET", "/").allowed
    cut = read(with_body({"Fn::Sub": '{"openapi": "3.0.1", ${P}'})).apis["Api"]
    assert cut.invoke("GET", "/").outcome == "indeterminate"
