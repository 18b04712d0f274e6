"""The search among boxes, against all requests of a small space, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.search import search

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box

#: The number of values of each dimension.
SIZES = {"action": 3, "caller": 4, "resource": 5}
EVERYTHING: Box = {name: (1 << size) - 1 for name, size in SIZES.items()}
POINTS = [dict(zip(SIZES, values, strict=True)) for values in product(*map(range, SIZES.values()))]

sets = {name: st.integers(0, (1 << size) - 1) for name, size in SIZES.items()}
boxes = st.fixed_dictionaries({}, optional=sets)
#: What a statement that applies to some request is.
filled = st.fixed_dictionaries({}, optional={name: st.integers(1, (1 << size) - 1) for name, size in SIZES.items()})


def has(box: Box, point: Mapping[str, int]) -> bool:
    return all(values & 1 << point[name] for name, values in box.items())


@given(st.lists(st.lists(filled, max_size=4), max_size=3), st.lists(filled, max_size=6))
def test_the_boxes_found_are_disjoint_and_are_what_is_sought(needed: list[list[Box]], excluded: list[Box]) -> None:
    found = list(search(EVERYTHING, needed, excluded, Budget()))
    for point in POINTS:
        sought = all(any(has(box, point) for box in group) for group in needed)
        sought = sought and not any(has(box, point) for box in excluded)
        assert sum(has(box, point) for box in found) == sought, point


@given(boxes, boxes)
def test_an_intersection_has_the_points_of_both(one: Box, other: Box) -> None:
    shared = intersection(one, other)
    for point in POINTS:
        both = has(one, point) and has(other, point)
        assert (shared is not None and has(shared, point)) == both


def test_a_search_ends_when_its_steps_are_used_up() -> None:
    halves: list[Box] = [{"caller": 0b0011, "action": 0b001}, {"caller": 0b0110, "resource": 0b10}, {"action": 0b010}]
    everything = Budget()
    assert list(search(EVERYTHING, [], halves, everything))
    budget = Budget(everything.taken - 1)
    with pytest.raises(BudgetExceededError, match="searching for a request"):
        list(search(EVERYTHING, [], halves, budget))


def test_disjoint_statements_take_steps_that_grow_with_their_square_at_most() -> None:
    count = 200
    everything: Box = {"resource": (1 << count) - 1, "caller": 0b11}
    allows: list[Box] = [{"resource": 1 << number} for number in range(count)]
    denies: list[Box] = [{"resource": 1 << number, "caller": 0b01} for number in range(count)]
    budget = Budget()
    found = list(search(everything, [allows], denies, budget))
    assert len(found) == count
    assert budget.taken <= 2 * count**2


def test_a_search_among_many_groups_and_boxes_needs_no_calls_within_calls() -> None:
    count = 1200  # more than calls within calls that Python allows
    everything: Box = {"resource": (1 << count) - 1, "caller": 0b11}
    groups: list[list[Box]] = [[{"resource": (1 << count) - 2}] for _ in range(count)]
    assert list(search(everything, groups, [], Budget())) == [{"resource": (1 << count) - 2, "caller": 0b11}]
    excluded: list[Box] = [{"resource": 1 << number, "caller": 0b01} for number in range(count)]
    assert next(search(everything, [], excluded, Budget()))["caller"] == 0b10
