"""Dimensions of keys that may have several values."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.dimensions.dimension import Dimension, ValueExample
from execpolicy.analysis.values.several import SeveralValues
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.derived_keys import organizations_of
from tests.analysis.dimensions.divided import (
    Written,
    assert_accepted,
    assert_divided,
    assert_whole,
    clauses_of,
    dimension_for,
    holding,
)
from tests.examples import of_quick

PATHS, OTHER_KEY, AMR = "aws:PrincipalOrgPaths", "example:Groups", "accounts.google.com:amr"
TEXTS = ("o-1/r-1/", "o-1/r-1/ou-1/", "o-1/*", "o-2/*", "5", "", "o-1/r-?/*", "O-1/R-1/")
VALUES = ("o-1/r-1/", "o-1/r-1/ou-1/", "o-2/r-2/", "5", "7", "", "O-1/r-1/")
NAMES = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "NumericLessThan")
OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([*NAMES, "Bool", "NumericNotEquals"]),
    st.sampled_from(["", "IfExists"]),
)


def conditions(key: str) -> st.SearchStrategy[tuple[str, list[Written]]]:
    effects = st.sampled_from(["Allow", "Deny"])
    tested = st.builds(Written, OPERATORS, st.just(key), st.lists(st.sampled_from(TEXTS), max_size=3), effects)
    null = st.builds(
        Written,
        st.sampled_from(["Null", "ForAllValues:Null"]),
        st.just(key),
        st.sampled_from(["true", "false"]),
        effects,
    )
    return st.tuples(st.just(key), st.lists(tested | null, max_size=4))


@pytest.mark.rule("CND-11")
@pytest.mark.rule("CND-12")
@pytest.mark.rule("CND-13")
@given(st.one_of([conditions(key) for key in (PATHS, OTHER_KEY, AMR)]))
def test_lists_are_divided_by_what_conditions_say_of_their_members(given_key: tuple[str, list[Written]]) -> None:
    key, written = given_key
    dimension, taken = dimension_for(key, clauses_of(written))
    assert_whole(dimension, taken)
    assert_accepted(dimension)
    for length in range(3):
        for texts in product(VALUES, repeat=length):
            assert_list_is_divided(key, dimension, taken, texts)
    assert_list_is_divided(key, dimension, taken, ("o-1/r-1/", "5", "", "o-2/r-2/"))
    assert_list_is_divided(key, dimension, taken, ("o-1/r-1/", "o-1/r-1/ou-1/", "o-1/r-1/", "o-1"))


def assert_list_is_divided(
    key: str, dimension: Dimension, taken: list[ConditionClause], texts: tuple[str, ...]
) -> None:
    """The dimension has a list, if requests can have it; paths of several organizations do not occur together."""
    if key != PATHS or len(organizations_of(texts)) < 2:
        assert_divided(dimension, taken, ValueExample(keys={key.lower(): texts}))


@of_quick(50)
@given(conditions(PATHS))
def test_lists_of_texts_with_too_many_cells_are_divided(given_key: tuple[str, list[Written]]) -> None:
    key, written = given_key
    infixes = [f"*{letter}*" for letter in "or1/u5-"]
    clauses = clauses_of([*written, Written("ForAnyValue:StringLike", key, infixes, "Deny")])
    dimension, taken = dimension_for(key, clauses)
    assert_whole(dimension, taken)
    assert_accepted(dimension)
    for texts in product(VALUES, repeat=2):
        assert_list_is_divided(key, dimension, taken, texts)


def examples_of(key: str, dimension: Dimension, values: Any) -> list[tuple[str, ...]]:
    return [example.keys[key.lower()] for example in dimension.examples(values)]


def test_two_conditions_on_any_value_need_two_values() -> None:
    written = [Written("ForAnyValue:StringLike", PATHS, text, "Allow") for text in ("o-1/r-1/*", "o-1/r-2/*")]
    dimension, (one, other) = dimension_for(PATHS, clauses_of(written))
    both = holding(dimension, one) & holding(dimension, other)
    assert examples_of(PATHS, dimension, both) == [("o-1/r-1/", "o-1/r-2/")]
    only_one = holding(dimension, one) & ~holding(dimension, other)
    assert examples_of(PATHS, dimension, only_one)[:2] == [
        ("o-1/r-1/",),
        ("o-1/r-1/", "o-1/r-ab12/ou-ab12-11111111/"),
    ]


@pytest.mark.rule("CND-12")
def test_all_values_hold_without_a_value() -> None:
    written = [Written("ForAllValues:StringEquals", PATHS, "o-1/r-1/", "Allow")]
    dimension, (clause,) = dimension_for(PATHS, clauses_of(written))
    examples = examples_of(PATHS, dimension, holding(dimension, clause))
    assert examples == [(), ("o-1/r-1/",), ("",), ("o-1/r-1/", "o-1/r-1/")]


@pytest.mark.rule("CND-12")
def test_if_exists_behind_any_value_changes_nothing() -> None:
    written = [Written(f"ForAnyValue:StringNotEquals{each}", PATHS, "o-1/r-1/", "Deny") for each in ("", "IfExists")]
    dimension, (plain, if_exists) = dimension_for(PATHS, clauses_of(written))
    assert not holding(dimension, plain) & ~holding(dimension, if_exists)
    assert not holding(dimension, if_exists) & ~holding(dimension, plain)
    assert not holding(dimension, plain) & dimension.absent


@pytest.mark.rule("KEY-3")
def test_paths_of_two_organizations_are_not_together() -> None:
    written = [Written("ForAnyValue:StringLike", PATHS, f"o-{each}/*", "Allow") for each in (1, 2)]
    dimension, (one, other) = dimension_for(PATHS, clauses_of(written))
    assert not holding(dimension, one) & holding(dimension, other)
    for key in (OTHER_KEY, "aws:SourceOrgPaths"):
        together, clauses = dimension_for(key, clauses_of([each._replace(key=key) for each in written]))
        assert holding(together, clauses[0]) & holding(together, clauses[1])


def test_many_conditions_on_any_value_are_one_part_each() -> None:
    written = [Written("ForAnyValue:StringEquals", PATHS, f"o-1/r-{each}/", "Allow") for each in range(40)]
    dimension, clauses = dimension_for(PATHS, clauses_of(written))
    together = dimension.full
    for clause in clauses:
        together = together & holding(dimension, clause)
    (example,) = dimension.examples(together)
    assert len(example.keys[PATHS.lower()]) == 40
    apart = dimension.full
    for clause in clauses:
        apart = apart & ~holding(dimension, clause)
    assert isinstance(apart, SeveralValues)
    assert len(apart.several) == 2, "paths of this organization, and paths of another"


def test_a_key_with_one_value_has_at_most_one_behind_a_set_operator() -> None:
    written = [Written("ForAnyValue:StringEquals", "aws:SourceVpce", ["vpce-1", "vpce-2"], "Allow")]
    dimension, _ = dimension_for("aws:SourceVpce", clauses_of(written))
    assert all(len(example.keys["aws:sourcevpce"]) < 2 for example in dimension.examples(dimension.full))
