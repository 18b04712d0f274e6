"""Texts divided into cells: as the matchers match, and with few states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.values.characters import DIGITS, one_of
from execpolicy.analysis.values.text_cells import TextCells, TooManyStatesError, text_cells
from execpolicy.analysis.values.text_pattern import (
    ANY_TEXT,
    NOTHING,
    TextPattern,
    either,
    glob_pattern,
    literal,
    repeated,
    sequence,
    single,
)
from execpolicy.language.glob import Tokens, matcher, tokens_of
from tests.analysis.values.generated_texts import TEXTS, TOKENS

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/"


def of(*globs: str) -> list[TextPattern]:
    return [glob_pattern(tokens_of(text)) for text in globs]


def cells(*globs: str, budget: Budget | None = None) -> TextCells:
    return text_cells(of(*globs), budget=budget or Budget())


@given(st.lists(TOKENS, max_size=5), st.lists(TEXTS, min_size=1))
def test_a_text_is_in_the_sets_of_the_patterns_that_match_it(patterns: list[Tokens], texts: list[str]) -> None:
    domain = text_cells(map(glob_pattern, patterns), budget=Budget())
    for text in texts:
        cell = domain.containing(text)
        assert cell.bit_count() == 1
        assert cell & domain.full == cell
        for tokens in patterns:
            assert bool(cell & domain.matching(glob_pattern(tokens))) is matcher(tokens)(text)


@given(st.lists(TOKENS, max_size=4))
def test_the_example_of_a_cell_is_in_it(patterns: list[Tokens]) -> None:
    domain = text_cells(map(glob_pattern, patterns), budget=Budget())
    for place in range(domain.full.bit_length()):
        (example,) = domain.examples(1 << place)
        assert domain.containing(example) == 1 << place


@given(TOKENS, st.lists(TOKENS, max_size=3), st.lists(TEXTS, min_size=1))
def test_the_domain_has_exactly_the_texts_within_its_pattern(
    within: Tokens, patterns: list[Tokens], texts: list[str]
) -> None:
    domain = text_cells(map(glob_pattern, patterns), within=glob_pattern(within), budget=Budget())
    for text in texts:
        assert bool(domain.containing(text)) is matcher(within)(text)
    assert all(matcher(within)(text) for text in domain.examples(domain.full))


@given(st.lists(st.lists(TOKENS, max_size=3), max_size=3), st.lists(TEXTS, min_size=1))
def test_a_pattern_with_alternatives_matches_what_one_of_them_matches(
    groups: list[list[Tokens]], texts: list[str]
) -> None:
    patterns = [either(map(glob_pattern, group)) for group in groups]
    domain = text_cells(patterns, budget=Budget())
    for text in texts:
        for group, pattern in zip(groups, patterns, strict=True):
            expected = any(matcher(tokens)(text) for tokens in group)
            assert bool(domain.containing(text) & domain.matching(pattern)) is expected


def test_a_pattern_without_alternatives_matches_nothing() -> None:
    domain = text_cells([NOTHING], budget=Budget())
    assert domain.matching(NOTHING) == 0
    assert domain.full == 1
    assert text_cells([ANY_TEXT], within=NOTHING, budget=Budget()).full == 0


def test_sets_of_characters_divide_texts() -> None:
    account = single(DIGITS, 3)
    domain = text_cells([account, *of("1?2")], within=repeated(one_of("012ab"), at_least=1), budget=Budget())
    both = domain.matching(account) & domain.matching(*of("1?2"))
    assert list(domain.examples(both)) == ["102"]
    assert domain.containing("1a2") == domain.matching(*of("1?2")) & ~domain.matching(account)
    assert not domain.containing("")
    assert not domain.containing("c")


def test_an_alternative_that_is_settled_does_not_hide_another() -> None:
    # After "a" the first alternative matches whatever follows; the other pattern still has to be followed.
    one = either([glob_pattern(tokens_of("a*")), literal("abc")])
    domain = text_cells([one, *of("abc")], budget=Budget())
    assert domain.containing("abc") == domain.matching(one) & domain.matching(*of("abc"))
    assert domain.containing("abd") == domain.matching(one) & ~domain.matching(*of("abc"))


@pytest.mark.parametrize(
    ("globs", "examples"),
    [
        (("*",), ["a"]),
        (("",), ["a", ""]),
        (("prod*",), ["a", "prod"]),
        (("eu-west-1", "eu-*"), ["a", "eu-", "eu-west-1"]),
        ((API + "*/GET/*", API + "prod/*"), ["b", API + "prod/", API + "/GET/", API + "prod/GET/"]),
    ],
)
def test_examples_are_short_and_readable(globs: tuple[str, ...], examples: list[str]) -> None:
    domain = cells(*globs)
    assert list(domain.examples(domain.full)) == examples


def test_preferred_texts_are_the_first_examples() -> None:
    preferred = ["outside", "prod/GET/pets", "prod/GET/orders"]
    within = either(of("dev*", "prod*"))
    domain = text_cells(of("prod*", "dev/*"), within=within, preferred=preferred, budget=Budget())
    assert list(domain.examples(domain.full)) == ["prod/GET/pets", "dev", "dev/"]


def test_the_absent_value_is_no_text() -> None:
    domain = text_cells(of("a*"), optional=True, budget=Budget())
    assert domain.full == domain.present | domain.absent
    assert domain.absent
    assert not domain.present & domain.absent
    assert list(domain.examples(domain.absent)) == []
    assert not domain.absent & domain.matching(*of("a*"))


def test_matching_takes_several_patterns_and_among_divides_a_set() -> None:
    domain = cells("a*", "b*")
    either_of_both = domain.matching(*of("a*", "b*"))
    assert domain.among(of("a*", "b*"), domain.full) == (either_of_both, domain.full & ~either_of_both)


def states(*globs: str) -> int:
    budget = Budget()
    cells(*globs, budget=budget)
    return budget.taken


def test_a_common_beginning_is_followed_once() -> None:
    one = states(API + "prod/GET/items0/*")
    two_hundred = states(*(f"{API}prod/GET/items{number}/*" for number in range(200)))
    # Each item has its digits and a slash of its own; the 64 characters before them are shared.
    assert one < 80
    assert two_hundred < one + 200 * 3


def test_what_is_settled_needs_no_states() -> None:
    assert states("*", API + "*", API + "*/GET/*", API + "prod/*") < 100
    assert states("*/GET/*", "*/prod/*/books", "*/POST/orders/*", "*dev/*") < 300


def test_too_many_states_are_noticed() -> None:
    with pytest.raises(TooManyStatesError):
        cells(*(f"*/GET/items{number}/*" for number in range(20)))


def test_each_state_is_a_step_of_the_budget() -> None:
    with pytest.raises(BudgetExceededError, match="the texts that patterns tell apart"):
        cells("abcdef", budget=Budget(3))


def test_a_grammar_is_followed_with_the_patterns() -> None:
    within = sequence(literal("arn:"), repeated(one_of("abc"), at_least=1), literal(":"), ANY_TEXT)
    domain = text_cells(of("arn:a*:x", "*:*:*"), within=within, budget=Budget())
    assert list(domain.examples(domain.full & ~domain.matching(*of("*:*:*")))) == []
    assert domain.containing("arn:ab:c:x") == domain.matching(*of("arn:a*:x"))
    assert not domain.containing("arn::x")
