"""Patterns of names that CloudFormation makes: a Deny on one is never missed (SRC-7)."""

from __future__ import annotations

import pytest

from execpolicy import Outcome, PolicySyntaxError, Request, Template, authorize

TEMPLATE = """Resources:
  Partner:
    Type: AWS::IAM::Role
    Properties:
      NAME
      AssumeRolePolicyDocument: {}
      Policies:
        - PolicyName: calls
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: execute-api:Invoke, Resource: "*"}
              - Effect: EFFECT
                Action: execute-api:Invoke
                Resource: "*"
                Condition: {OPERATOR: {aws:PrincipalArn: ["PATTERN"]}}
"""
RESOURCE = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/GET/orders"


def outcome(pattern: str, *, effect: str = "Deny", operator: str = "ArnLike", name: str = "") -> Outcome:
    text = TEMPLATE.replace("PATTERN", pattern).replace("EFFECT", effect).replace("OPERATOR", operator)
    text = text.replace("NAME", f"RoleName: {name}" if name else "Description: a partner")
    caller = Template.parse(text).callers["Partner"]
    return authorize(Request(caller=caller, action="execute-api:Invoke", resource=RESOURCE)).outcome


@pytest.mark.rule("SRC-7", "SRC-10")
@pytest.mark.parametrize("pattern", ["arn:aws:iam::*:role/shop-*", "*shop-Partner-*", "arn:aws:iam::*:role/???"])
def test_a_deny_on_a_pattern_of_names_is_not_missed(pattern: str) -> None:
    assert outcome(pattern) is Outcome.INDETERMINATE
    assert outcome(pattern, operator="StringLike") is Outcome.INDETERMINATE
    assert outcome(pattern, name="other-role") is Outcome.ALLOW


@pytest.mark.rule("SRC-7")
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:iam::*:role/*", Outcome.EXPLICIT_DENY),
        ("arn:aws:iam::*:user/*", Outcome.ALLOW),
        ("arn:aws:iam::123456789012:role/shop", Outcome.ALLOW),
        ("arn:aws:iam::*:*", Outcome.EXPLICIT_DENY),
    ],
)
def test_a_pattern_that_is_no_pattern_of_names_is_compared(pattern: str, expected: Outcome) -> None:
    assert outcome(pattern) is expected


@pytest.mark.rule("SRC-7")
def test_a_negated_operator_of_a_deny_denies_more() -> None:
    assert outcome("arn:aws:iam::*:role/shop-*", operator="ArnNotLike") is Outcome.EXPLICIT_DENY


def test_an_account_in_a_deny_has_to_be_given() -> None:
    with pytest.raises(PolicySyntaxError, match="the account of the API is not given"):
        outcome("arn:aws:iam::111122223333:role/*")
