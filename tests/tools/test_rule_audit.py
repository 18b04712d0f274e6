"""docs/rule-audit.md has one row for each rule, is up to date, and agrees with the date that the program prints."""

from __future__ import annotations

import re

import pytest

from execpolicy.language.as_of import AWS_AS_OF
from tests.test_semantics import LINK, read_rules
from tools.rule_audit import CHECKS, PAGE, RULES, Check, checks, cited_pages, cited_rules, faults, latest_month, written

SEMANTICS = """# Title

## POL · Policy documents

### POL-1 · D, O · The shape of a document

A rule, as [IAM: Sid] has it.

- Page: [IAM: grammar], [IAM: Id]
- Tests: none

### POL-2 · law · Another

- Page: none

## Assumptions

[IAM: grammar]: https://example.com/grammar "copy of 2023-06"
[IAM: Id]: https://example.com/id "copy without date, in part"
[IAM: Sid]: https://example.com/sid "copy of 2026"
"""
ROWS = """| rule | status | checked | pages | corrected | open |
|---|---|---|---|---|---|
| POL-1 | D, O | 2026-11 | [IAM: grammar] (2023-06), [IAM: Id] (without date, in part) | ids are texts | numbers |
| POL-2 | law | - | none | | |

[IAM: grammar]: https://example.com/grammar
[IAM: Id]: https://example.com/id
"""


def test_the_page_is_up_to_date() -> None:
    expected = written(RULES.read_text("utf-8"), CHECKS.read_text("utf-8"))
    assert PAGE.read_text("utf-8") == expected, "docs/rule-audit.md is out of date: run make docs"


def test_each_rule_has_one_row_with_its_pages() -> None:
    rows = re.findall(r"^\| ([A-Z]+-[0-9]+) \| ([^|]+) \| [^|]+ \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    rules = read_rules(RULES.read_text("utf-8"))
    assert [(rule, statuses, LINK.findall(pages)) for rule, statuses, pages in rows] == [
        (rule.id, ", ".join(rule.statuses), LINK.findall(rule.facts["Page"])) for rule in rules
    ]


def test_the_program_prints_the_month_of_the_last_comparison() -> None:
    assert latest_month(checks(CHECKS.read_text("utf-8")).values()) == AWS_AS_OF


def test_no_copy_is_younger_than_the_last_comparison() -> None:
    pages = cited_pages(RULES.read_text("utf-8")).values()
    dates = [match[0] for page in pages if (match := re.search(r"[0-9]{4}(-[0-9]{2})?", page.copy)) is not None]
    assert dates
    assert max(dates) <= AWS_AS_OF


def test_a_row_has_what_the_rule_cites_and_what_was_found() -> None:
    page = written(SEMANTICS, "# a comment\n\nPOL-1  2026-11  corrected: ids are texts; open: numbers\nPOL-2  -\n")
    assert page.endswith(ROWS)
    assert "as of **2026-11**" in page


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("POL-1 -", Check("POL-1", "-", "", "")),
        ("POL-1  2026-02", Check("POL-1", "2026-02", "", "")),
        ("POL-1  2026-02  corrected: a: b", Check("POL-1", "2026-02", "a: b", "")),
        ("POL-1  2026-02  open: a; b", Check("POL-1", "2026-02", "", "a; b")),
        ("POL-1  2026-02  corrected: a; b; open: c", Check("POL-1", "2026-02", "a; b", "c")),
    ],
)
def test_a_line_is_read(line: str, expected: Check) -> None:
    assert checks(line) == {"POL-1": expected}


@pytest.mark.parametrize(
    "line",
    [
        "POL-1",
        "POL-1 2026",
        "POL-1 2026-13",
        "POL-1 2026-11 fixed: a",
        "POL-1 2026-11 open:",
        "pol-1 2026-11",
        "POL-9 -",
    ],
)
def test_a_line_that_is_no_comparison_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^rule_audit\.txt:2: expected a new rule, a month and its findings, found '"):
        checks(f"POL-9  2026-11\n{line}\n")


def test_rules_without_a_comparison_and_comparisons_without_a_rule_are_found() -> None:
    compared = checks("POL-2 2026-11\nGW-99 2026-11\n")
    assert list(faults(cited_rules(SEMANTICS), compared)) == [
        "POL-1 has no line in rule_audit.txt: add it, with the month of the comparison",
        "GW-99 in rule_audit.txt is no rule of semantics.md",
    ]
    with pytest.raises(ValueError, match=r"POL-1 has no line in rule_audit\.txt"):
        written(SEMANTICS, "POL-2 2026-11\n")
