"""Fixes of the rules that need a proof: one at a time, until nothing is left, and the policy decides as before."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from execpolicy import Policy, Target
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.linter.catalogue import PROVEN
from execpolicy.linter.fixes.fixing import is_fixable
from execpolicy.linter.run import lint
from execpolicy.literals import PolicyKindName
from tests.analysis.alphabet import enumerated, small_world
from tests.analysis.brute_force import deciding_pair, differences, of_policies
from tests.analysis.policy_pairs import document, words
from tests.analysis.test_unused import NAMES, callers_with_few_policies
from tests.linter.fixes import fixed
from tests.linter.test_rules import text_of

RANDOMS = st.randoms(use_true_random=False)
KINDS: tuple[PolicyKindName, ...] = ("resource", "resource", "identity", "vpc_endpoint", "scp")
FIXES = settings(
    max_examples=max(10, settings().max_examples // 10),
    suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large, HealthCheck.too_slow],
)
#: The rules that find statements which are without effect as a whole.
OF_STATEMENTS = ("EP-RED-001", "EP-RED-004", "EP-RED-007")
ALIKE = (ComparisonVerdict.EQUAL, ComparisonVerdict.UNKNOWN)


def fixed_text(text: str, kind: PolicyKindName = "resource", rules: frozenset[str] = PROVEN) -> str:
    result = fixed(text, "policy.json", rules=sorted(rules), kind=kind, unsafe=False)
    assert [each for each in result.left_out if each.is_internal] == []
    left_out = {str(each.finding) for each in result.left_out}
    assert [str(each) for each in result.findings if is_fixable(each, unsafe=False) and str(each) not in left_out] == []
    return result.text


def statement(**elements: Any) -> str:
    """A policy of one statement that allows reading to everybody, with other elements."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Each of two equal values covers the other: one of them stays.
        ({"Action": ["execute-api:Invoke", "execute-api:Invoke"]}, {"Action": ["execute-api:Invoke"]}),
        (
            {"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}},
            {"Principal": {"AWS": ["arn:aws:iam::111122223333:root"]}},
        ),
        (
            {"Principal": {"AWS": ["444455556666", "*"], "Service": "states.amazonaws.com"}},
            {"Principal": {"AWS": ["*"], "Service": "states.amazonaws.com"}},
        ),
        (
            {"Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/25", "198.51.100.128/25", "198.51.100.0/24"]}}},
            {"Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}}},
        ),
        # A condition goes with its operator, and with the element that has no other one.
        (
            {"Condition": {"StringLikeIfExists": {"aws:PrincipalTag/a": "*"}, "Bool": {"aws:SecureTransport": "true"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        ),
        ({"Condition": {"StringLikeIfExists": {"aws:PrincipalTag/a": "*"}}}, {}),
        (
            {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}, "Null": {"aws:PrincipalTag/a": "false"}}},
            {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}},
        ),
        (
            {"Condition": {"StringLike": {"aws:PrincipalTag/a": "?*"}}},
            {"Condition": {"Null": {"aws:PrincipalTag/a": "false"}}},
        ),
        # The operator compares another key too, and Null stands there already.
        (
            {"Condition": {"StringLike": {"aws:PrincipalTag/a": "?*", "aws:PrincipalTag/b": "x*"}}},
            {
                "Condition": {
                    "Null": {"aws:PrincipalTag/a": "false"},
                    "StringLike": {"aws:PrincipalTag/b": "x*"},
                }
            },
        ),
        (
            {"Condition": {"StringNotLike": {"aws:SourceVpce": "?*"}, "Null": {"aws:PrincipalTag/b": "false"}}},
            {"Condition": {"Null": {"aws:SourceVpce": "true", "aws:PrincipalTag/b": "false"}}},
        ),
        # Several values stay: no single one is in their place.
        (
            {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}},
            {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}},
        ),
    ],
)
def test_what_is_left_out(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert fixed_text(statement(**before)) == statement(**after)


def test_one_of_two_equal_statements_stays() -> None:
    one = json.loads(statement())
    twice = json.dumps({**one, "Statement": one["Statement"] * 2})
    assert fixed_text(twice) == json.dumps(one)


@pytest.mark.rule("ANA-7")
def test_of_three_equal_values_one_stays() -> None:
    resources = ["execute-api:/prod/GET/*"] * 3
    assert fixed_text(statement(Resource=resources)) == statement(Resource=resources[:1])


def test_a_fix_that_is_safe_by_a_proof_waits_for_the_others() -> None:
    # The first fix changes what the second one was proven of.
    text = statement(Resource=["execute-api:/prod/get/*", "execute-api:/prod/GET/*"])
    result = fixed(text, "policy.json", rules=["EP-ARN-003", "EP-RED-003"], kind="resource")
    assert result.text == statement(Resource=["execute-api:/prod/GET/*"])
    assert [each.rule.id for each in result.fixed] == ["EP-ARN-003", "EP-RED-003"]


TEMPLATE = """
Conditions: {Wide: !Equals [!Ref Size, wide]}
Parameters: {Size: {Type: String}}
Resources:
  Orders:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      ApiKeySourceType: !If [Wide, AUTHORIZER, HEADER]
      Policy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: execute-api:Invoke
            Resource: ["execute-api:/prod/GET/orders", "execute-api:/prod/GET/*"]
"""


def test_what_is_true_of_one_reading_only_has_no_fix() -> None:
    result = fixed(TEMPLATE, "template.yaml", rules=["EP-RED-003"], unsafe=False)
    assert {(each.rule.id, each.fix) for each in result.findings} == {("EP-RED-003", None)}
    assert result.text == TEMPLATE
    one = TEMPLATE.replace("!If [Wide, AUTHORIZER, HEADER]", "HEADER")
    assert '["execute-api:/prod/GET/*"]' in fixed(one, "template.yaml", rules=["EP-RED-003"], unsafe=False).text


@FIXES
@given(RANDOMS, st.sampled_from(KINDS))
def test_a_fixed_policy_decides_as_before(random: Random, kind: PolicyKindName) -> None:
    shared = words(random, kind, rare=True)
    text = json.dumps(document(random, shared, least=2))
    after = fixed_text(text, kind)
    if after == text:
        return
    policies = [Policy.parse(each, kind=kind, name="p") for each in (text, after)]
    assert compare(*policies).verdict in ALIKE
    requests = enumerated(small_world(random, shared.keys, shared.resources))
    differs = of_policies(policies[0], policies[1], requests)
    assert (differs.newly_allowed, differs.newly_denied) == ([], [])


@pytest.mark.rule("EVL-4")
@FIXES
@given(RANDOMS)
def test_a_fixed_resource_policy_grants_as_before(random: Random) -> None:
    shared = words(random, keys=("aws:SourceIp", "aws:UserAgent"))._replace(resources=("*",), principals=NAMES)
    given = document(random, shared, least=2)
    for each in given["Statement"]:
        if "Principal" in each:
            each["Principal"] = {"AWS": random.sample(NAMES, random.randint(1, 3))}
        if random.randrange(2):
            each.pop("Condition", None)
    text = json.dumps(given)
    after = fixed_text(text)
    if after == text:
        return
    world = small_world(random, shared.keys, shared.resources, list(callers_with_few_policies()))
    asked = ((each, each) for each in enumerated(world))
    policies = [Policy.parse(each, kind="resource", name="p") for each in (text, after)]
    before, after_fix = (deciding_pair(Target(resource=each)) for each in policies)
    differs = differences(asked, before, after_fix)
    assert (differs.newly_allowed, differs.newly_denied) == ([], [])


@FIXES
@given(RANDOMS, st.sampled_from(KINDS[1:3]))
def test_a_value_that_is_not_found_cannot_be_left_out(random: Random, kind: PolicyKindName) -> None:
    shared = words(random, kind)._replace(principals=("*",))
    given = document(random, shared, least=1)
    policy = Policy.parse(json.dumps(given), kind=kind, name="p")
    found = lint(policy, rules=PROVEN)
    unused = {each.path.partition(".")[0] for each in found if each.rule.id in OF_STATEMENTS}
    values = {(each.path, text_of(each.source, each.span)) for each in found}
    for number, each in enumerate(given["Statement"]):
        name = "Resource" if "Resource" in each else "NotResource"
        resources = each[name]
        # A Deny counts for what other policies allow, which compare does not see.
        if len(resources) < 2 or each["Effect"] == "Deny" or f"Statement[{number}]" in unused:
            continue
        for index, resource in enumerate(resources):
            fewer = {**each, name: [other for at, other in enumerate(resources) if at != index]}
            less = {**given, "Statement": [fewer if each is other else other for other in given["Statement"]]}
            verdict = compare(policy, Policy.parse(less, kind=kind, name="p")).verdict
            assert (verdict is ComparisonVerdict.EQUAL) is ((f"Statement[{number}].{name}", resource) in values)
