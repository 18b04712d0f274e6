"""The dimension of the time of a request, which two keys give."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.dimension import NotComparableError, changed_view
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.analysis.values.times import epoch_text, time_text
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.dates import read_date, read_period
from tests.analysis.dimensions.divided import (
    Written,
    assert_accepted,
    assert_divided,
    assert_whole,
    base_view,
    clauses_of,
    dimension_for,
    example_of,
)

CURRENT, EPOCH = "aws:CurrentTime", "aws:EpochTime"
TIMES = (
    *("2026-01-01T00:00:00Z", "2026-01-01", "2026-01", "2026", "1767225600", "1767225600.5", "1767225601", "0", "1e3"),
    *("2026-06-30T12:00:00.25+02:00", "1969-12-31T23:59:59Z", "1960", "9999-12-31", "253402300800", "253402300801"),
    *("1767225600.000000001", "2025-12-31T23:59:59.999Z", "0001-01-01", "-1", "yesterday", "1767225600.75"),
)
_NAMES = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAnyValue:", "ForAllValues:"]),
    st.sampled_from([*(f"{family}{name}" for family in ("Date", "Numeric") for name in _NAMES), "Bool", "StringLike"]),
    st.sampled_from(["", "IfExists"]),
)
CONDITIONS = st.one_of(
    st.builds(
        Written,
        OPERATORS,
        st.sampled_from([CURRENT, EPOCH]),
        st.lists(st.sampled_from(TIMES), max_size=3),
        st.sampled_from(["Allow", "Deny"]),
    ),
    st.builds(Written, st.just("Null"), st.sampled_from([CURRENT, EPOCH]), st.just("true"), st.just("Deny")),
)


def near(value: str) -> list[Decimal]:
    """The moment of a text, the end of its period, and the moments beside these."""
    found, period = read_date(value), read_period(value)
    moments = [] if found is None else [found] if period is None else [found, period.end]
    steps = (Decimal(0), Decimal(1), Decimal(-1), Decimal("1e-9"), Decimal("-1e-9"), Decimal("0.5"))
    return [moment + step for moment in moments for step in steps]


def texts_of(moment: Decimal) -> list[str]:
    return [time_text(moment), *([epoch_text(moment)] if moment >= 0 else [])] if moment > Decimal("-6e10") else []


def _lacks_seconds(text: str, clauses: list[ConditionClause]) -> bool:
    """Whether a time is before 1970, and conditions read its seconds."""
    moment = read_date(text)
    return moment is not None and moment < 0 and any(clause.condition.key == EPOCH.lower() for clause in clauses)


@pytest.mark.rule("KEY-3")
@pytest.mark.rule("CND-17")
@given(st.lists(CONDITIONS, max_size=5))
def test_both_clocks_are_divided_together(written: list[Written]) -> None:
    dimension, taken = dimension_for(CURRENT, clauses_of(written))
    assert_whole(dimension, taken)
    assert_accepted(dimension)
    texts = [text for each in written for value in each.values for moment in near(value) for text in texts_of(moment)]
    for text in dict.fromkeys(texts):
        for key, other in ((CURRENT, EPOCH.lower()), (EPOCH, CURRENT.lower())):
            example = example_of({key: text}, other)
            if example is not None and not _lacks_seconds(text, taken):
                assert_divided(dimension, taken, example)


@given(st.lists(CONDITIONS, max_size=5), st.sampled_from(["0", "0.25", "0.5", "0.75", "0.000000001"]))
def test_the_fraction_of_a_second_of_one_clock_may_differ_from_that_of_the_other(
    written: list[Written], fraction: str
) -> None:
    dimension, taken = dimension_for(EPOCH, clauses_of(written))
    example = example_of({CURRENT: "2026-01-01T00:00:00.5Z", EPOCH: f"{1767225600 + Decimal(fraction)}"})
    assert example is not None
    assert_divided(dimension, taken, example)


def test_the_usual_time_is_the_first_example() -> None:
    conditions = [Written("DateLessThan", CURRENT, "2027-01-01T00:00:00Z", "Allow")]
    dimension, taken = dimension_for(CURRENT, clauses_of(conditions))
    assert [part.example.keys for part in dimension.parts(taken[0])] == [
        {"aws:currenttime": ("2026-01-01T00:00:00Z",)},
        {"aws:currenttime": ("2027-01-01T00:00:00Z",)},
        {"aws:currenttime": ("2027-01-01T00:00:01Z",)},
    ]


def test_only_the_keys_that_conditions_read_are_given() -> None:
    both = [Written("DateLessThan", CURRENT, "2020-01-01T00:00:00Z", "Allow")]
    both += [Written("NumericEquals", EPOCH, "1767225600", "Allow")]
    dimension, _ = dimension_for(EPOCH, clauses_of(both))
    assert next(dimension.examples(dimension.full)).keys == {
        "aws:currenttime": ("2026-01-01T00:00:00Z",),
        "aws:epochtime": ("1767225600",),
    }
    dimension, _ = dimension_for(EPOCH, clauses_of(both[1:]))
    assert next(dimension.examples(dimension.full)).keys == {"aws:epochtime": ("1767225600",)}


def test_a_condition_on_epoch_time_is_known_for_every_time() -> None:
    written = [Written("NumericLessThan", EPOCH, "1767225600", "Allow"), Written("Null", EPOCH, "true", "Deny")]
    dimension, clauses = dimension_for(EPOCH, clauses_of(written))
    results = [
        [clause.test(changed_view(base_view(), part.example)) for part in dimension.parts(clause)] for clause in clauses
    ]
    assert results == [[True, False, False], [False]]


def test_every_request_has_a_time() -> None:
    dimension, _ = dimension_for(CURRENT, clauses_of([Written("Null", CURRENT, "true", "Deny")]))
    assert not dimension.absent


def test_the_text_of_a_time_is_not_compared() -> None:
    (clause,) = clauses_of([Written("StringLike", CURRENT, "2026-*", "Allow")])
    with pytest.raises(NotComparableError, match=r"^StringLike compares the text of aws:CurrentTime$"):
        builder_for_key("aws:currenttime", [clause]).add(clause)


def test_the_cells_grow_with_the_number_of_times() -> None:
    def cells(times: int) -> int:
        written = [
            Written("DateGreaterThan", key, f"2026-01-01T00:{each // 60:02}:{each % 60:02}Z", "Allow")
            for each in range(times)
            for key in (CURRENT, EPOCH)
        ]
        builder = builder_for_key("aws:currenttime", clauses_of(written))
        for clause in clauses_of(written):
            builder.add(clause)
        budget = Budget()
        builder.build(budget)
        return budget.taken

    assert cells(400) < 2.1 * cells(200)
