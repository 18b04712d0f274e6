"""Keys that may be false or absent: each clause takes the reading that denies, and compare agrees (KEY-7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any, TypeAlias

import pytest

from execpolicy import Caller, Context, Policy, Principal, Request, authorize
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.unused import unused_statements
from execpolicy.analysis.witness import Witness

MFA, MCP = "aws:MultiFactorAuthPresent", "aws:ViaAWSMCPService"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
SESSION = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
USER = "arn:aws:iam::111122223333:user/Ann"
FEDERATED = "arn:aws:sts::111122223333:federated-user/Fay"
ISSUED = {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}
Test: TypeAlias = tuple[str, str]
#: The readings of a key that conditions tell apart: they hold for ``true``, for ``false`` or for an absent key.
TESTS: Sequence[Test] = tuple(product(("Bool", "BoolIfExists", "Null", "StringNotEquals"), ("true", "false")))


def policy(*statements: Mapping[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": [*statements]}, kind="identity", name="p")


def when(effect: str, key: str, *tests: Test) -> Mapping[str, Any]:
    block: dict[str, dict[str, list[str]]] = {}
    for operator, value in tests:
        block.setdefault(operator, {}).setdefault(key, []).append(value)
    return {**ALL, "Effect": effect, "Condition": block}


def request(arn: str, given: Policy, context: Mapping[str, Any]) -> Request:
    caller = Caller(Principal.parse(arn), identity=[given])
    return Request(caller=caller, action="execute-api:Invoke", resource=ARN, context=Context(context))


def is_allowed(given: Policy, arn: str, context: Mapping[str, Any]) -> bool:
    return authorize(request(arn, given, context)).allowed


def differences(key: str, before: Policy, after: Policy) -> tuple[bool, bool]:
    """Whether the engine newly allows and newly denies some request of any kind of caller, by any state of the key."""
    states: Sequence[Mapping[str, Any]] = ({}, {key: []}, {key: "true"}, {key: "false"}, ISSUED)
    pairs = [
        (is_allowed(before, arn, context), is_allowed(after, arn, context))
        for arn, context in product((SESSION, USER, FEDERATED), states)
    ]
    return (False, True) in pairs, (True, False) in pairs


VERDICTS = {
    (False, False): ComparisonVerdict.EQUAL,
    (True, False): ComparisonVerdict.LAXER,
    (False, True): ComparisonVerdict.STRICTER,
    (True, True): ComparisonVerdict.BOTH,
}


@pytest.mark.rule("ANA-2", "KEY-7")
@pytest.mark.parametrize("key", [MFA, MCP])
def test_clauses_of_one_statement_take_different_readings(key: str) -> None:
    contradiction = when("Deny", key, ("Bool", "false"), ("BoolIfExists", "true"))
    before, after = policy(ALL, contradiction), policy(ALL)
    assert not is_allowed(before, SESSION, {})
    assert is_allowed(after, SESSION, {})
    found = compare(before, after)
    assert found.verdict is ComparisonVerdict.LAXER
    (witness,) = found.newly_allowed
    assert key_given(witness, key) is None
    assert compare(after, before).verdict is ComparisonVerdict.STRICTER
    assert not unused_statements(before)


def key_given(witness: Witness, key: str) -> tuple[str, ...] | None:
    """What the request of a witness gives as the values of a key; None for nothing."""
    assert witness.request is not None
    return witness.request.context.get(key)


@pytest.mark.rule("ANA-2", "KEY-7")
@pytest.mark.parametrize("key", [MFA, MCP])
@pytest.mark.parametrize("tests", [*combinations(TESTS, 2)], ids=lambda pair: "-".join(map("=".join, pair)))
def test_every_pair_of_clauses_is_compared_as_the_engine_decides(key: str, tests: tuple[Test, Test]) -> None:
    of_both = policy(ALL, when("Deny", key, *tests))
    of_each = policy(ALL, *(when("Deny", key, each) for each in tests))
    allowing = policy(when("Allow", key, *tests))
    for before, after in product((of_both, of_each, allowing, policy(ALL)), repeat=2):
        assert compare(before, after).verdict is VERDICTS[differences(key, before, after)]


@pytest.mark.rule("ANA-2", "KEY-7")
def test_users_have_the_key_in_doubt_only_with_temporary_credentials() -> None:
    """The witness of a user has the time of such credentials; no federated user is in doubt."""
    contradiction = when("Deny", MFA, ("Bool", "false"), ("BoolIfExists", "true"))
    of_users = {**contradiction, "Condition": {**contradiction["Condition"], "ArnLike": {"aws:PrincipalArn": USER}}}
    found = compare(policy(ALL, of_users), policy(ALL))
    assert found.verdict is ComparisonVerdict.LAXER
    (witness,) = found.newly_allowed
    assert key_given(witness, "aws:TokenIssueTime") is not None
    assert not is_allowed(policy(ALL, of_users), USER, ISSUED)
    of_federated = {
        **contradiction,
        "Condition": {**contradiction["Condition"], "ArnLike": {"aws:PrincipalArn": FEDERATED}},
    }
    assert compare(policy(ALL, of_federated), policy(ALL)).verdict is ComparisonVerdict.EQUAL
