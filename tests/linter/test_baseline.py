"""A baseline: what is known, what is new, and what no longer occurs."""

from __future__ import annotations

import json
from cProfile import Profile

from hypothesis import given
from hypothesis import strategies as st

from execpolicy.linter.baseline import baseline_text, compare, marks_of, parse_baseline
from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint_text

RULE = "EP-ARN-001"


def findings(*names: str) -> tuple[Finding, ...]:
    """One finding for each name, in one statement; equal ones for equal names."""
    resources = [f"execute-api:/prod/GET/{number}/{{{name}}}" for number, name in enumerate(names)]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resources}
    return lint_text(json.dumps({"Statement": statement}, indent=1), "orders.json", rules=[RULE])


NAMES = st.lists(st.sampled_from(["id", "user", "order"]), max_size=6)


@given(NAMES, NAMES)
def test_what_is_new_and_gone_is_the_difference(before: list[str], after: list[str]) -> None:
    old = findings(*before)
    known = parse_baseline(baseline_text(old, marks=marks_of(old, "."), root="."), "lint.json")
    assert len({each.fingerprint for each in known}) == len(before)
    now = findings(*after)
    compared = compare(now, known, marks=marks_of(now, "."), files={"orders.json"}, rules={RULE})
    same = sum(min(before.count(name), after.count(name)) for name in {*before})
    assert len(compared.known) == same
    assert len(compared.new) == len(after) - same
    assert len(compared.gone) == len(before) - same
    assert {*compared.new, *compared.known} == {*now}


def test_the_order_of_findings_does_not_count() -> None:
    found = findings("id", "id", "user")
    assert marks_of(found, ".") == marks_of(found[::-1], ".")


def test_the_work_grows_with_the_findings() -> None:
    def work(number: int) -> int:
        found = findings(*["id"] * number)
        profile = Profile()
        profile.enable()
        marks = marks_of(found, ".")
        known = parse_baseline(baseline_text(found, marks=marks, root="."), "lint.json")
        compare(found, known, marks=marks, files={"orders.json"}, rules={RULE})
        profile.disable()
        return sum(entry.callcount for entry in profile.getstats())

    work(1)
    assert work(200) <= 2.3 * work(100)
