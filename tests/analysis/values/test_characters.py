"""Sets of characters."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.values.characters import DIGITS, CharacterSet, either_case, none_of, one_of, regions, union
from execpolicy.language.letter_case import with_ascii_folded, with_letters_folded

SETS = st.builds(
    lambda characters, negated: (none_of if negated else one_of)(characters), st.text("abc"), st.booleans()
)
CHARACTERS = "abcd\N{KELVIN SIGN}"


@given(st.lists(SETS, max_size=4))
def test_regions_are_disjoint_and_each_set_has_all_of_one_or_nothing(sets: list[CharacterSet]) -> None:
    found = regions(sets)
    for character in CHARACTERS:
        of_it = [region for region in found if region.has(character)]
        assert len(of_it) == any(each.has(character) for each in sets)
        for region in of_it:
            assert [each for each in sets if each.contains(region)] == [each for each in sets if each.has(character)]


@given(SETS, SETS)
def test_a_set_contains_another_if_it_has_each_character(one: CharacterSet, other: CharacterSet) -> None:
    assert one.contains(other) is all(one.has(each) for each in CHARACTERS if other.has(each))


@given(SETS)
def test_readable_characters_are_those_of_the_set(characters: CharacterSet) -> None:
    found = list(islice(characters.readable(), 300))
    assert all(map(characters.has, found))
    assert len(set(found)) == len(found)
    assert found or not characters.listed


def test_letters_and_digits_are_the_most_readable() -> None:
    assert "".join(islice(none_of("b").readable(), 30)) == "acdefghijklmnopqrstuvwxyz01234"
    assert list(one_of("Aa1:").readable()) == ["a", "1", "A", ":"]


def test_every_character_is_readable_in_the_end_but_surrogates() -> None:
    characters = list(none_of("a").readable())
    assert len(characters) == len(set(characters)) == 0x110000 - 0x800 - 1
    assert not any(0xD800 <= ord(each) < 0xE000 for each in characters)


@pytest.mark.rule("CND-18")
def test_either_case_by_both_readings() -> None:
    assert either_case("a", with_ascii_folded) == either_case("A", with_letters_folded) == one_of("aA")
    assert either_case("é", with_ascii_folded) == one_of("é")
    assert either_case("é", with_letters_folded) == one_of("éÉ")
    assert either_case("K", with_letters_folded) == one_of("kK\N{KELVIN SIGN}")
    assert either_case("1", with_letters_folded) == one_of("1")


def test_every_letter_with_a_case_is_in_the_first_two_planes() -> None:
    others = map(chr, range(0x20000, 0x110000))
    assert not any(letter.lower() != letter or letter.upper() != letter for letter in others)


def test_a_union_lists_its_characters() -> None:
    assert union(DIGITS, one_of("a")) == one_of("0123456789a")
    with pytest.raises(AssertionError, match="list"):
        union(none_of("a"))
