"""Wildcard patterns against an oracle, with texts that come close to matching."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.language.arn import bounded
from execpolicy.language.glob import Tokens, Wildcard, agreeing_lengths, matcher, normalised, tokens_of

#: The alphabet holds what a regular expression or fnmatch would take for more than text.
ALPHABET = "ab/:.+[]^$\\\n{}é"


def oracle(tokens: Tokens, text: str) -> bool:
    """The definition itself: a token takes its characters, the rest of the pattern the rest of the text."""
    units = [unit for token in tokens for unit in (token if isinstance(token, str) else [token])]

    @cache
    def matches(unit: int, place: int) -> bool:
        if unit == len(units):
            return place == len(text)
        wanted = units[unit]
        if wanted in (Wildcard.ANY, Wildcard.ANY_IN_FIELD):
            if matches(unit + 1, place):
                return True
            more = place < len(text) and (wanted is Wildcard.ANY or text[place] != ":")
            return more and matches(unit, place + 1)
        if place == len(text):
            return False
        char = text[place]
        fits = wanted is Wildcard.ONE or (wanted is Wildcard.ONE_IN_FIELD and char != ":") or wanted == char
        return fits and matches(unit + 1, place + 1)

    return matches(0, 0)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Tokens, list[str]]:
    """A pattern and texts made from it: one that matches, and others a change away from it."""
    pieces = st.sampled_from(list(Wildcard)) | st.text(ALPHABET, min_size=1, max_size=4)
    if draw(st.booleans()):
        pieces = st.sampled_from([Wildcard.ANY, Wildcard.ONE]) | st.text("ab/", min_size=1, max_size=3)
    tokens = tuple(draw(st.lists(pieces, max_size=7)))
    filled = {Wildcard.ANY: st.text(ALPHABET, max_size=5), Wildcard.ONE: st.sampled_from(ALPHABET)}
    filled[Wildcard.ANY_IN_FIELD] = st.text(ALPHABET.replace(":", ""), max_size=5)
    filled[Wildcard.ONE_IN_FIELD] = st.sampled_from(ALPHABET.replace(":", ""))
    text = "".join(token if isinstance(token, str) else draw(filled[token]) for token in tokens)
    place = draw(st.integers(0, len(text)))
    near = text[:place] + draw(st.sampled_from(["", *ALPHABET])) + text[place + draw(st.integers(0, 1)) :]
    return tokens, [text, near, draw(st.text(ALPHABET, max_size=8))]


@pytest.mark.rule("RES-1", "RES-5")
@given(pairs())
def test_a_matcher_agrees_with_the_definition(pair: tuple[Tokens, list[str]]) -> None:
    """Three texts for each pattern: 60 000 pairs in the long profile."""
    tokens, texts = pair
    match = matcher(tokens)
    assert match(texts[0])
    for text in texts:
        assert match(text) is oracle(tokens, text), (tokens, text)


@pytest.mark.rule("RES-1")
@given(pairs())
def test_normalised_tokens_mean_the_same(pair: tuple[Tokens, list[str]]) -> None:
    tokens, texts = pair
    for text in texts:
        assert oracle(normalised(tokens), text) is oracle(tokens, text)


@pytest.mark.rule("RES-1")
@given(st.text(ALPHABET + "*?", max_size=12))
def test_tokens_spell_the_pattern(pattern: str) -> None:
    tokens = tokens_of(pattern)
    assert "".join(token if isinstance(token, str) else token.value for token in tokens) == pattern


@pytest.mark.rule("RES-2")
@given(st.text("ab:*?", max_size=14), st.text("ab:", max_size=14))
def test_a_bounded_pattern_matches_no_more_than_the_whole_one(pattern: str, text: str) -> None:
    if matcher(bounded(tokens_of(pattern)))(text):
        assert matcher(tokens_of(pattern))(text)


@pytest.mark.rule("RES-5")
@pytest.mark.parametrize("tail", ["b", "?b", "?" * 70 + "b"])
def test_many_stars_cost_no_more_than_pattern_times_text(tail: str) -> None:
    """Backtracking would take longer than the universe has; a count of steps cannot be taken of C code."""
    pattern = "*a" * 25 + "*" + tail
    assert not matcher(tokens_of(pattern))("a" * 2000)
    assert matcher(tokens_of(pattern))("a" * 2000 + "b")


@pytest.mark.parametrize(
    ("pattern", "text", "agreed"),
    [
        ("prod/GET/{id}", "prod/GET/17", (9, 9)),
        ("prod/*", "dev/GET", (0, 0)),
        ("", "a", (0, 0)),
        ("a*b*c", "a1b2", (2, 3)),
        ("ab", "ab", (2, 2)),
    ],
)
def test_common_ground_is_where_a_pattern_and_a_text_part(pattern: str, text: str, agreed: tuple[int, int]) -> None:
    assert agreeing_lengths(normalised(tokens_of(pattern)), text) == agreed
