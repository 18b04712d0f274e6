"""Paths that are shortened to what patterns read of them: the same patterns match, and the same routes are taken."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.bulk.known_answers import KnownAnswers
from execpolicy.bulk.matched_patterns import MatchedPatterns
from execpolicy.bulk.path_classes import PathClasses
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.short_paths import short_segment
from execpolicy.language.glob import Tokens, tokens_of
from tests.bulk.generated_log import api_of

#: Parts of the segments of patterns and of paths.
PARTS = ("a", "ab", "b", "4", "~", "aab")
SEGMENTS = st.sampled_from(("", "*", "a*", "ab*", "4*", "**", *PARTS))
ODD = st.sampled_from(("*b", "a?", "?", "a*b"))
PATTERNS = st.lists(SEGMENTS, max_size=4).map(lambda found: tokens_of("*:x:a1/" + "/".join(found)))
PATHS = st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map("".join), min_size=1, max_size=4)


def matched(patterns: Sequence[Tokens], segments: Sequence[str]) -> tuple[int, ...]:
    automaton = MatchedPatterns([patterns])
    return automaton.after("arn:x:a1/" + "/".join(segments), automaton.state([automaton.first(0)])).found


@pytest.mark.rule("LOG-8")
@given(st.lists(PATTERNS, max_size=4), PATHS)
def test_short_paths_match_the_same_patterns(patterns: list[Tokens], segments: list[str]) -> None:
    segment = short_segment(patterns)
    assert segment is not None
    found = [re.match(segment, each) for each in segments]
    shortened = [each[0] for each in found if each is not None]
    assert matched(patterns, shortened) == matched(patterns, segments)


@given(st.lists(PATTERNS, max_size=2), ODD, st.lists(SEGMENTS, max_size=2))
def test_patterns_that_read_more_of_a_segment(patterns: list[Tokens], odd: str, after: list[str]) -> None:
    assert short_segment([*patterns, tokens_of("*:a1/" + "/".join(["prod", odd, *after]))]) is None


def test_what_is_before_a_colon_is_in_no_path() -> None:
    assert short_segment([tokens_of("arn:*:exec?te:*api*:a1/prod*")]) == "^(?:a(?:1)?|p(?:r(?:o(?:d)?)?)?)?.?"
    assert short_segment([tokens_of("arn:aws:*x/prod")]) is None


def test_very_many_texts_are_not_read() -> None:
    assert short_segment([tokens_of("/" + "a" * 101)]) is None
    assert short_segment([tokens_of(f"/{number:0100}") for number in range(41)]) is None
    assert short_segment([tokens_of("/\u00e4\\'*")]) == "^.?"


@pytest.mark.parametrize(
    ("resource", "is_short"),
    [
        ("execpolicy", True),
        ("execute-api:/*/GET/orders/4*", True),
        ("arn:aws:execute-api:*:*:a1b2c3/prod/*", True),
        ("execute-api:/prod/GET/orders/*7", False),
        ("execute-api:/prod/GET/orders/4?", False),
        ("execute-api:/prod/GET/${aws:username}/*", False),
    ],
)
def test_apis_whose_paths_are_shortened(resource: str, is_short: bool) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": resource}
    versions = [api_of(*([deny] if ":" in resource else []))]
    paths: PathClasses = KnownAnswers(None, versions[0], LogCallers(None)).classes.paths
    assert (paths.short_segment is not None) is is_short
