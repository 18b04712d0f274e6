"""What is left of a pattern once the beginning of a text is known, against the pattern itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from execpolicy.analysis.values.pattern_rest import rest_after, split_at_first
from execpolicy.analysis.values.text_pattern import TextPattern, either, glob_pattern
from execpolicy.language.glob import tokens_of
from tests.examples import of_quick

_TEXTS = st.text("a/b", max_size=4)
_GLOBS = st.lists(st.sampled_from(["a", "b", "/", "*", "?"]), max_size=5).map("".join)
PATTERNS = st.lists(_GLOBS, min_size=1, max_size=2).map(lambda globs: either(glob_pattern(tokens_of(g)) for g in globs))


@of_quick(300)
@given(PATTERNS, _TEXTS, _TEXTS)
def test_the_rest_follows_the_beginning(pattern: TextPattern, beginning: str, rest: str) -> None:
    assert rest_after(pattern, beginning).matches(rest) is pattern.matches(beginning + rest)


@of_quick(300)
@given(PATTERNS, st.text("ab", max_size=3), _TEXTS)
def test_a_text_is_split_at_its_first_slash(pattern: TextPattern, before: str, after: str) -> None:
    found = any(first.matches(before) and rest.matches(after) for first, rest in split_at_first(pattern, "/"))
    assert found is pattern.matches(f"{before}/{after}")
    assert not any(first.matches(f"{before}/") for first, _ in split_at_first(pattern, "/"))
