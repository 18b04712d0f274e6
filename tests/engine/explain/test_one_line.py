"""``str()`` of a decision and of a response: one line with the outcome and the statement that determines it."""

from __future__ import annotations

import json
import re

import pytest

from execpolicy import Api, Caller, Context, Policy, Request, Route, authorize

ANN = "arn:aws:iam::111122223333:user/Ann"
TEXT = """{"Statement": [
  {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*",
   "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
  {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*/DELETE/*"},
  {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*/PATCH/*"},
  {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*/PATCH/pets"}
]}"""
OFFICE = {"aws:SourceIp": "198.51.100.7"}
AS_TEXT = Policy.parse(TEXT, kind="identity", name="ann.json")
AS_OBJECTS = Policy.parse(json.loads(TEXT), kind="identity", name="ann")
API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account="111122223333",
    stages="prod",
    routes=["GET /health", Route("ANY", "/pets", auth="AWS_IAM")],
)


@pytest.mark.parametrize(
    ("policy", "method", "context", "line"),
    [
        (AS_TEXT, "GET", Context(OFFICE), "ALLOW by Reads (ann.json:2:3)"),
        (AS_OBJECTS, "GET", Context(OFFICE), "ALLOW by Reads (ann: Statement[0])"),
        (AS_TEXT, "DELETE", Context(OFFICE), "DENY (explicit) by ann.json:4:3"),
        (AS_OBJECTS, "DELETE", Context(OFFICE), "DENY (explicit) by ann: Statement[1]"),
        (AS_TEXT, "PATCH", Context(OFFICE), "DENY (explicit) by ann.json:5:3 and 1 more"),
        (AS_TEXT, "GET", Context({}), "INDETERMINATE: allowed or denied: aws:SourceIp is not known"),
        (
            AS_TEXT,
            "GET",
            Context({"aws:SourceIp": "203.0.113.7"}),
            "DENY (implicit): no identity-based policy allows execute-api:Invoke",
        ),
    ],
)
def test_a_decision(policy: Policy, method: str, context: Context, line: str) -> None:
    resource = f"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/{method}/pets"
    caller = Caller(ANN, identity=policy)
    decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=resource, context=context))
    assert str(decision) == line
    assert str(decision.explain()).startswith(line.partition(" by ")[0])
    assert repr(decision).startswith("<Decision ")


@pytest.mark.parametrize(
    ("method", "context", "line"),
    [
        ("GET", Context(OFFICE), "ALLOW: the call reaches its integration, by Reads (ann.json:2:3)"),
        ("DELETE", Context(OFFICE), "DENY: 403 ACCESS_DENIED, at gate 5b (IAM): explicit deny by ann.json:4:3"),
        (
            "GET",
            Context({"aws:SourceIp": "203.0.113.7"}),
            "DENY: 403 ACCESS_DENIED, at gate 5b (IAM): no identity-based policy allows execute-api:Invoke",
        ),
        ("GET", Context({}), "INDETERMINATE: allowed or refused (200 or 403): aws:SourceIp is not known"),
    ],
)
def test_a_response_of_policies(method: str, context: Context, line: str) -> None:
    response = API.invoke(method, "/pets", caller=Caller(ANN, identity=AS_TEXT), context=context)
    assert str(response) == line
    assert str(response.explain()).startswith(re.split(", by |: explicit|: no ", line, maxsplit=1)[0])


def test_a_response_without_policies() -> None:
    assert str(API.invoke("GET", "/health")) == "ALLOW: the call reaches its integration"
    assert (
        str(API.invoke("GET", "/pets"))
        == "DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature): the call is not signed"
    )


def test_a_line_stays_one_line() -> None:
    assert str(API.invoke("GET", "/a\nALLOW: all")).count("\n") == 0
    hostile = Policy.parse(
        {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity", name="a\nDENY\x1b[2J"
    )
    resource = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
    decision = authorize(Request(caller=Caller(ANN, identity=hostile), action="execute-api:Invoke", resource=resource))
    assert str(decision) == r"ALLOW by a\nDENY\x1b[2J: Statement[0]"
