"""Write ``docs/rule-audit.md``: when each rule was last compared with AWS's pages, and what was found.

``python -m tools.rule_audit`` writes the page from ``docs/semantics.md`` and ``tools/rule_audit.txt``; ``make docs``
runs it. A test fails when the page is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
RULES = ROOT / "docs" / "semantics.md"
CHECKS = ROOT / "tools" / "rule_audit.txt"
PAGE = ROOT / "docs" / "rule-audit.md"

#: The month of a rule that was compared with no page.
NOT_COMPARED = "-"
HEADING = re.compile(r"### ([A-Z]+-[0-9]+) · ([^·]+) · ")
LABEL = re.compile(r"\[([^]]+)\]")
DEFINITION = re.compile(r'\[([^]]+)\]: (https://\S+) "copy ([^"]+)"')
CHECK = re.compile(
    r"(?P<rule>[A-Z]+-[0-9]+) +(?P<month>20[0-9]{2}-(?:0[1-9]|1[0-2])|-)"
    r"(?: +corrected: (?P<corrected>.+?))?(?:;? +open: (?P<open>.+))?"
)

TEXT = """# When each rule was last checked

Written by `make docs` from [semantics.md](semantics.md) and `tools/rule_audit.txt`: change these files.

The rules of [semantics.md](semantics.md) were compared with AWS's pages as of **{latest}**. `execpolicy --version`
prints this month. The table has one row for each rule:

- *Checked* is the month in which the rule was last compared with its pages. `{not_compared}` stands for a rule that
  was not compared, because execpolicy sets it itself or because its page could not be read.
- *Pages* are the pages of the rule, each with the date of the copy that was read: the month, the year if the month is
  not known, or `without date`. `in part` means that the copy did not contain the whole page.
- *Corrected* says what was corrected in the rule at that time.
- *Open* says where rule and page still differ, or what the page says and the rule does not.

| rule | status | checked | pages | corrected | open |
|---|---|---|---|---|---|
{rows}

{links}
"""


class Check(NamedTuple):
    """The last comparison of a rule with its pages: one line of ``tools/rule_audit.txt``."""

    rule: str
    month: str
    corrected: str
    open: str


class CitedRule(NamedTuple):
    """A rule of ``docs/semantics.md`` with the labels of its pages."""

    id: str
    statuses: str
    labels: tuple[str, ...]


class CitedPage(NamedTuple):
    """A page that rules cite: its address, and of when the copy is that was read."""

    address: str
    copy: str


def checks(text: str) -> dict[str, Check]:
    """The comparisons by rule.

    Raises:
        ValueError: a line is not a comparison, or a rule has two.
    """
    found: dict[str, Check] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = CHECK.fullmatch(line)
        if match is None or match["rule"] in found:
            raise ValueError(f"{CHECKS.name}:{number}: expected a new rule, a month and its findings, found {line!r}")
        found[match["rule"]] = Check(match["rule"], match["month"], match["corrected"] or "", match["open"] or "")
    return found


def cited_rules(text: str) -> Iterator[CitedRule]:
    """The rules of ``docs/semantics.md``, in its order."""
    for block in re.split(r"^(?=#{2,3} )", text, flags=re.MULTILINE):
        heading = HEADING.match(block)
        if heading is not None:
            pages = re.search(r"^- Page: (.+)$", block, flags=re.MULTILINE)
            yield CitedRule(heading[1], heading[2], tuple(LABEL.findall(pages[1])) if pages is not None else ())


def cited_pages(text: str) -> dict[str, CitedPage]:
    """The pages by their labels."""
    return {label: CitedPage(address, copy) for label, address, copy in DEFINITION.findall(text)}


def latest_month(compared: Iterable[Check]) -> str:
    """The youngest month of a comparison."""
    return max(check.month for check in compared if check.month != NOT_COMPARED)


def faults(rules: Iterable[CitedRule], compared: Mapping[str, Check]) -> Iterator[str]:
    """Rules without a comparison, and comparisons without a rule."""
    known = {rule.id for rule in rules}
    for rule in sorted(known - compared.keys()):
        yield f"{rule} has no line in {CHECKS.name}: add it, with the month of the comparison"
    for rule in sorted(compared.keys() - known):
        yield f"{rule} in {CHECKS.name} is no rule of {RULES.name}"


def written(semantics: str, text: str) -> str:
    """The text of the page.

    Raises:
        ValueError: a line of the comparisons cannot be read, a rule has none, or one has no rule.
    """
    rules, compared, pages = list(cited_rules(semantics)), checks(text), cited_pages(semantics)
    if wrong := list(faults(rules, compared)):
        raise ValueError("\n".join(wrong))
    cited = {label for rule in rules for label in rule.labels}
    return TEXT.format(
        latest=latest_month(compared.values()),
        not_compared=NOT_COMPARED,
        rows="\n".join(_row(rule, compared[rule.id], pages) for rule in rules),
        links="\n".join(f"[{label}]: {page.address}" for label, page in pages.items() if label in cited),
    )


def _row(rule: CitedRule, check: Check, pages: Mapping[str, CitedPage]) -> str:
    cited = ", ".join(f"[{label}] ({pages[label].copy.removeprefix('of ')})" for label in rule.labels)
    cells = (rule.id, rule.statuses, check.month, cited or "none", check.corrected, check.open)
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def main() -> int:
    """Write the page."""
    PAGE.write_text(written(RULES.read_text("utf-8"), CHECKS.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
