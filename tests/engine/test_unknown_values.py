"""Decisions by policies whose texts hold values that are not known (SRC-10)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Decision, Outcome, Request, Target, authorize
from tests.unknown_policies import parameter, policy_with_unknown

pytestmark = pytest.mark.rule("SRC-10")

ACCOUNT = "111122223333"
CALL = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3/prod/GET/pets"
ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
DENY: dict[str, Any] = {**ALLOW, "Effect": "Deny"}
CONTEXT = {"aws:SourceIp": "203.0.113.9", "aws:UserAgent": "curl"}


def decision(*statements: object, caller: str = "anonymous", context: dict[str, Any] | None = None) -> Decision:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    request = Request(
        caller=caller, action="execute-api:Invoke", resource=CALL, context=CONTEXT if context is None else context
    )
    return authorize(request, Target(resource=policy_with_unknown(document)))


def outcome(*statements: object, caller: str = "anonymous") -> str:
    """The outcome; ``?`` if it depends on the parameter P and on nothing else."""
    found = decision(*statements, caller=caller)
    if found.outcome is Outcome.INDETERMINATE:
        assert (found.unknown_values, found.missing_keys) == ((parameter("P"),), frozenset())
        return "?"
    assert found.unknown_values == ()
    return found.outcome.value.removesuffix("licit_deny").removesuffix("_deny")


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        ("Resource", "<<P>>", "?"),
        ("Resource", ["arn:aws:s3:::x", "<<P>>"], "?"),
        ("Resource", ["*", "<<P>>"], "allow"),
        ("Resource", f"arn:aws:execute-api:<<P>>:{ACCOUNT}:a1b2c3/prod/*", "?"),
        ("Resource", f"arn:aws:execute-api:<<P>>:{ACCOUNT}:a1b2c3/dev/*", "imp"),
        ("Resource", "arn:aws:execute-api:eu-west-1:<<P>>/GET/pets", "?"),
        ("Resource", "<<P>>/prod/GET/pets", "?"),
        ("Resource", "<<P>>/prod/GET/cats", "imp"),
        ("Resource", "execute-api:<<P>>", "?"),
        ("Resource", "exec<<P>>", "?"),
        ("Resource", "execute-api:/<<P>>/GET/pets", "?"),
        ("Resource", "execute-api:/<<P>>/GET/cats", "imp"),
        ("Resource", "${<<P>>}", "?"),
        ("Action", "<<P>>", "?"),
        ("Action", "execute-api:<<P>>", "?"),
        ("Action", "EXECUTE-API:inv<<P>>", "?"),
        ("Action", "s3:<<P>>", "imp"),
        ("Action", ["execute-api:*", "<<P>>"], "allow"),
        ("Principal", "<<P>>", "?"),
        ("Principal", {"AWS": "<<P>>"}, "?"),
        ("Principal", {"AWS": ["<<P>>", "*"]}, "allow"),
        ("Principal", {"AWS": "arn:aws:iam::<<P>>:root"}, "imp"),
        ("Principal", {"Service": "<<P>>"}, "imp"),
        ("Effect", "<<P>>", "?"),
        ("Sid", "Allow<<P>>", "allow"),
        ("Condition", "<<P>>", "?"),
        ("Condition", {"StringEquals": "<<P>>"}, "?"),
        ("Condition", {"StringEquals": {"<<P>>": "x"}}, "?"),
        ("Condition", {"StringEquals": {"aws:UserAgent": "<<P>>"}}, "?"),
        ("Condition", {"StringEquals": {"aws:UserAgent": ["<<P>>", "curl"]}}, "allow"),
        ("Condition", {"StringEquals": {"aws:UserAgent": "cu<<P>>"}}, "?"),
        ("Condition", {"StringEquals": {"aws:UserAgent": "wget<<P>>"}}, "imp"),
        ("Condition", {"StringEqualsIgnoreCase": {"aws:UserAgent": "CU<<P>>"}}, "?"),
        ("Condition", {"StringNotEquals": {"aws:UserAgent": "wget<<P>>"}}, "allow"),
        ("Condition", {"StringNotEquals": {"aws:UserAgent": "<<P>>"}}, "?"),
        ("Condition", {"StringEquals": {"aws:Referer": "<<P>>"}}, "imp"),
        ("Condition", {"StringEqualsIfExists": {"aws:Referer": "<<P>>"}}, "allow"),
        ("Condition", {"StringNotEquals": {"aws:Referer": "<<P>>"}}, "allow"),
        ("Condition", {"IpAddress": {"aws:SourceIp": "<<P>>"}}, "?"),
        ("Condition", {"NotIpAddress": {"aws:SourceIp": ["<<P>>", "203.0.113.0/24"]}}, "imp"),
        ("Condition", {"Bool": {"aws:SecureTransport": "<<P>>"}}, "?"),
        ("Condition", {"DateLessThan": {"aws:CurrentTime": ["<<P>>"]}}, "?"),
        ("Condition", {"Null": {"aws:UserAgent": "<<P>>"}}, "?"),
        ("Condition", {"Null": {"aws:UserAgent": ["false", "<<P>>"]}}, "allow"),
        ("Condition", {"ForAllValues:StringEquals": {"aws:TagKeys": "<<P>>"}}, "allow"),
        ("Condition", {"ForAnyValue:StringEquals": {"aws:UserAgent": "<<P>>"}}, "?"),
        ("Condition", {"ForAllValues:StringLike": {"aws:UserAgent": ["wget<<P>>", "c*"]}}, "allow"),
        ("Condition", {"StringLike": {"aws:UserAgent": "${aws:referer}<<P>>"}}, "imp"),
    ],
)
def test_an_allow(element: str, value: object, expected: str) -> None:
    context = {"aws:CurrentTime": "2026-01-01T00:00:00Z"} if "Date" in str(value) else {}
    statement = {**ALLOW, element: value}
    if context:
        found = decision(statement, context=context)
        assert (found.outcome.value, found.unknown_values) == ("indeterminate", (parameter("P"),))
        return
    assert outcome(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Effect": "Deny", "Principal": "*", "NotAction": "<<P>>", "Resource": "*"}, "?"),
        ({"Effect": "Deny", "Principal": "*", "NotAction": ["execute-api:*", "<<P>>"], "Resource": "*"}, "allow"),
        ({"Effect": "Deny", "Principal": "*", "NotAction": "s3:<<P>>", "Resource": "*"}, "exp"),
        ({"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": "<<P>>"}, "?"),
        ({"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": "execute-api:/<<P>>/GET/cats"}, "exp"),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": "<<P>>"}, "Action": "*", "Resource": "*"}, "?"),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": ["*", "<<P>>"]}, "Action": "*", "Resource": "*"}, "allow"),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::<<P>>"}, "Action": "*", "Resource": "*"}, "exp"),
        ({**DENY, "Condition": {"StringNotEquals": {"aws:SourceVpce": "<<P>>"}}}, "exp"),
        ("<<P>>", "?"),
    ],
)
def test_a_deny_beside_an_allow(statement: object, expected: str) -> None:
    assert outcome(ALLOW, statement) == expected


def test_an_entry_that_may_name_the_caller_more_strongly_decides() -> None:
    """The account is surely named, so that the caller's policies must allow; the caller may be, so that none must."""
    principal = {"AWS": [f"arn:aws:iam::{ACCOUNT}:root", "<<P>>", "arn:aws:iam::<<Account>>:user/Bob"]}
    user = f"arn:aws:iam::{ACCOUNT}:user/Ann"
    found = decision({**ALLOW, "Principal": principal}, caller=user)
    assert found.outcome is Outcome.INDETERMINATE
    assert found.unknown_values == (parameter("P"),)
    assert found.possible == frozenset({Outcome.ALLOW, Outcome.IMPLICIT_DENY})
    in_full = {"AWS": [user, *principal["AWS"]]}
    assert decision({**ALLOW, "Principal": in_full}, caller=user).outcome is Outcome.ALLOW


@pytest.mark.rule("KEY-5")
def test_every_value_is_named_where_two_of_one_layer_and_two_of_another_decide() -> None:
    """Neither value of a layer decides if all other unknown Allows apply, or if none does."""
    statement = {key: ALLOW[key] for key in ("Effect", "Action")}
    identity = [{**statement, "Resource": "<<P>>"}, {**statement, "Resource": "<<Q>>"}]
    boundary = [{**statement, "Resource": "<<R>>"}, {**statement, "Resource": "<<S>>"}]
    caller = Caller(
        f"arn:aws:iam::{ACCOUNT}:user/Ann",
        identity=[policy_with_unknown({"Statement": identity}, "identity")],
        boundary=policy_with_unknown({"Statement": boundary}, "boundary"),
    )
    found = authorize(Request(caller=caller, action="execute-api:Invoke", resource=CALL, context=CONTEXT), Target())
    assert found.outcome is Outcome.INDETERMINATE
    assert found.unknown_values == tuple(map(parameter, "PQRS"))
