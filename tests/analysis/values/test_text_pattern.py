"""Patterns of texts: they match what the matchers of the engine match."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.analysis.values.characters import DIGITS, NO_COLON, none_of, one_of
from execpolicy.analysis.values.text_pattern import (
    ANY_TEXT,
    NOTHING,
    arn_pattern,
    either,
    field_pattern,
    glob_pattern,
    literal,
    positions,
    repeated,
    sequence,
    single,
    without_case,
)
from execpolicy.language.arn import component_matcher
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, Tokens, Wildcard, matcher, normalised
from execpolicy.language.letter_case import with_ascii_folded, with_letters_folded
from tests.analysis.values.generated_texts import TEXTS, TOKENS

#: Texts with enough colons for an ARN.
ARNS = st.lists(st.text("ab:/", max_size=2), min_size=5, max_size=7).map(":".join)


@given(TOKENS, TEXTS)
@pytest.mark.rule("RES-1")
def test_a_pattern_matches_as_the_matcher_does(tokens: Tokens, text: str) -> None:
    assert glob_pattern(tokens).matches(text) is matcher(tokens)(text)


@given(TOKENS, TEXTS)
def test_a_pattern_of_a_field_matches_no_colon(tokens: Tokens, text: str) -> None:
    expected = ":" not in text and matcher(tokens)(text)
    assert field_pattern(tokens).matches(text) is expected


@given(st.lists(st.one_of(st.text("ab:", min_size=1, max_size=4), st.sampled_from([ANY, ONE])), max_size=12), ARNS)
@example(["::", ANY, "::", ANY, ":", ONE], ":::::a")
@example(["::", ANY, "::", ANY, ":", ONE], "::a:::a:")
@pytest.mark.rule("CND-6")
def test_a_pattern_of_an_arn_matches_field_by_field(tokens: list[str | Wildcard], text: str) -> None:
    test = component_matcher(tuple(tokens))
    assert arn_pattern(tokens).matches(text) is (test is not None and test(text))


FOLDS = (with_ascii_folded, with_letters_folded)
#: Letters of which several have one upper or lower case.
LETTERS = (
    "aBkK\N{KELVIN SIGN}sS\N{LATIN SMALL LETTER LONG S}iI\N{LATIN SMALL LETTER DOTLESS I}İéÉßẞ1"
    "\N{GREEK CAPITAL LETTER SIGMA}\N{GREEK SMALL LETTER SIGMA}\N{GREEK SMALL LETTER FINAL SIGMA}"
)


@given(st.text(LETTERS, max_size=4), st.text(LETTERS, max_size=4), st.sampled_from(FOLDS))
@example("\N{KELVIN SIGN}", "k", with_letters_folded)
@example("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i", with_letters_folded)
@pytest.mark.rule("CND-18")
def test_texts_that_are_equal_without_case_are_matched(text: str, written: str, fold: Callable[[str], str]) -> None:
    assert without_case(written, fold).matches(text) is (fold(text) == fold(written))


@pytest.mark.parametrize("fold", FOLDS)
def test_every_letter_matches_itself_in_its_other_case(fold: Callable[[str], str]) -> None:
    for code in range(0x250):
        for other in {chr(code), chr(code).upper(), chr(code).lower()}:
            if len(other) == 1:
                assert without_case(other, fold).matches(chr(code)) is (fold(other) == fold(chr(code)))


@given(TOKENS, TOKENS, TEXTS)
def test_a_sequence_matches_one_text_after_the_other(first: Tokens, second: Tokens, text: str) -> None:
    tokens = normalised((*first, *second))
    assert sequence(glob_pattern(first), glob_pattern(second)).matches(text) is matcher(tokens)(text)


def test_patterns_are_equal_if_their_parts_are() -> None:
    assert single(DIGITS) != repeated(DIGITS)
    assert glob_pattern(("a", "b")) == literal("ab")
    assert glob_pattern((ANY, ANY_IN_FIELD)) == glob_pattern((ANY_IN_FIELD, ANY)) == ANY_TEXT
    assert sequence(repeated(DIGITS), repeated(none_of("a"))) == repeated(none_of("a"))
    assert either([literal("a"), NOTHING, literal("a")]) == literal("a")
    assert sequence(literal("a"), NOTHING) == NOTHING


def test_repetitions_of_sets_that_overlap_cannot_be_adjacent() -> None:
    with pytest.raises(AssertionError, match="adjacent"):
        sequence(repeated(one_of("ab")), repeated(one_of("bc")))


def test_at_least_counts() -> None:
    pattern = repeated(NO_COLON, at_least=2)
    assert [pattern.matches("a" * length) for length in range(4)] == [False, False, True, True]
    assert not pattern.matches("a:a")


def test_the_places_of_a_pattern_are_between_its_characters() -> None:
    (alternative,) = glob_pattern(("ab", ANY)).alternatives
    assert [(place.before, place.repeats) for place in positions(alternative)] == [
        ("", None),
        ("a", None),
        ("b", none_of("")),
    ]
