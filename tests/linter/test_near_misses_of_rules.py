"""Each rule has a document that it finds, and one that differs from it by one edit, about which it is silent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from execpolicy.linter.catalogue import RULES
from execpolicy.linter.loading import findings as loading
from execpolicy.linter.loading.findings import is_of_loading
from execpolicy.linter.rule import Rule
from tests.linter.test_rules import findings_of

#: An edit takes away at most so many characters, and puts in at most so many.
LONGEST_EDIT = 60
#: The letters that fill up a policy until it exceeds its quota: they count as one.
FILLING = re.compile(r"a{50,}")


class NearMiss(NamedTuple):
    """A near miss of a rule, as ``near_misses_of_rules.yaml`` describes it."""

    rule: Rule
    change: str
    to: str
    because: str

    @property
    def text(self) -> str:
        """The bad example of the rule with the edit."""
        return self.rule.bad.text.replace(self.change, self.to)


def read_near_misses() -> list[NearMiss]:
    entries = yaml.safe_load(Path(__file__).with_name("near_misses_of_rules.yaml").read_text("utf-8"))
    return [NearMiss(RULES[rule_id], **each) for rule_id, misses in entries.items() for each in misses]


NEAR_MISSES = read_near_misses()


def test_each_rule_has_a_near_miss() -> None:
    assert [*dict.fromkeys(each.rule.id for each in NEAR_MISSES)] == [*RULES]


@pytest.mark.parametrize("near", NEAR_MISSES, ids=lambda near: f"{near.rule.id}: {near.because}")
def test_a_rule_is_silent_about_a_near_miss(near: NearMiss) -> None:
    findings = findings_of(near.rule.bad._replace(text=near.text))
    assert [str(each) for each in findings if each.rule == near.rule] == []
    # A rule must not be silent only because the document does not load.
    assert near.rule in loading.RULES or [str(each) for each in findings if is_of_loading(each)] == []


@pytest.mark.parametrize("near", NEAR_MISSES, ids=lambda near: f"{near.rule.id}: {near.because}")
def test_a_near_miss_is_one_edit_away_from_what_the_rule_finds(near: NearMiss) -> None:
    assert near.rule.bad.text.count(near.change) == 1
    assert len(FILLING.sub("a", near.change)) <= LONGEST_EDIT
    assert len(near.to) <= LONGEST_EDIT
    assert near.text not in (near.rule.bad.text, near.rule.good.text)
