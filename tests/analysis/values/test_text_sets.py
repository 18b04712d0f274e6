"""Sets of texts without cells: they agree with cells, whatever is computed with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.values.characters import NO_COLON, none_of, one_of
from execpolicy.analysis.values.text_cells import text_cells
from execpolicy.analysis.values.text_domain import TextDomain
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
from execpolicy.analysis.values.text_sets import TextSets
from execpolicy.language.glob import ANY, ONE, Tokens, Wildcard, matcher, tokens_of
from tests.analysis.values.generated_texts import TEXTS, TOKENS

API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/"

#: An operation of sets, with what it combines: the places of earlier sets.
OPERATIONS = st.lists(st.tuples(st.sampled_from("&|-"), st.integers(0, 30), st.integers(0, 30)), max_size=12)


def sets(
    patterns: list[TextPattern],
    *,
    within: TextPattern = ANY_TEXT,
    preferred: tuple[str, ...] = (),
    optional: bool = False,
    budget: Budget | None = None,
) -> TextSets:
    return TextSets(patterns, within=within, preferred=preferred, optional=optional, budget=budget or Budget())


def of(*globs: str) -> list[TextPattern]:
    return [glob_pattern(tokens_of(text)) for text in globs]


def computed(domain: TextDomain, patterns: list[TextPattern], operations: list[tuple[str, int, int]]) -> list[Any]:
    """The sets of single patterns and of all, of half of the patterns, and what operations make of them."""
    found: list[Any] = [domain.full, domain.present, domain.absent, domain.matching(*patterns[::2])]
    found += [domain.matching(pattern) for pattern in patterns]
    for operation, first, second in operations:
        one, other = found[first % len(found)], found[second % len(found)]
        found.append(one & other if operation == "&" else one | other if operation == "|" else one & ~other)
    return found


#: Patterns that often overlap or contain each other.
PARTS: list[str | Wildcard] = ["a", "b", "ab", ANY, ANY, ONE]
OVERLAPPING = st.lists(st.sampled_from(PARTS), max_size=5).map(tuple)


@given(
    st.lists(st.one_of(OVERLAPPING, TOKENS), max_size=6),
    st.one_of(st.just((ANY,)), TOKENS),
    st.booleans(),
    OPERATIONS,
    st.lists(TEXTS, max_size=4),
)
def test_sets_agree_with_cells(
    tokens: list[Tokens], within: Tokens, optional: bool, operations: list[tuple[str, int, int]], texts: list[str]
) -> None:
    patterns = list(dict.fromkeys(map(glob_pattern, tokens)))
    grammar = glob_pattern(within)
    cells = text_cells(patterns, within=grammar, optional=optional, budget=Budget())
    lazy = sets(patterns, within=grammar, optional=optional)
    pairs = zip(computed(cells, patterns, operations), computed(lazy, patterns, operations), strict=True)
    for expected, found in pairs:
        assert bool(found) is bool(expected)
        assert bool(found & lazy.present) is bool(expected & cells.present)
        for text in lazy.examples(found):
            assert cells.containing(text) & expected
            assert matcher(within)(text)
        # An example may be the empty text.
        assert bool([*lazy.examples(found)]) is bool([*cells.examples(expected)])
        for text in texts:
            assert bool(lazy.containing(text) & found) is bool(cells.containing(text) & expected)
            assert not (bool(lazy.containing(text) & found) and bool(lazy.containing(text) & ~found))


#: Patterns whose texts begin in a way that says where the rest begins, as short forms do.
FIELDS = [repeated(one_of("ab")), repeated(NO_COLON), sequence(literal("a"), repeated(NO_COLON)), single(one_of("ab"))]
PREFIXED = st.builds(
    lambda field, tokens: sequence(field, literal(":"), glob_pattern(tokens)),
    st.sampled_from([*FIELDS, *FIELDS[:2]]),
    OVERLAPPING,
)
#: Patterns of texts that begin with one text of such a prefix.
WRITTEN_OUT = st.builds(
    lambda head, tokens: glob_pattern((head, *tokens)), st.sampled_from(["ab:", "a:", "b:a", "ab:b", "c"]), OVERLAPPING
)
GRAMMARS = st.sampled_from(
    [
        ANY_TEXT,
        sequence(repeated(one_of("ab")), literal(":"), ANY_TEXT),
        sequence(repeated(one_of("ab"), at_least=1), literal(":"), repeated(one_of("ab"))),
        either([sequence(literal("a:"), repeated(none_of(""), at_least=1)), sequence(literal("b:a"), ANY_TEXT)]),
    ]
)
BEGINNINGS = st.sampled_from([(), ("ab:b", "ab:", "a"), ("b:a", "b:"), ("c:", "a:")])


@given(
    st.lists(st.one_of(PREFIXED, WRITTEN_OUT, OVERLAPPING.map(glob_pattern)), max_size=6),
    GRAMMARS,
    BEGINNINGS,
    OPERATIONS,
)
def test_sets_of_patterns_with_prefixes_agree_with_cells(
    given_patterns: list[TextPattern],
    within: TextPattern,
    beginnings: tuple[str, ...],
    operations: list[tuple[str, int, int]],
) -> None:
    patterns = list(dict.fromkeys(given_patterns))
    cells = text_cells(patterns, within=within, beginnings=beginnings, budget=Budget())
    lazy = TextSets(patterns, within=within, beginnings=beginnings, budget=Budget())
    everything = [(one, other) for one in patterns for other in patterns]
    pairs = zip(computed(cells, patterns, operations), computed(lazy, patterns, operations), strict=True)
    for expected, found in pairs:
        assert bool(found) is bool(expected)
        for text in lazy.examples(found):
            assert cells.containing(text) & expected
        if found & lazy.present:
            assert cells.containing(lazy.example(found)) & expected
            assert lazy.containing(cells.example(expected)) & found
    for some in (patterns, patterns[::2], patterns[1:]):
        assert bool(lazy.full & ~lazy.matching(*some)) is bool(cells.full & ~cells.matching(*some))
    for one, other in everything:
        assert bool(lazy.matching(one) & ~lazy.matching(other)) is bool(cells.matching(one) & ~cells.matching(other))
        assert bool(lazy.matching(one) & lazy.matching(other)) is bool(cells.matching(one) & cells.matching(other))


@given(st.lists(st.lists(TOKENS, max_size=3), max_size=4), st.lists(TEXTS, max_size=4))
def test_patterns_with_alternatives_agree_with_cells(groups: list[list[Tokens]], texts: list[str]) -> None:
    patterns = list(dict.fromkeys(either(map(glob_pattern, group)) for group in groups))
    cells, lazy = text_cells(patterns, budget=Budget()), sets(patterns)
    for one in patterns:
        assert bool(lazy.matching(one)) is bool(cells.matching(one))
        for other in patterns:
            expected = cells.matching(one) & ~cells.matching(other), cells.matching(one) & cells.matching(other)
            found = lazy.matching(one) & ~lazy.matching(other), lazy.matching(one) & lazy.matching(other)
            assert tuple(map(bool, found)) == tuple(map(bool, expected))
        for text in texts:
            assert bool(lazy.containing(text) & lazy.matching(one)) is one.matches(text)


def test_what_is_in_a_union_is_in_one_of_its_sets() -> None:
    lazy = sets([*of("a*", "*b", "a*b"), literal("ab")])
    one, other, both, text = (lazy.matching(*of(glob)) for glob in ("a*", "*b", "a*b", "ab"))
    assert not (one & other) & ~(both | text)
    assert not both & ~one
    assert (one | other) & ~both
    assert ~~one is one
    assert ~one & other == other & ~one


def test_what_excludes_a_set_takes_nothing_from_it() -> None:
    lazy = sets(of("a*", "b*", "*c"))
    one, other, end = (lazy.matching(*of(glob)) for glob in ("a*", "b*", "*c"))
    assert one & ~(other & end) == one
    assert one & ~(other & ~end) == one


def test_what_is_impossible_with_one_pattern_may_be_possible_with_another() -> None:
    lazy = sets(of("*abcd*", "*a*", "*d"))
    pattern, inside, end = (lazy.matching(*of(glob)) for glob in ("*abcd*", "*a*", "*d"))
    assert not pattern & ~inside
    assert list(lazy.examples(pattern & ~end)) == ["abcdb"]
    assert not pattern & ~(inside & end) & ~(inside & ~end)


def test_texts_without_a_prefix_are_found() -> None:
    # What matches no pattern has not the prefix that all patterns have. The known texts are matched by one of them.
    prefix = sequence(literal("a"), repeated(one_of("b")), literal(":"))
    within = either([literal("a:"), sequence(literal("a:a"), ANY_TEXT), literal("c")])
    lazy = sets([prefix, sequence(prefix, literal("a"), ANY_TEXT)], within=within)
    assert list(
        lazy.examples(lazy.full & ~lazy.matching(prefix) & ~lazy.matching(sequence(prefix, literal("a"), ANY_TEXT)))
    ) == ["c"]


def test_equal_sets_have_one_hash() -> None:
    lazy = sets(of("a*", "*b"))
    one, other = (lazy.matching(*of(glob)) for glob in ("a*", "*b"))
    assert one & other == other & one
    assert hash(one & other) == hash(other & one)
    assert one != other
    assert one != 1


def test_preferred_texts_are_the_first_examples() -> None:
    lazy = sets(of("prod*", "dev*"), preferred=("prod/GET/pets", "test", "prod/GET/orders"))
    assert list(lazy.examples(lazy.matching(*of("prod*")))) == ["prod/GET/pets", "prod/GET/orders"]
    assert list(lazy.examples(lazy.full & ~lazy.matching(*of("prod*", "dev*")))) == ["test"]


def test_examples_are_short() -> None:
    lazy = sets(of("prod*", "eu-?"), within=either(of("prod*", "e*")))
    assert list(lazy.examples(lazy.matching(*of("prod*")))) == ["prod"]
    assert list(lazy.examples(lazy.matching(*of("eu-?")))) == ["eu-a"]
    assert list(lazy.examples(lazy.full & ~lazy.matching(*of("prod*")))) == ["eu-a"]


def test_no_value_is_possible_where_nothing_is_within() -> None:
    lazy = sets(of("a"), within=NOTHING)
    assert not lazy.full
    assert not lazy.containing("a")
    assert not sets([NOTHING]).matching(NOTHING)


def infix(count: int) -> list[TextPattern]:
    return of(*(f"{API}*/GET/items{number}/*" for number in range(count)))


def test_many_infixes_need_no_search() -> None:
    budget = Budget()
    patterns = infix(50)
    lazy = sets(patterns, budget=budget)
    for place, pattern in enumerate(patterns):
        others = lazy.matching(*patterns[:place], *patterns[place + 1 :])
        assert lazy.matching(pattern) & ~others
        assert lazy.matching(pattern) & lazy.matching(patterns[0])
    assert lazy.full & ~lazy.matching(*patterns)
    assert budget.taken == 0


def test_what_is_not_plain_is_searched_in_few_steps() -> None:
    budget = Budget()
    patterns = [*infix(20), *of("*/items7/*", "*s7/*GET/items3/*")]
    lazy = sets(patterns, budget=budget)
    assert not lazy.matching(patterns[7]) & ~lazy.matching(*of("*/items7/*"))
    assert lazy.matching(*of("*s7/*GET/items3/*")) & ~lazy.matching(patterns[7])
    assert budget.taken < 150


def test_steps_of_a_search_are_counted() -> None:
    lazy = sets(of("*abcdef*", "*a*"), budget=Budget(5))
    with pytest.raises(BudgetExceededError, match="a text that patterns tell apart from others"):
        assert lazy.matching(*of("*abcdef*")) & ~lazy.matching(*of("*a*"))
