"""Fixes: each is applied, checked, and left out if something else is found after it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from execpolicy.errors import ExecPolicyError, Source
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.finding import Edit, Finding, Fix
from execpolicy.linter.fixes.fixing import MAX_ROUNDS, fix_text
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.run import lint_text
from tests.linter.fixes import fixed

FIXED_RULES = [rule for rule in RULES.values() if rule.fix_safety is not FixSafety.NONE]
#: A rule of the severity error, and a suggestion.
ERROR, SUGGESTION = RULES["EP-ARN-001"], RULES["EP-ARN-028"]


@pytest.mark.parametrize("rule", FIXED_RULES, ids=[rule.id for rule in FIXED_RULES])
def test_the_fix_of_the_bad_example_mends_it(rule: Rule) -> None:
    name = "example.json" if rule.bad.text.lstrip().startswith("{") else "example.yaml"
    kind = rule.bad.kind or None
    result = fixed(rule.bad.text, name, rules=[rule.id], kind=kind)
    assert (result.findings, result.left_out) == ((), ())
    assert result.fixed
    before = {each.rule.id for each in lint_text(rule.bad.text, name, kind=kind)}
    after = {
        each.rule.id for each in lint_text(result.text, name, kind=kind) if each.severity.is_at_least(ERROR.severity)
    }
    assert after <= before


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("which", ["bad", "good"])
def test_no_fix_of_an_example_has_a_fault(rule: Rule, which: str) -> None:
    example = rule.bad if which == "bad" else rule.good
    name = "example.json" if example.text.lstrip().startswith("{") else "example.yaml"
    result = fixed(example.text, name, kind=example.kind or None)
    assert result.left_out == ()
    assert [each for each in result.findings if each.fix is not None] == []
    again = fixed(result.text, name, kind=example.kind or None)
    assert (again.text, again.fixed) == (result.text, ())


def document(*resources: str, effect: str = "Deny") -> str:
    statement = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": statement}, indent=2)


def test_all_findings_of_a_text_are_fixed_at_once() -> None:
    text = document("execute-api:/prod/get/{id}/{part}/", "execute-api:/prod/ANY//orders", "execute-api:/prod/GET")
    result = fixed(text, "policy.json")
    assert result.text == document("execute-api:/prod/GET/*/*", "execute-api:/prod/*/orders", "execute-api:/prod/GET/*")
    assert len(result.fixed) == 7
    assert (result.findings, result.left_out) == ((), ())
    assert fixed(result.text, "policy.json") == result._replace(fixed=())


def test_a_fix_that_only_unsafe_fixes_have_is_not_applied_without_them() -> None:
    text = document("execute-api:/prod/get/orders")
    result = fixed(text, "policy.json", unsafe=False)
    assert (result.text, result.fixed, len(result.findings)) == (text, (), 1)


def test_a_fix_after_which_something_else_is_found_is_left_out() -> None:
    text = """schema: execpolicy/api/1
id: a1b2c3d4e5
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
routes:
  GET /orders: {auth: AWS_IAM}
resource_policy:
  Version: "2012-10-17"
  Statement:
    - Effect: Allow
      Principal: "*"
      Action: execute-api:Invoke
      Resource: [execute-api:/prod/get/orders, execute-api:/prod/GET/orders/]
      Condition: {StringEquals: {aws:SourceVpces: vpce-1a2b3c4d}}
"""
    result = fixed(text, "api.yaml")
    assert result.text == text.replace("/get/", "/GET/").replace("orders/]", "orders]")
    (left_out,) = result.left_out
    assert left_out.finding.rule.id == "EP-CND-001"
    assert left_out.reason == (
        "EP-CND-007 is found after it: no call of this API has aws:SourceVpce: its endpoint is REGIONAL, so this Allow "
        "never applies"
    )
    assert not left_out.is_internal
    assert [each.rule.id for each in result.findings] == ["EP-CND-001"]


def found(rule: Rule, text: str, part: str, new: str, message: str = "") -> Finding:
    """A finding about a part of a text, with a fix."""
    source = Source("a.txt", text)
    span = source.span(text.index(part), text.index(part) + len(part))
    return Finding(rule, message or part, source=source, span=span, fix=Fix(FixSafety.SAFE, (Edit(span, new),)))


def test_changes_that_overlap_are_made_in_rounds() -> None:
    def find(text: str) -> Sequence[Finding]:
        return [
            found(ERROR, text, part, new) for part, new in (("bcd", "b"), ("cd", "c"), ("abc", "a")) if part in text
        ]

    result = fix_text("abcd", find)
    assert [each.message for each in result.fixed] == ["abc"]
    assert result.text == "ad"


def test_what_several_findings_insert_at_one_place_is_inserted_in_order() -> None:
    keys = [f"aws:PrincipalTag/t{number}" for number in range(40)]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    condition = {"StringNotEquals": dict.fromkeys(keys, "a")}
    text = json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Condition": condition}})
    asked = []

    def find(changed: str) -> Sequence[Finding]:
        asked.append(changed)
        return lint_text(changed, "policy.json")

    result = fix_text(text, find, unsafe=True)
    assert (len(result.fixed), result.findings, result.left_out) == (40, (), ())
    assert sorted(json.loads(result.text)["Statement"]["Condition"]["Null"]) == sorted(keys)
    assert len(asked) <= 9


def test_equal_changes_of_two_findings_are_made_once() -> None:
    def find(text: str) -> Sequence[Finding]:
        return [found(ERROR, text, "a", "", message) for message in ("one", "two")] if "a" in text else []

    result = fix_text("ab", find)
    assert (result.text, len(result.fixed)) == ("b", 2)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("x", "the finding is still there after it"),
        ("load", "the text does not load after it: load"),
        ("raise", "the text cannot be checked after it: of no known kind"),
        ("error", "EP-ARN-001 is found after it: error"),
        ("offer", "EP-ARN-028 is found after it: offer"),
    ],
)
def test_a_fix_that_does_not_keep_what_it_promises_is_never_made(new: str, reason: str) -> None:
    def find(text: str) -> Sequence[Finding]:
        if "raise" in text:
            raise ExecPolicyError("of no known kind")
        wrong = {"load": RULES["EP-DOC-001"], "error": ERROR}
        others = [Finding(rule, name, source=None, span=None) for name, rule in wrong.items() if name in text]
        others += [found(SUGGESTION, text, "offer", "")] if "offer" in text else []
        good = [found(RULES["EP-ARN-003"], text, "b", "")] if "b" in text else []
        return [*others, *good, *([found(RULES["EP-ARN-002"], text, "x", new)] if "x" in text else [])]

    result = fix_text("x a b", find)
    assert result.text == "x a "
    assert [(each.finding.message, each.reason) for each in result.left_out] == [("x", reason)]
    assert result.left_out[0].is_internal is (not reason.startswith("EP-"))


@pytest.mark.parametrize("number", [10, 100])
def test_fixes_that_do_not_overlap_are_checked_once(number: int) -> None:
    asked = []

    def find(text: str) -> Sequence[Finding]:
        asked.append(text)
        return lint_text(text, "policy.json")

    text = document(*(f"execute-api:/{each}/get/{{id}}/" for each in range(number)))
    result = fix_text(text, find, unsafe=True)
    assert len(result.fixed) == 3 * number
    assert asked == [text, result.text]


def test_the_number_of_rounds_has_a_limit() -> None:
    def find(text: str) -> Sequence[Finding]:
        load = [Finding(RULES["EP-DOC-001"], "does not load", source=None, span=None)]
        return [*load, found(ERROR, text, text, text + "a")]

    assert fix_text("a", find).text == "a" * (MAX_ROUNDS + 1)
