"""The same policy, attached in each way, decides as that of a caller who is made by hand (SRC-8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Caller, Policy, Request, Template, authorize
from tests.loaders.cloudformation.iam.ways import ROLE_WAYS, USER_WAYS, Resources, inline, role, user

pytestmark = pytest.mark.rule("SRC-8")

ACCOUNT, REGION = "111122223333", "eu-west-1"
APIS = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/prod"
METHODS = (f"{APIS}/GET/*", f"{APIS}/*/orders", f"{APIS}/GET/orders", f"{APIS}/POST/${{aws:username}}", "*")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {"StringEquals": {"aws:username": "ann"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/clerk"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
)


def statements() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Action": st.sampled_from(["execute-api:Invoke", "execute-api:*", "s3:GetObject"]),
            "Resource": st.lists(st.sampled_from(METHODS), min_size=1, max_size=2, unique=True),
        },
        optional={"Condition": st.sampled_from(CONDITIONS)},
    )


DOCUMENTS = st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(statements(), min_size=1, max_size=3)}
)
REQUESTS = st.tuples(
    st.sampled_from(["GET/orders", "POST/orders", "POST/ann", "GET/a/b"]),
    st.sampled_from([{"aws:SourceIp": "203.0.113.7"}, {"aws:SourceIp": "198.51.100.7"}]),
)
ARNS = {"role": f"arn:aws:iam::{ACCOUNT}:role/clerk", "user": f"arn:aws:iam::{ACCOUNT}:user/ann"}


def read(resources: Resources) -> Template:
    extensions = "AWS::LanguageExtensions"
    return Template.parse({"Transform": extensions, "Resources": resources}, account=ACCOUNT, region=REGION)


def outcome(caller: Caller, request: tuple[str, Mapping[str, str]]) -> str:
    path, context = request
    resource = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3/prod/{path}"
    given = Request(caller=caller, action="execute-api:Invoke", resource=resource, context=context)
    return authorize(given).outcome.value


@settings(max_examples=12)
@given(DOCUMENTS, REQUESTS)
def test_each_way_decides_as_a_caller_made_by_hand(document: dict[str, Any], request: tuple[str, Any]) -> None:
    policy = Policy.parse(document, kind="identity")
    for kind, ways in (("role", ROLE_WAYS), ("user", USER_WAYS)):
        expected = outcome(Caller(ARNS[kind], identity=policy), request)
        for way, resources in ways.items():
            if way == "Roles of a policy by Sub":
                continue  # this role has no name of its own
            caller = read(resources(document)).callers["Caller"]
            assert caller.principal.arn == ARNS[kind], way
            assert len(caller.identity) == 1, way
            assert outcome(caller, request) == expected, way


@settings(max_examples=12)
@given(DOCUMENTS, DOCUMENTS, REQUESTS)
def test_a_boundary_decides_as_one_given_by_hand(
    document: dict[str, Any], boundary: dict[str, Any], request: tuple[str, Any]
) -> None:
    limits = Policy.parse(boundary, kind="boundary")
    expected = Caller(ARNS["role"], identity=Policy.parse(document, kind="identity"), boundary=limits)
    limit = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": boundary}}
    template = read({"Caller": role(Policies=inline(document), PermissionsBoundary={"Ref": "Limit"}), "Limit": limit})
    assert outcome(template.callers["Caller"], request) == outcome(expected, request)
    assert template.policies["Limit"].kind.value == "boundary"


DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{APIS}/GET/*"},
        {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": f"{APIS}/GET/orders"},
    ],
}


@pytest.mark.parametrize("way", [*ROLE_WAYS.items(), *USER_WAYS.items()], ids=lambda way: str(way[0]))
def test_the_place_of_a_statement_is_that_of_its_text(way: tuple[str, Any]) -> None:
    name, resources = way
    (policy,) = read(resources(DOCUMENT)).callers["Caller"].identity
    assert policy.source is not None
    text = policy.source.text
    found = []
    for statement in policy.statements:
        span = policy.span(statement)
        assert span is not None
        lines = text.split("\n")[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        found.append("\n".join(lines))
    if name == "inline, as text of a function":
        # A function makes the text: everything in it has the place of the function.
        assert [json.loads(each) for each in found] == [{"Fn::ToJsonString": DOCUMENT}] * 2
    elif name == "inline, as text":
        assert [json.loads(json.loads(f'"{each}"')) for each in found] == DOCUMENT["Statement"]
    else:
        assert [json.loads(each) for each in found] == DOCUMENT["Statement"]


def test_one_policy_that_is_attached_twice_counts_once() -> None:
    reads = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": DOCUMENT, "Users": ["ann"]}}
    template = read({"Caller": user(ManagedPolicyArns=[{"Ref": "Reads"}]), "Reads": reads})
    assert template.callers["Caller"].identity == (template.policies["Reads"],)
