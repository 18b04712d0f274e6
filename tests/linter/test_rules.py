"""Every rule of the linter: its examples, its page, and its place in the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from execpolicy.errors import Source, Span, UsageError
from execpolicy.linter.catalogue import CHECKS, RULES, find_rule, selected
from execpolicy.linter.finding import Finding
from execpolicy.linter.rule import FixSafety, Rule, RuleExample
from execpolicy.linter.run import lint_text
from tools.rule_pages import FOLDER, pages

SEMANTICS = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text("utf-8")


def findings_of(example: RuleExample) -> tuple[Finding, ...]:
    name = "example.json" if example.text.lstrip().startswith("{") else "example.yaml"
    return lint_text(example.text, name, rules=[*RULES], kind=example.kind or None, report_unused_ignores=True)


def text_of(source: Source | None, span: Span | None) -> str:
    assert source is not None
    assert span is not None
    return source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_bad_example_is_found_at_its_place(rule: Rule) -> None:
    found = [text_of(each.source, each.span) for each in findings_of(rule.bad) if each.rule == rule]
    assert rule.bad.underlined
    assert rule.bad.underlined in found


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_good_example_has_no_finding_of_the_rule(rule: Rule) -> None:
    assert [str(finding) for finding in findings_of(rule.good) if finding.rule == rule] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_all_that_its_page_needs(rule: Rule) -> None:
    assert re.fullmatch(r"EP-[A-Z]{3,4}-[0-9]{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert not rule.fix.endswith(".")
    for known in rule.semantics:
        assert f"### {known} " in SEMANTICS, known
    offers = [finding.fix for finding in findings_of(rule.bad) if finding.rule == rule and finding.fix is not None]
    assert bool(offers) is (rule.fix_safety is not FixSafety.NONE)
    assert all(fix.safety is rule.fix_safety for fix in offers)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("EP-API-003", [("the route GET /orders", "GET /orders"), ("the authorizer tokens", "tokens")]),
        ("EP-API-014", [("the route GET /orders", "GET /orders"), ("the route GET /invoices", "GET /invoices")]),
        ("EP-API-020", [("IpRangeWhitelist", "IpRangeWhitelist")]),
        ("EP-ARN-040", [("the account of the API", '"111122223333"')]),
        ("EP-ARN-041", [("the id of the API", "a1b2c3d4e5")]),
        ("EP-CND-006", [("the route GET /orders", "GET /orders")]),
        ("EP-CND-008", [("the endpoint", "PRIVATE")]),
        ("EP-CND-026", [("the other key", '"aws:SourceVpc"')]),
        ("EP-CND-047", [("the IP address type", "dualstack")]),
        ("EP-CND-066", [("the first", '"3600"')]),
        ("EP-DOC-042", [("the first", '"Calls"')]),
        ("EP-RED-001", [("a Deny that applies", '"Deny"')]),
        ("EP-RED-002", [("what covers it", '"execute-api:*"')]),
        ("EP-RED-004", [("a statement that covers it", '"Allow"')]),
    ],
)
def test_other_places_that_a_finding_is_about(rule: str, expected: list[tuple[str, str]]) -> None:
    (finding,) = [each for each in findings_of(RULES[rule].bad) if each.rule.id == rule]
    assert [(each.label, text_of(each.source, each.span)) for each in finding.related] == expected


def test_ids_and_names_are_unique() -> None:
    rules = [check.rule for check in CHECKS]
    assert len({rule.id for rule in rules}) == len(rules)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_the_pages_are_those_of_the_rules() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run make docs"


def test_rules_are_found_by_id_name_and_family() -> None:
    assert find_rule("ep-arn-001") is find_rule("path-parameter-in-arn") is RULES["EP-ARN-001"]
    assert selected("EP-ARN-001, double-slash-before-path") == {"EP-ARN-001", "EP-ARN-002"}
    assert selected("ep-arn") == {rule for rule in RULES if rule.startswith("EP-ARN-")}
    assert selected(None) == selected("") == frozenset()
    with pytest.raises(UsageError) as caught:
        selected("EP-ARN-001,EP-ARM")
    expected = ('there is no rule "EP-ARM"', "execpolicy explain --list shows all rules")
    assert (caught.value.message, caught.value.advice) == expected
    with pytest.raises(UsageError) as caught:
        find_rule("unknown-metod")
    assert caught.value.advice == 'did you mean "unknown-method"?'
    with pytest.raises(UsageError, match="there is no rule"):
        find_rule("EP-ARN-999")
