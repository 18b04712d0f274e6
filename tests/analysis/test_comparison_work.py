"""The work of comparisons, counted: it is the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from statistics import median
from typing import Any

import pytest

from benchmarks.comparing import api_pair, large_pair
from benchmarks.counted import calls_of
from execpolicy import Api, Policy
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from tools.smt_oracle.pairs import pairs

#: Steps that are enough for a policy of 8 KB, and for an API of 200 routes, each with its neighbour.
STEPS_OF_LARGE, STEPS_OF_ROUTES = 4_000, 25_000


def calls_of_policies(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """The function calls of a comparison."""
    old, new = (Policy.parse(each, kind="resource", name="p") for each in (before, after))
    compare(old, new)  # fills caches
    return calls_of([lambda: compare(old, new)])


def calls_of_apis(before: Api, after: Api) -> float:
    """The function calls of a comparison."""
    compare(before, after)
    return calls_of([lambda: compare(before, after)])


def test_a_policy_of_8_kb_takes_at_most_a_hundred_times_a_small_one() -> None:
    small = median(calls_of_policies(*each) for each in islice(pairs(least=2, most=12), 9))
    assert calls_of_policies(*large_pair()) <= 100 * small


def test_two_hundred_routes_take_at_most_250_times_one() -> None:
    assert calls_of_apis(*api_pair(200)) <= 250 * calls_of_apis(*api_pair(1))


def test_the_work_grows_less_than_fourfold_with_twice_the_routes() -> None:
    assert calls_of_apis(*api_pair(60)) <= 4 * calls_of_apis(*api_pair(30))


def test_few_steps_are_enough_for_large_policies_and_apis() -> None:
    before, after = (Policy.parse(each, kind="resource", name="p") for each in large_pair())
    assert compare(before, after, budget=STEPS_OF_LARGE).verdict is ComparisonVerdict.BOTH
    assert compare(*api_pair(200), budget=STEPS_OF_ROUTES).verdict is ComparisonVerdict.LAXER


@pytest.mark.parametrize("budget", [1, 5, 50])
def test_without_steps_the_verdict_is_unknown(budget: int) -> None:
    before, after = (Policy.parse(each, kind="resource", name="p") for each in large_pair())
    compared = compare(before, after, budget=budget)
    assert compared.verdict is ComparisonVerdict.UNKNOWN
    assert compared.unknown[0].startswith(f"the budget of {budget} steps is used up while ")
