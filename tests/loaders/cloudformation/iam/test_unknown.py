"""Policies that a template does not contain, and attachments that it does not know (SRC-8, SRC-5)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from execpolicy import Caller, Decision, Outcome, Policy, Request, Template, authorize
from tests.loaders.cloudformation.iam.test_ways import ACCOUNT, ARNS, DOCUMENTS, REGION, REQUESTS
from tests.loaders.cloudformation.iam.ways import ROLE_WAYS, TRUST, inline, managed, resource, role, user

pytestmark = pytest.mark.rule("SRC-8", "SRC-5")

ELSEWHERE = f"arn:aws:iam::{ACCOUNT}:policy/Elsewhere"
EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NOTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}


def read(resources: dict[str, Any], **parameters: str) -> Template:
    """A template with the parameters Name and Document."""
    sections = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Name": {"Type": "String"}, "Document": {"Type": "String"}},
        "Resources": resources,
    }
    return Template.parse(sections, account=ACCOUNT, region=REGION, parameters=parameters)


def decide(caller: Caller, request: tuple[str, Any] = ("GET/orders", {})) -> Decision:
    path, context = request
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3/prod/{path}"
    return authorize(Request(caller=caller, action="execute-api:Invoke", resource=arn, context=context))


@settings(max_examples=25)
@given(DOCUMENTS, DOCUMENTS, REQUESTS)
def test_whatever_an_unknown_policy_contains_is_possible(
    known: dict[str, Any], content: dict[str, Any], request: tuple[str, Any]
) -> None:
    """The second way: with each content that the policy may have, the outcome is one that the decision permits."""
    identity, concrete = Policy.parse(known, kind="identity"), Policy.parse(content, kind="identity")
    limit = Policy.parse(content, kind="boundary")
    attached = read({"Caller": role(Policies=inline(known), ManagedPolicyArns=[ELSEWHERE])})
    found = decide(attached.callers["Caller"], request)
    assert permits(found, decide(Caller(ARNS["role"], identity=[identity, concrete]), request))
    bounded = read({"Caller": role(Policies=inline(known), PermissionsBoundary=ELSEWHERE)})
    found = decide(bounded.callers["Caller"], request)
    assert permits(found, decide(Caller(ARNS["role"], identity=identity, boundary=limit), request))
    assert not found.allowed, "nobody knows that the boundary allows it"


def permits(found: Decision, concrete: Decision) -> bool:
    """Whether a decision has the outcome of a concrete one, or leaves open whether the request is allowed."""
    if found.outcome is Outcome.INDETERMINATE:
        return concrete.allowed in {outcome is Outcome.ALLOW for outcome in found.possible}
    return found.outcome is concrete.outcome


def test_a_decision_names_the_policy_that_is_not_known() -> None:
    template = read({"Caller": role(Policies=inline(EVERYTHING), PermissionsBoundary=ELSEWHERE)})
    found = decide(template.callers["Caller"])
    assert found.outcome.value == "indeterminate"
    assert {*found.unknown_values} == {
        f"what the policy {ELSEWHERE} allows",
        f"what the policy {ELSEWHERE} denies",
    }
    assert [(each.name, each.reason) for each in template.unknowns] == [
        (f"the policy {ELSEWHERE}", "the template does not contain it")
    ]


@pytest.mark.parametrize(
    ("resources", "name"),
    [
        ({"Caller": user(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnlyAccess"])}, "the AWS managed policy Read"),
        ({"Caller": user(ManagedPolicyArns=[{"Ref": "Name"}])}, "the parameter Name"),
        ({"Caller": user(ManagedPolicyArns={"Fn::Split": [",", {"Ref": "Name"}]})}, "the parameter Name split at"),
        ({"Caller": user(ManagedPolicyArns=[{"Fn::ImportValue": "Shared"}])}, "the import Shared"),
        ({"Caller": user(Groups=["admins"])}, "the group admins"),
        ({"Caller": user(Groups=[{"Ref": "Name"}])}, "the group <the parameter Name>"),
        (
            {"Caller": user(), "M": resource("UserToGroupAddition", GroupName="admins", Users=["ann"])},
            "the group admins",
        ),
        (
            {
                "Caller": user(),
                "M": resource("UserToGroupAddition", GroupName={"Ref": "Staff"}, Users=[{"Ref": "Name"}]),
                "Staff": resource("Group"),
            },
            "the group Staff",
        ),
        (
            {"Caller": user(), "Reads": managed(NOTHING, Users=[{"Ref": "Name"}])},
            "the policy Reads, if it is attached to <the parameter Name>,",
        ),
        (
            {"Caller": role(), "Reads": managed(NOTHING, Roles=[{"Fn::Sub": "cl${Name}"}])},
            "the policy Reads, if it is attached to cl<the parameter Name>,",
        ),
        ({"Caller": user(Policies=inline({"Ref": "Document"}))}, "the parameter Document"),
    ],
)
def test_what_is_not_known_may_allow_and_deny(resources: dict[str, Any], name: str) -> None:
    found = decide(read(resources).callers["Caller"])
    assert found.outcome.value == "indeterminate"
    assert all(each.startswith(f"what {name}") for each in found.unknown_values)
    assert len(found.unknown_values) == 2


@pytest.mark.parametrize(
    "resources",
    [
        {"Caller": role(), "Reads": managed(NOTHING, Roles=[{"Fn::Sub": "prod-${Name}"}])},
        {
            "Caller": resource("Role", AssumeRolePolicyDocument=TRUST),
            "Reads": managed(NOTHING, Roles=[{"Ref": "Name"}]),
        },
        {"Caller": user(), "M": resource("UserToGroupAddition", GroupName="admins", Users=["bob"])},
    ],
    ids=["another name", "a name that CloudFormation makes", "another user"],
)
def test_a_name_that_cannot_be_the_callers_changes_nothing(resources: dict[str, Any]) -> None:
    assert decide(read(resources).callers["Caller"]).outcome.value == "implicit_deny"


def test_json_text_with_an_unknown_value() -> None:
    text = (
        '{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", '
        '"Resource": "arn:aws:execute-api:*:*:*/${Name}/GET/*"}}'
    )
    template = read({"Caller": user(Policies=inline({"Fn::Sub": text}))})
    found = decide(template.callers["Caller"])
    assert (found.outcome.value, {*found.unknown_values}) == ("indeterminate", {"the parameter Name"})
    assert decide(template.callers["Caller"], ("POST/orders", {})).outcome.value == "implicit_deny"
    known = read({"Caller": user(Policies=inline({"Fn::Sub": text}))}, Name="prod")
    assert decide(known.callers["Caller"]).allowed


@pytest.mark.parametrize(
    "text", ['{"Statement": [${Document}]}', '{"Statement": {"Effect": "Allow", "Action": ${Document}}}']
)
def test_json_text_with_an_unknown_value_outside_of_its_strings(text: str) -> None:
    """The whole policy is unknown: a value may say anything there."""
    template = read({"Caller": user(Policies=inline({"Fn::Sub": text}))})
    found = decide(template.callers["Caller"])
    assert found.outcome.value == "indeterminate"
    assert {*found.unknown_values} == {"what the parameter Document allows", "what the parameter Document denies"}


def test_a_vpc_endpoint_with_an_unknown_policy() -> None:
    endpoint = {"ServiceName": f"com.amazonaws.{REGION}.execute-api", "PolicyDocument": {"Ref": "Document"}}
    template = read({"E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": endpoint}})
    policy = template.vpc_endpoints["E"]
    assert [statement.effect for statement in policy.statements] == ["Allow", "Deny"]


def test_a_known_policy_of_each_way_is_not_unknown() -> None:
    for resources in ROLE_WAYS.values():
        assert read(dict(resources(EVERYTHING))).unknowns == ()
