"""What every case and document of a case file says of itself, whatever it tests."""

from __future__ import annotations

import re

from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.testing.case_file.entries import About

ABOUT_FIELDS = ("name", "rule", "page", "why")

_rule = re.compile(r"[A-Z]{2,3}-[1-9][0-9]*").fullmatch


def read_about(fields: Fields) -> About:
    """Name, rules, page, remark and place, as every ``Entry`` takes them."""
    return {
        "name": fields.text("name") or "",
        "rules": tuple(rule.value for rule in rule_ids(fields, "rule") or ()),
        "page": fields.text("page") or "",
        "why": fields.text("why") or "",
        "source": fields.problems.source,
        "span": fields.problems.span(fields.node),
    }


def rule_ids(fields: Fields, name: str) -> list[Text] | None:
    """The ids of rules in a field."""
    rules = fields.texts(name)
    for rule in rules or ():
        if _rule(rule.value) is None:
            message = f"found {quoted(rule.value)} as {name}, expected the id of a rule"
            fields.problems.report(rule, message, "write it as in docs/semantics.md: EVL-4")
    return rules
