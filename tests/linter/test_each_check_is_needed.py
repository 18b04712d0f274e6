"""Without its check no example of a rule passes, nor with a check that finds everything.

``tools/linter_mutants`` takes out each condition of a check by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from execpolicy.linter import run
from execpolicy.linter.catalogue import API_CHECKS, CHECKS, FAMILIES, RULES
from execpolicy.linter.check import ApiCheck, Check
from execpolicy.linter.ignores import rules as ignore_rules
from execpolicy.linter.loading import findings as loading
from execpolicy.linter.rule import Rule
from execpolicy.linter.subject import CheckResult
from tests.linter import test_near_misses_of_rules, test_rules
from tests.linter.test_near_misses_of_rules import NEAR_MISSES


def find_nothing(subject: object) -> Iterator[CheckResult]:
    return iter(())


def find_everywhere(subject: object) -> Iterator[CheckResult]:
    yield CheckResult("found whatever stands there", None, None)


def replace(monkeypatch: pytest.MonkeyPatch, check: Check, find: Callable[[object], Iterator[CheckResult]]) -> None:
    """Let another function stand in place of a check."""
    if isinstance(check, ApiCheck):
        of_api = check._replace(find=find, show=None)
        monkeypatch.setattr(run, "API_CHECKS", tuple(of_api if each is check else each for each in API_CHECKS))
        return
    changed = check._replace(find=find, show=None)
    families = [
        family._replace(checks=tuple(changed if each is check else each for each in family.checks), reads=None)
        for family in FAMILIES
    ]
    monkeypatch.setattr(run, "FAMILIES", tuple(families))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.id)
def test_a_check_that_finds_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    replace(monkeypatch, check, find_nothing)
    with pytest.raises(AssertionError):
        test_rules.test_the_bad_example_is_found_at_its_place(check.rule)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.id)
def test_a_check_that_always_finds_something_is_noticed(monkeypatch: pytest.MonkeyPatch, check: Check) -> None:
    replace(monkeypatch, check, find_everywhere)
    with pytest.raises(AssertionError):
        test_rules.test_the_good_example_has_no_finding_of_the_rule(check.rule)
    for near in NEAR_MISSES:
        if near.rule == check.rule:
            with pytest.raises(AssertionError):
                test_near_misses_of_rules.test_a_rule_is_silent_about_a_near_miss(near)


@pytest.mark.parametrize("rule", loading.RULES, ids=lambda rule: rule.id)
def test_a_fault_of_loading_that_has_no_rule_is_noticed(monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    other = loading.RULES[0] if rule != loading.RULES[0] else loading.RULES[1]
    by_code = {each.issue_code: each if each != rule else other for each in loading.RULES}
    monkeypatch.setattr(loading, "_BY_CODE", by_code)
    monkeypatch.setattr(loading, "UNREADABLE", by_code[""])
    with pytest.raises(AssertionError):
        test_rules.test_the_bad_example_is_found_at_its_place(rule)


@pytest.mark.parametrize("rule", ignore_rules.RULES, ids=lambda rule: rule.id)
def test_an_ignore_that_has_no_rule_is_noticed(monkeypatch: pytest.MonkeyPatch, rule: Rule) -> None:
    (name,) = (name for name, value in vars(ignore_rules).items() if value is rule)
    monkeypatch.setattr(ignore_rules, name, loading.UNREADABLE)
    with pytest.raises(AssertionError):
        test_rules.test_the_bad_example_is_found_at_its_place(rule)


def test_every_rule_is_taken_out_by_one_of_these_tests() -> None:
    assert {each.id for each in (*loading.RULES, *ignore_rules.RULES, *(check.rule for check in CHECKS))} == {*RULES}
