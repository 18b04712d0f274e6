"""The sentence about what a change opens, for statements of all forms: it never says less than the statement."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Policy
from execpolicy.literals import PolicyKindName
from execpolicy.suggestions.opened_words import opened_words

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
ROLE = "arn:aws:iam::111122223333:role/team/Clerk"


def words(kind: PolicyKindName = "identity", **parts: Any) -> str:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{API}/prod/GET/a", **parts}
    for name in ("Action", "Resource", "Principal"):
        if f"Not{name}" in statement:
            statement.pop(name, None)
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=kind, name="p.json")
    return opened_words(policy.statements[0], policy.kind, policy.name)


def test_a_deny_of_a_policy_without_principals() -> None:
    assert words(Effect="Deny") == "no longer denies those who have p.json GET on /prod/a of a1b2c3"


@pytest.mark.parametrize(
    ("resource", "what"),
    [
        ("*", "everything"),
        (["*", f"{API}/*"], "everything"),
        (f"{API}/*", f"{API}/*"),
        (f"{API}/*/GET/a/*", "GET on /*/a/* of a1b2c3"),
        ("arn:aws:execute-api:*:*:*/prod/GET/a", "arn:aws:execute-api:*:*:*/prod/GET/a"),
        ("arn:aws:s3:::bucket/prod/GET/a", "arn:aws:s3:::bucket/prod/GET/a"),
        (
            [f"{API}/prod/GET/{name}" for name in "abcde"],
            "GET on /prod/a of a1b2c3, GET on /prod/b of a1b2c3, GET on /prod/c of a1b2c3 and 2 more",
        ),
    ],
)
def test_resources(resource: object, what: str) -> None:
    assert words(Resource=resource) == f"lets those who have p.json call {what}"


def test_not_resource_and_actions() -> None:
    assert words(NotResource=f"{API}/prod/GET/a") == (
        "lets those who have p.json call everything but GET on /prod/a of a1b2c3"
    )
    assert words(Action="execute-api:*") == (
        "lets those who have p.json call GET on /prod/a of a1b2c3 with the action execute-api:*"
    )
    assert words(Action=["a:b", "c:d"], Resource="*") == (
        "lets those who have p.json call everything with the actions a:b and c:d"
    )
    assert words(NotAction="a:b", Resource="*") == "lets those who have p.json call everything with all actions but a:b"


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ("*", "anybody"),
        ({"AWS": "*"}, "anybody"),
        ({"AWS": "111122223333"}, "account 111122223333"),
        ({"AWS": ROLE}, "role/team/Clerk of 111122223333"),
        ({"AWS": ROLE.replace("aws", "aws-cn", 1)}, "role/team/Clerk of 111122223333 in aws-cn"),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/Clerk/ann"}, "the session Clerk/ann of 111122223333"),
        ({"Service": "states.amazonaws.com"}, "states.amazonaws.com"),
    ],
)
def test_principals(principal: object, who: str) -> None:
    assert words("resource", Principal=principal) == f"lets {who} call GET on /prod/a of a1b2c3"


def test_not_principal() -> None:
    assert words("resource", Effect="Deny", NotPrincipal={"AWS": ROLE}) == (
        "no longer denies all but role/team/Clerk of 111122223333 GET on /prod/a of a1b2c3"
    )


@pytest.mark.parametrize(
    ("condition", "end"),
    [
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::1"]}}, "from 10.0.0.0/8 or ::1"),
        ({"IpAddressIfExists": {"aws:SourceIp": "10.0.0.0/8"}}, "if IpAddressIfExists aws:SourceIp 10.0.0.0/8"),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, "through vpce-1"),
        ({"Null": {"aws:TokenIssueTime": "true"}}, "if Null aws:TokenIssueTime true"),
        ({"StringEquals": {"aws:PrincipalTag/team": []}}, "if StringEquals aws:PrincipalTag/team nothing"),
        # The ARN of an account is that of its root user here, and the others name no single caller.
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}}, "if ArnEquals aws:PrincipalArn "),
        ({"ArnEquals": {"aws:PrincipalArn": [ROLE, "*"]}}, "if ArnEquals aws:PrincipalArn "),
    ],
)
def test_conditions(condition: object, end: str) -> None:
    assert f"call GET on /prod/a of a1b2c3 {end}" in words("resource", Principal="*", Condition=condition)


def test_a_condition_that_names_the_caller() -> None:
    condition = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
    role = "role/team/Clerk of 111122223333"
    assert words("resource", Principal="*", Condition=condition) == f"lets {role} call GET on /prod/a of a1b2c3"
    assert words("scp", Effect="Deny", Condition=condition) == (
        f"no longer denies {role}, among the accounts that p.json is attached to, GET on /prod/a of a1b2c3"
    )
