"""Sets of lists of values: their laws, against all lists of a few values."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.values.several import Lists, SeveralValues, lists_of

VALUES = 3
FULL = (1 << VALUES) - 1
#: All lists of at most four values, each value as the bit of its cell; the longer ones tell nothing more apart.
LISTS = [each for length in range(5) for each in product((1, 2, 4), repeat=length)]
EVERYTHING = SeveralValues(FULL, True, FULL, [Lists(FULL)])

masks = st.integers(0, FULL)
parts = st.builds(lists_of, masks, st.lists(masks, max_size=3)).filter(bool)
sets = st.builds(SeveralValues, st.just(FULL), st.booleans(), masks, st.lists(parts, max_size=3))


def has(values: Any, members: tuple[int, ...]) -> bool:
    """Whether a list belongs to a set, by what its parts say."""
    if not members:
        return bool(values.absent)
    if len(members) == 1:
        return bool(values.one & members[0])
    return any(
        all(each & lists.allowed for each in members)
        and all(any(each & required for each in members) for required in lists.required)
        for lists in values.several
    )


def belonging(values: SeveralValues) -> set[tuple[int, ...]]:
    return {members for members in LISTS if has(values, members)}


@given(sets, sets)
def test_the_operators_are_those_of_sets_of_lists(one: SeveralValues, other: SeveralValues) -> None:
    assert belonging(one & other) == belonging(one) & belonging(other)
    assert belonging(one | other) == belonging(one) | belonging(other)
    assert belonging(one & ~other) == belonging(one) - belonging(other)
    assert belonging(EVERYTHING & ~one) == set(LISTS) - belonging(one)


@given(sets, sets)
def test_a_set_is_true_unless_it_is_empty(one: SeveralValues, other: SeveralValues) -> None:
    assert bool(one) is bool(belonging(one))
    assert not one & ~one
    assert bool(one & ~other) is bool(belonging(one) - belonging(other))


@given(sets)
def test_no_part_of_a_set_is_within_another(one: SeveralValues) -> None:
    found = (one | one).several
    for each in found:
        assert each.allowed
        assert all(each.required)
        alone = belonging(SeveralValues(FULL, False, 0, [each]))
        for other in found:
            if other is not each:
                assert not alone <= belonging(SeveralValues(FULL, False, 0, [other]))


def test_two_requirements_need_two_values() -> None:
    first, second = (SeveralValues(FULL, False, mask, [Lists(FULL, (mask,))]) for mask in (1, 2))
    both = first & second
    assert not both.one
    assert both.several == (Lists(FULL, (1, 2)),)


def test_the_complement_of_many_requirements_does_not_enumerate_their_combinations() -> None:
    full = (1 << 40) - 1
    all_of_them = SeveralValues(full, False, 0, [Lists(full, tuple(1 << each for each in range(40)))])
    assert len((SeveralValues(full, True, full, [Lists(full)]) & ~all_of_them).several) == 40
