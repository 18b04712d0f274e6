"""Callers that belong to no account: who names them, and which layers have a say."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Layer, Outcome, Policy, Request, Target, authorize

ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders"


def outcome(caller: str, principal: Any, effect: str = "Allow") -> tuple[Outcome, set[Layer]]:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    statements = [{**everybody, "Effect": effect, "Principal": principal}]
    if effect == "Deny":
        statements.append(everybody)
    resource = Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="resource")
    decision = authorize(
        Request(caller=caller, action="execute-api:Invoke", resource=ORDERS), Target(resource=resource)
    )
    return decision.outcome, set(decision.blocked_by)


NAMES_OF_SOMEBODY = [
    {"AWS": "111122223333"},
    {"AWS": "arn:aws:iam::111122223333:root"},
    {"AWS": "arn:aws:iam::111122223333:user/Ann"},
    {"AWS": "arn:aws:iam::111122223333:role/Clerk"},
    {"AWS": "arn:aws:sts::111122223333:assumed-role/Clerk/ann"},
    {"AWS": "arn:aws:sts::111122223333:federated-user/Bob"},
    {"AWS": "AIDAEXAMPLEEXAMPLEEXA"},
    {"Service": "states.amazonaws.com"},
    {"Federated": "accounts.google.com"},
    {"CanonicalUser": "ab" * 32},
]


@pytest.mark.rule("PRN-9", "EVL-8")
@pytest.mark.parametrize("principal", NAMES_OF_SOMEBODY, ids=str)
def test_no_name_of_somebody_names_an_anonymous_caller(principal: dict[str, str]) -> None:
    assert outcome("anonymous", principal) == (Outcome.IMPLICIT_DENY, {Layer.RESOURCE})
    assert outcome("anonymous", principal, "Deny") == (Outcome.ALLOW, set())


@pytest.mark.rule("PRN-9", "PRN-1")
@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}], ids=str)
def test_the_star_names_an_anonymous_caller(everybody: Any) -> None:
    assert outcome("anonymous", everybody) == (Outcome.ALLOW, set())
    assert outcome("anonymous", everybody, "Deny") == (Outcome.EXPLICIT_DENY, {Layer.RESOURCE})


@pytest.mark.rule("PRN-3", "EVL-8")
@pytest.mark.parametrize("named", ["states.us-east-1.amazonaws.com", "events.amazonaws.com"])
def test_a_service_is_named_by_its_own_name_alone(named: str) -> None:
    assert outcome("states.amazonaws.com", {"Service": "states.amazonaws.com"}) == (Outcome.ALLOW, set())
    assert outcome("states.amazonaws.com", {"Service": named}) == (Outcome.IMPLICIT_DENY, {Layer.RESOURCE})
