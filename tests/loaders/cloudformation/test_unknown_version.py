"""Policies of a template whose Version is not known: the answers that both versions have in common (SRC-10, POL-4)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Decision, Request, Template, authorize
from tests.loaders.cloudformation.iam.ways import inline, role, user
from tests.loaders.cloudformation.test_unknown_wholes import (
    ACCOUNT,
    AUTHS,
    ENDPOINTS,
    INVOKE,
    REGION,
    STATEMENTS,
    answers,
    no_value_changes,
    read,
    template,
)

pytestmark = pytest.mark.rule("SRC-10", "SRC-5", "POL-4")

VERSIONS = ("2012-10-17", "2008-10-17")
OLD = VERSIONS[1]
VARIABLE = "${aws:username}"
#: Elements that mean something else in each version.
WITH_VARIABLES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"Resource": f"execute-api:/prod/GET/{VARIABLE}"},
        {"Resource": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/prod/GET/{VARIABLE}*"},
        {"Resource": "execute-api:/prod/GET/${*}"},
        {"Condition": {"StringEquals": {"aws:username": VARIABLE}}},
        {"Condition": {"StringNotLike": {"aws:username": ["bob", VARIABLE]}}},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "${aws:SourceVpce}"}}},
        {},
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A resource policy without its version."""
    found = draw(st.lists(STATEMENTS, min_size=1, max_size=2))
    return {"Statement": [{**each, **draw(WITH_VARIABLES)} for each in found]}


def with_version(version: object, document: dict[str, Any]) -> dict[str, Any]:
    return {"Version": version, **document}


@pytest.mark.parametrize("in_text", [False, True], ids=["an object", "a JSON text"])
@settings(max_examples=30)
@given(documents(), AUTHS, ENDPOINTS)
def test_an_answer_is_that_of_both_versions(in_text: bool, document: dict[str, Any], auth: str, endpoint: str) -> None:
    policy = with_version({"Ref": "P"}, document)
    written = template({"Fn::ToJsonString": policy} if in_text else policy, auth, endpoint)
    unknown = answers(read(written), auth, endpoint)
    of_each = {version: answers(read(written, {"P": version}), auth, endpoint) for version in VERSIONS}
    for known in of_each.values():
        no_value_changes(unknown, known)
    for name, response in unknown.items():
        outcomes = {known[name].outcome for known in of_each.values()}
        assert (response.outcome == "indeterminate") is (len(outcomes) > 1 or "indeterminate" in outcomes), name
        assert {status for known in of_each.values() for status in known[name].statuses} == {*response.statuses}


def decided(found: Template, name: str, path: str = "ann") -> Decision:
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3/prod/GET/{path}"
    return authorize(Request(caller=found.callers[name], action=INVOKE, resource=arn))


def statement(**elements: object) -> dict[str, Any]:
    return {"Statement": {"Effect": "Allow", "Action": INVOKE, "Resource": "*", **elements}}


def of_callers(version: object, **elements: object) -> dict[str, Any]:
    document = with_version(version, statement(**elements))
    return {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {"Ann": user(Policies=inline(document)), "Clerk": role(Policies=inline(document))},
    }


def test_a_policy_without_variables_means_the_same_in_each_version() -> None:
    found = read(of_callers({"Ref": "P"}))
    assert decided(found, "Ann").allowed
    assert decided(found, "Clerk").allowed
    assert [(each.name, each.place) for each in found.unknowns] == [("the parameter P", "<template>:16:26")]


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ({"Ref": "P"}, "the parameter P"),
        ({"Fn::ImportValue": "Version"}, "the import Version"),
        ({"Fn::Sub": "${P}-10-17"}, 'whether "2012-10-17" equals "<the parameter P>-10-17"'),
    ],
)
def test_a_policy_with_variables_has_variants_by_its_version(version: object, name: str) -> None:
    found = read(of_callers(version, Resource=f"arn:aws:execute-api:*:*:*/prod/GET/{VARIABLE}"))
    variants = found.callers.variants("Ann")
    assert variants.depends_on == (name,)
    requests = [
        Request(caller=each, action=INVOKE, resource=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1/prod/GET/ann")
        for each in variants.values
    ]
    assert [authorize(each).allowed for each in requests] == [True, False]
    written = [each.identity[0].version for each in variants.values]
    assert written == [*VERSIONS]


def test_a_call_names_the_version_that_decides() -> None:
    policy = with_version(
        {"Ref": "P"}, statement(Principal="*", Condition={"StringEquals": {"aws:SourceIp": "${aws:SourceIp}"}})
    )
    found = read(template(policy, "NONE", "REGIONAL"))
    response = found.apis["Api"].invoke("GET", "/", context={"aws:SourceIp": "192.0.2.7"})
    assert response.outcome == "indeterminate"
    assert [each.name for each in response.unknown_values] == ["the parameter P"]
    assert response.statuses == (200, 403)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_parameter_that_allows_one_version_has_it(version: str) -> None:
    written = of_callers({"Ref": "P"}, Resource=f"arn:aws:execute-api:*:*:*/prod/GET/{VARIABLE}")
    written["Parameters"]["P"]["AllowedValues"] = [version]
    assert decided(read(written), "Ann").allowed is (version == VERSIONS[0])


def test_a_condition_on_the_same_parameter_has_the_same_value() -> None:
    """The two versions of the policy are no other values than those of the condition."""
    written = of_callers({"Ref": "P"}, Resource=f"arn:aws:execute-api:*:*:*/prod/GET/{VARIABLE}")
    written["Conditions"] = {"IsNew": {"Fn::Equals": [{"Ref": "P"}, VERSIONS[0]]}}
    open_to_all = with_version(OLD, statement())
    written["Resources"]["Open"] = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "open", "PolicyDocument": open_to_all, "Users": [{"Ref": "Ann"}]},
        "Condition": "IsNew",
    }
    found = read(written).callers.variants("Ann")
    assert [len(each.identity) for each in found.values] == [2, 1]
    assert [each.identity[0].version for each in found.values] == [*VERSIONS]


def test_an_scp_has_the_only_version_that_aws_accepts() -> None:
    content = with_version(
        {"Ref": "P"}, statement(Effect="Deny", Resource=f"arn:aws:execute-api:*:*:*/prod/GET/{VARIABLE}")
    )
    written = of_callers(VERSIONS[0])
    written["Resources"]["Guard"] = {
        "Type": "AWS::Organizations::Policy",
        "Properties": {"Name": "g", "Type": "SERVICE_CONTROL_POLICY", "TargetIds": ["r-ab12"], "Content": content},
    }
    found = read(written)
    assert not decided(found, "Ann").allowed
    assert decided(found, "Ann", "bob").allowed


def test_the_policy_in_a_definition_and_that_of_a_vpc_endpoint() -> None:
    policy = with_version({"Ref": "P"}, statement(Principal="*"))
    body = {
        "openapi": "3.0.1",
        "info": {"title": "api", "version": "1"},
        "paths": {"/": {"get": {}}},
        "x-amazon-apigateway-policy": policy,
    }
    written = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
            "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "p"}},
            "Endpoint": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "ServiceName": f"com.amazonaws.{REGION}.execute-api",
                    "VpcId": "vpc-1",
                    "PolicyDocument": json.loads(json.dumps(policy)),
                },
            },
        },
    }
    found = read(written)
    assert found.apis["Api"].invoke("GET", "/").allowed
    (endpoint,) = found.vpc_endpoints.values()
    assert endpoint.version == VERSIONS[0]
