"""Dimensions of keys whose values are texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.dimension import ValueExample
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.analysis.dimensions.text_key import patterns_of
from tests.analysis.dimensions.divided import (
    Written,
    assert_accepted,
    assert_divided,
    assert_whole,
    clauses_of,
    dimension_for,
    example_of,
)
from tests.examples import of_quick

PIECES = ("a", "A", "b", "ab", "*", "?", "vpce-1", "vpce-10", "o-1/r-1/", "é", "É", "k", "\N{KELVIN SIGN}", "1")
TEXTS = st.one_of(
    st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=4).map("".join), st.just(""), st.just("${*}")
)
ARNS = st.builds(
    "arn:{}:{}:{}:{}:{}".format,
    st.sampled_from(["aws", "*", "aw?"]),
    st.sampled_from(["events", "lambda", "*"]),
    st.sampled_from(["eu-west-1", "eu-*", "*", ""]),
    st.sampled_from(["111122223333", "1111*", "*"]),
    st.sampled_from(["rule/x", "rule/*", "function:x", "function:*:?", "*"]),
) | st.sampled_from(["arn:aws:events:*", "*", "arn:*", "arn:aws:lambda:eu-west-1:111122223333:function:x"])
_STRING_NAMES = ("Equals", "NotEquals", "Like", "NotLike", "EqualsIgnoreCase", "NotEqualsIgnoreCase")
_ARN_NAMES = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")
_READING_NAMES = ("NumericEquals", "DateLessThan", "Bool", "NotIpAddress")


def conditions(key: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Written]]:
    names = (*(f"String{name}" for name in _STRING_NAMES), *_ARN_NAMES, *_READING_NAMES)
    operators = st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
        st.sampled_from(names),
        st.sampled_from(["", "IfExists"]),
    )
    effects = st.sampled_from(["Allow", "Deny"])
    tested = st.builds(Written, operators, st.just(key), st.lists(values, max_size=3), effects)
    null = st.builds(Written, st.just("Null"), st.just(key), st.sampled_from(["true", "false"]), effects)
    return st.lists(tested | null, max_size=5)


def near(value: str) -> list[str]:
    """Texts that a value of a policy matches, and texts that nearly are such."""
    text = value.replace("${*}", "*")
    plain = text.replace("*", "").replace("?", "x")
    filled = text.replace("*", "a:b").replace("?", ":")
    edits = [plain, filled, text, plain[:-1], f"{plain}x", f"x{plain}", plain.swapcase(), filled.upper(), ""]
    return [*edits, plain.replace(":", "", 1), plain.replace(":", "::", 1), f"{plain}:"]


def assert_texts_are_divided(key: str, written: list[Written], more: list[str]) -> None:
    dimension, taken = dimension_for(key, clauses_of(written))
    assert_whole(dimension, taken)
    assert_accepted(dimension)
    assert_divided(dimension, taken, ValueExample(keys={key.lower(): ()}))
    for text in dict.fromkeys([*more, *(text for each in written for value in each.values for text in near(value))]):
        example = example_of({key: text})
        if example is not None:
            assert_divided(dimension, taken, example)


@pytest.mark.rule("CND-11")
@given(conditions("aws:PrincipalTag/team", TEXTS | ARNS), st.lists(TEXTS, max_size=4))
def test_texts_are_divided_by_patterns(written: list[Written], more: list[str]) -> None:
    assert_texts_are_divided("aws:PrincipalTag/team", written, more)


@pytest.mark.rule("CND-6")
@given(conditions("aws:SourceArn", ARNS), st.lists(ARNS, max_size=4))
def test_arns_are_divided_by_patterns(written: list[Written], more: list[str]) -> None:
    assert_texts_are_divided("aws:SourceArn", written, more)


INFIXES = st.sampled_from(["*a*", "*b*", "*ab*", "*1*", "*k*", "*A*", "?*", "*ba*"])


@of_quick(50)
@given(conditions("aws:PrincipalTag/team", INFIXES | TEXTS), st.lists(TEXTS, max_size=4))
def test_texts_with_too_many_cells_are_divided_by_patterns(written: list[Written], more: list[str]) -> None:
    many = Written("StringLike", "aws:PrincipalTag/team", ["*a*", "*b*", "*c*", "*d*", "*e*", "*f*", "*g*"], "Deny")
    assert_texts_are_divided("aws:PrincipalTag/team", [*written, many], more)


def examples_of(key: str, *written: Written) -> list[Any]:
    dimension, _ = dimension_for(key, clauses_of(written))
    return [next(iter(example.keys.values())) for example in dimension.examples(dimension.full)]


def test_known_values_are_the_first_examples() -> None:
    written = Written("StringEquals", "aws:SourceVpce", ["vpce-2", "vpce-1"], "Allow")
    assert examples_of("aws:SourceVpce", written) == [
        (),
        ("vpce-2",),
        ("vpce-1",),
        ("vpce-0a1b2c3d4e5f60718",),
        ("",),
    ]
    pattern = Written("ArnLike", "aws:SourceArn", "arn:aws:events:*:*:rule/x", "Allow")
    assert examples_of("aws:SourceArn", pattern) == [
        (),
        ("arn:aws:lambda:eu-west-1:444455556666:function:example",),
        ("arn:aws:events:::rule/x",),
    ]


def test_other_examples_begin_as_values_do() -> None:
    written = Written("StringLike", "aws:SourceVpce", "*f", "Allow")
    assert examples_of("aws:SourceVpce", written) == [(), ("vpce-0a1b2c3d4e5f60718",), ("vpce-f",), ("",)]
    many = Written("StringLike", "aws:SourceVpce", [f"*{letter}*f" for letter in "abcdeg"], "Allow")
    assert ("vpce-0a1b2c3d4e5f60718",) in examples_of("aws:SourceVpce", many)


def test_an_example_is_no_value_that_a_condition_names() -> None:
    named = Written("StringEquals", "aws:PrincipalTag/team", ["other", "a", "ab", "b"], "Allow")
    starts = Written("StringLike", "aws:PrincipalTag/team", "a*", "Allow")
    dimension, clauses = dimension_for("aws:PrincipalTag/team", clauses_of([named, starts]))
    for part in (*dimension.parts(clauses[0]), *dimension.parts(clauses[1])):
        for example in dimension.examples(part.values):
            assert not dimension.containing(example) & ~part.values


def test_the_cells_grow_with_the_number_of_values() -> None:
    def steps(values: int) -> int:
        texts = [f"vpce-{each:017x}" for each in range(values)]
        clauses = clauses_of([Written("StringEquals", "aws:SourceVpce", text, "Allow") for text in texts])
        clauses += clauses_of([Written("StringLike", "aws:SourceVpce", "vpce-*f", "Allow")])
        builder = builder_for_key("aws:sourcevpce", clauses)
        for clause in clauses:
            builder.add(clause)
        budget = Budget()
        builder.build(budget)
        return budget.taken

    assert steps(400) - steps(200) == 200


@pytest.mark.rule("CND-18")
@pytest.mark.parametrize(("effect", "texts"), [("Allow", ["É"]), ("Deny", ["É", "é"])])
def test_case_beyond_ascii_counts_by_the_effect(effect: str, texts: list[str]) -> None:
    (clause,) = clauses_of([Written("StringEqualsIgnoreCase", "aws:PrincipalTag/team", "É", effect)])
    (pattern,) = patterns_of(clause.condition) or ()
    assert [text for text in ("É", "é", "e", "E") if pattern.matches(text)] == texts
