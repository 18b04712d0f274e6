"""Without its check no example of a rule passes, nor with a check that finds everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from execpolicy.linter import run
from execpolicy.linter.catalogue import CHECKS, FAMILIES
from execpolicy.linter.check import Check
from execpolicy.linter.subject import CheckResult
from tests.linter import test_rules


def find_nothing(subject: object) -> Iterator[CheckResult]:
    return iter(())


def find_everywhere(subject: object) -> Iterator[CheckResult]:
    yield CheckResult("found whatever stands there", None, None)


def replace(monkeypatch: pytest.MonkeyPatch, check: Check, find: Callable[[object], Iterator[CheckResult]]) -> None:
    """Let another function stand in place of a check."""
    changed = check._replace(find=find, show=None)
    monkeypatch.setattr(run, "CHECKS", tuple(changed if each is check else each for each in CHECKS))
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
