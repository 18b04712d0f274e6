"""Sets of the values of a property that can be absent: their laws."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.values.optional import OptionalValues

FULL = OptionalValues(True, 0b1111)
sets = st.builds(OptionalValues, st.booleans(), st.integers(0, 0b1111))


def members(values: Any) -> set[int | None]:
    """The numbers of the values, and None where the lack of a value is one."""
    return {*(number for number in range(4) if values.values >> number & 1), *([None] if values.absent else [])}


@given(sets, sets)
def test_the_operators_are_those_of_sets(one: OptionalValues, other: OptionalValues) -> None:
    assert members(one & other) == members(one) & members(other)
    assert members(one | other) == members(one) | members(other)
    assert members(one & ~other) == members(one) - members(other)
    assert members(FULL & ~one) == members(FULL) - members(one)
    assert bool(one) is bool(members(one))


def test_a_set_shows_what_it_has() -> None:
    assert repr(FULL) == "OptionalValues(True, 15)"
