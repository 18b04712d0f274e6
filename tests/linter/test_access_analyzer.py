"""The issue codes of IAM Access Analyzer: each is on the page once, and those of the rules are among them."""

from __future__ import annotations

import re

import pytest

from execpolicy.linter.access_analyzer import CODES, coverage
from execpolicy.linter.catalogue import RULES
from tools.rule_pages import ACCESS_ANALYZER, access_analyzer_page


def test_the_page_has_each_code_once() -> None:
    written = ACCESS_ANALYZER.read_text("utf-8")
    assert written == access_analyzer_page(), "run make docs"
    codes = re.findall(r"^\| `([A-Z0-9_]+)` \|", written, re.MULTILINE)
    assert sorted(codes) == sorted({*codes}) == sorted(each for some in CODES.values() for each in some)
    assert {str(severity): len(some) for severity, some in CODES.items()} == {
        "error": 79,
        "security-warning": 19,
        "warning": 26,
        "suggestion": 29,
    }


def test_the_rules_have_codes_that_exist() -> None:
    known = {code for codes in CODES.values() for code in codes}
    assert {rule.issue_code for rule in RULES.values()} - {""} <= known


def test_each_code_has_a_rule_or_a_reason() -> None:
    assert [code for codes in CODES.values() for code in codes if coverage(code).how == "not built"] == []


@pytest.mark.parametrize(
    ("code", "rules", "how"),
    [
        ("MISSING_STATEMENT", ("EP-DOC-009", "EP-DOC-041"), "load error and finding"),
        ("UNIQUE_SIDS_REQUIRED", ("EP-DOC-042",), "finding"),
        ("PASS_ROLE_WITH_NOT_RESOURCE", (), "never: about iam:PassRole"),
        ("REDUNDANT_STATEMENT", ("EP-RED-004",), "finding"),
        ("REDUNDANT_ACTION", ("EP-RED-002",), "finding"),
        ("INVALID_SERVICE", ("EP-ARN-030",), "finding"),
        (
            "DEPRECATED_GLOBAL_CONDITION_KEY",
            (),
            "never: every key that AWS documents is current; aws:ARN is unsupported",
        ),
        ("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", (), "never: about the trust policies of roles"),
        ("INVALID_KMS_KEY_VALUE", (), "never: about another service"),
    ],
)
def test_what_becomes_of_a_code(code: str, rules: tuple[str, ...], how: str) -> None:
    assert coverage(code) == (code, rules, how)
