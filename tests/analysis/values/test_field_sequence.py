"""Texts of fields: the cells are exactly the sets of sequences that patterns tell apart."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.values.field_sequence import FieldPattern, FieldSequence, TextField, repeated
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, Wildcard, matcher, normalised

#: Fields whose texts can be listed: two letters, a fixed text, and one to three letters.
FIELDS = (
    TextField("first", ("ab",), repeated("abA", 2, 2)),
    TextField("between", (":x",)),
    TextField("last", ("b",), repeated("a:b", 1, 3)),
)
TEXTS = {
    "first": ["".join(each) for each in product("abA", repeat=2)],
    "between": [":x"],
    "last": ["".join(each) for length in (1, 2, 3) for each in product("a:b", repeat=length)],
}
_PARTS: list[str | Wildcard] = ["a", "b", ":", "x", "ab", ":x", ANY, ANY, ONE, ANY_IN_FIELD, ONE_IN_FIELD]
TOKENS = st.lists(st.sampled_from(_PARTS), max_size=6)


@st.composite
def patterns(draw: st.DrawFn) -> FieldPattern:
    names = draw(st.sets(st.sampled_from(["first", "between", "last"]), min_size=1))
    return FieldPattern(frozenset(names), normalised(draw(TOKENS)), draw(st.booleans()))


def test_only_letters_of_ascii_have_an_upper_case() -> None:
    field = TextField("name", ("x",), repeated("IiSs", 1, 1))
    for letter, matched in (("i", 2), ("\N{LATIN SMALL LETTER DOTLESS I}", 0), ("\N{LATIN SMALL LETTER LONG S}", 0)):
        pattern = FieldPattern(frozenset({"name"}), (letter,), True)
        sequence = FieldSequence([field], [pattern], Budget())
        assert sum(sequence.mask(pattern) >> int(sequence.cell_of([each]) or 0) & 1 for each in "IiSs") == matched


def matches(pattern: FieldPattern, words: tuple[str, ...]) -> bool:
    """Whether a pattern matches a sequence, by its definition."""
    text = "".join(word for field, word in zip(FIELDS, words, strict=True) if field.name in pattern.fields)
    return matcher(pattern.tokens)(text.lower() if pattern.folds else text)


@given(st.lists(patterns(), max_size=6))
def test_the_cells_are_those_that_the_patterns_tell_apart(some: list[FieldPattern]) -> None:
    sequence = FieldSequence(FIELDS, some, Budget())
    found = set()
    for words in product(*TEXTS.values()):
        index = sequence.cell_of(words)
        assert index is not None
        found.add(index)
        for pattern in some:
            assert matches(pattern, words) is bool(sequence.mask(pattern) >> index & 1)
    assert found == set(range(len(sequence.cells)))
    for index, cell in enumerate(sequence.cells):
        assert sequence.cell_of(cell.words) == index
        assert all(word in texts for word, texts in zip(cell.words, TEXTS.values(), strict=True))


def literal(text: str, *names: str) -> FieldPattern:
    tokens: Tokens = (text,)
    return FieldPattern(frozenset(names), tokens)


def test_examples_have_the_preferred_texts() -> None:
    sequence = FieldSequence(FIELDS, [literal("aa", "first"), literal("ab:xb", "first", "between", "last")], Budget())
    assert [cell.words for cell in sequence.cells] == [
        ("ab", ":x", "b"),
        ("ab", ":x", "a"),
        ("aa", ":x", "b"),
    ]


def test_a_mask_of_several_patterns_has_the_cells_of_each() -> None:
    some = [literal("aa", "first"), literal("ab", "first"), literal("bb", "first")]
    sequence = FieldSequence(FIELDS, some, Budget())
    assert sequence.mask(*some[:2]) == sequence.mask(some[0]) | sequence.mask(some[1])
    assert sequence.mask() == 0


def test_a_sequence_that_no_pattern_reads_is_one_cell() -> None:
    assert [cell.words for cell in FieldSequence(FIELDS, [], Budget()).cells] == [("ab", ":x", "b")]


def test_the_steps_grow_with_the_patterns() -> None:
    field = TextField("name", ("other",), repeated("abcdefghijklmnopqrstuvwxyz"))
    taken = []
    for number in (25, 50, 100):
        names = [f"{chr(97 + index % 26)}{chr(97 + index // 26)}name" for index in range(number)]
        budget = Budget()
        FieldSequence([field], [literal(name, "name") for name in names], budget)
        taken.append(budget.taken)
    assert taken[2] < 2.2 * taken[1] < 2.2**2 * taken[0]


def test_many_texts_within_texts_need_more_steps_than_there_are() -> None:
    field = TextField("name", ("other",), repeated("abcdefghijklmnopqrstuvwxyz"))
    within = [FieldPattern(frozenset({"name"}), (ANY, char * 3, ANY)) for char in "abcdefghijklm"]
    with pytest.raises(BudgetExceededError, match="the texts of callers"):
        FieldSequence([field], within, Budget(10_000))
