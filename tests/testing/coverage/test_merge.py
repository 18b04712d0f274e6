"""In whatever order and in however many processes cases are counted, the report is the same."""

from __future__ import annotations

import json
import pickle
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Caller, Policy, Request, UsageError, authorize
from execpolicy.testing import CaseResult
from execpolicy.testing.coverage import CaseCount, Example, StatementCoverage
from execpolicy.testing.coverage.case_count import order_of
from tests.testing.coverage.samples import ANN, API, COMPANY, GATEWAY, INVOKE, SHOP, allow, passed, policy


@cache
def pool() -> tuple[CaseResult, ...]:
    """Cases that share policies, and cases that do not."""
    files = (("a/shop.json", SHOP), ("b/shop.json", SHOP), ("gateway.json", GATEWAY), ("company.json", COMPANY))
    return tuple(result for name, text in files for result in passed(text, name))


PARTS = st.lists(st.integers(0, 16), max_size=12)


def counted(numbers: list[int]) -> StatementCoverage:
    coverage = StatementCoverage()
    for number in numbers:
        coverage.add(pool()[number])
    return coverage


def merged(*parts: StatementCoverage) -> StatementCoverage:
    whole = StatementCoverage()
    for part in parts:
        whole.merge(part)
    return whole


def test_the_pool_is_as_large_as_the_strategy_says() -> None:
    assert len(pool()) == 17


@given(st.lists(st.integers(0, 16), max_size=12).flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_of_cases_changes_nothing(orders: tuple[list[int], list[int]]) -> None:
    one, other = (counted(order).report() for order in orders)
    assert one == other
    assert (one.text(covered=True), one.to_dict()) == (other.text(covered=True), other.to_dict())


@given(PARTS, PARTS)
def test_to_merge_is_to_count_in_one_process(left: list[int], right: list[int]) -> None:
    whole = counted(left + right).report()
    assert merged(counted(left), counted(right)).report() == whole
    assert merged(counted(right), counted(left)).report() == whole


@given(PARTS, PARTS, PARTS)
def test_merging_is_associative(first: list[int], second: list[int], third: list[int]) -> None:
    a, b, c = counted(first), counted(second), counted(third)
    assert merged(merged(a, b), c).report() == merged(a, merged(b, c)).report()


@given(PARTS, PARTS)
def test_what_is_merged_in_stays_as_it_was(left: list[int], right: list[int]) -> None:
    one, other = counted(left), counted(right)
    before = other.report()
    merged(other, one)
    one.merge(other)
    assert other.report() == before


@given(PARTS)
def test_a_state_is_the_coverage(numbers: list[int]) -> None:
    coverage = counted(numbers)
    sent = StatementCoverage.from_state(json.loads(json.dumps(coverage.to_state())))
    assert sent.report() == coverage.report()
    assert pickle.loads(pickle.dumps(coverage)).report() == coverage.report()
    again = counted(numbers)
    again.merge(sent)
    twice = counted(numbers + numbers)
    assert again.report() == twice.report()


@given(PARTS, st.integers(0, 16))
def test_another_case_never_lowers_coverage(numbers: list[int], more: int) -> None:
    everything = StatementCoverage()
    everything.add_policies(*(result.case for result in pool()))
    fewer, extended = merged(everything, counted(numbers)), merged(everything, counted([*numbers, more]))
    before, after = fewer.report(), extended.report()
    assert after.percent >= before.percent
    assert after.points.total >= before.points.total
    for one, other in zip(before.statements, after.statements, strict=True):
        assert other.decided.cases >= one.decided.cases
        assert all(
            mine.stopped.cases <= theirs.stopped.cases for mine, theirs in zip(one.clauses, other.clauses, strict=True)
        )


def test_a_coverage_that_goes_on_after_it_was_sent() -> None:
    one, other = pool()[0], pool()[1]
    sent = pickle.loads(pickle.dumps(counted([0])))
    sent.add(other)
    assert sent.report() == counted([0, 1]).report()
    assert one.case.place < other.case.place


def test_where_a_policy_is_bound_is_not_forgotten() -> None:
    # Inside its API the Resource of Open cannot fail; who has only seen decisions does not know where it is.
    unbound = StatementCoverage()
    (_, _, _, _, refused) = passed(GATEWAY)
    assert refused.response is not None
    unbound.add_response(refused.response, name="refused")
    assert unbound.report().stopped.total == 3
    bound = StatementCoverage()
    bound.add_policies(refused.case)
    sent = StatementCoverage.from_state(bound.to_state())
    for whole in (merged(bound, unbound), merged(unbound, bound), merged(sent, unbound), merged(unbound, sent)):
        assert whole.report().stopped.total == 2


def test_policies_without_text_are_sent_too() -> None:
    who = Caller(ANN, identity=Policy.parse(policy(allow(sid="S")), kind="identity", name="p"))
    coverage = StatementCoverage()
    coverage.add_decision(authorize(Request(caller=who, action=INVOKE, resource=f"{API}/prod/GET/a")), name="one")
    sent = StatementCoverage.from_state(coverage.to_state())
    sent.merge(coverage)
    (found,) = sent.report().policies
    assert (found.source, found.statements[0].decided) == (None, CaseCount(2, Example("", "one")))
    assert sent.report().html().count('<section class="policy"') == 1


def test_a_state_of_another_version_is_refused() -> None:
    state = {**counted([0]).to_state(), "state_version": 2}
    with pytest.raises(UsageError) as caught:
        StatementCoverage.from_state(state)
    assert caught.value.message == "found a coverage state of version 2, expected 1"


def test_the_first_case_is_the_first_in_the_order_of_the_files() -> None:
    places = ["a2.json:1:1", "a10.json:1:1", "b.json:9:1", "b.json:10:1", "b.json:10:12", "b.json:100:2"]
    assert places != sorted(places)
    assert sorted(places, key=lambda place: order_of(Example(place, ""))) == places
    assert order_of(Example("a.json:1:1", "a")) < order_of(Example("a.json:1:1", "b"))
    assert order_of(Example("", "a")) < order_of(Example("1", "a"))
    assert order_of(Example("9" * 5000, "")) > order_of(Example("1", ""))
