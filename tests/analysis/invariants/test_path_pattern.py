"""Patterns of paths: what each segment matches, by three implementations, and what is refused."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import ExecPolicyError, UsageError
from execpolicy.analysis.invariants.path_pattern import PathPattern, PathWildcard
from tests.refused import Refusal, refused

pytestmark = pytest.mark.rule("INV-2")

PARAMETER = "write * for a parameter of one segment, and ** for one such as {proxy+}"
WHOLE = "write * for one whole segment, and ** for any number of segments"
ENCODED = "write the character percent-encoded, as a call sends it"


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/orders", "/orders", True),
        ("/orders", "/Orders", False),
        ("/orders", "/orders/", False),
        ("/orders", "/order", False),
        ("/orders", "/orders/7", False),
        ("/orders", "orders", False),
        ("/orders/*", "/orders/7", True),
        ("/orders/*", "/orders", False),
        ("/orders/*", "/orders/", False),
        ("/orders/*", "/orders/7/lines", False),
        ("/orders/*", "/orders/7/", False),
        ("/orders/*", "/orders/*", True),
        ("/orders/**", "/orders", True),
        ("/orders/**", "/orders/", True),
        ("/orders/**", "/orders/7/lines", True),
        ("/orders/**", "/orders//", True),
        ("/orders/**", "/ordersx", False),
        ("/orders/**/lines", "/orders/lines", True),
        ("/orders/**/lines", "/orders/7/8/lines", True),
        ("/orders/**/lines", "/orders/7/lines/8", False),
        ("/**/a/**/a", "/a/b/a", True),
        ("/**/a/**/a", "/a", False),
        ("/**", "/", True),
        ("/**", "/a/b", True),
        ("/**", "", False),
        ("/**", "a", False),
        ("/*", "/", False),
        ("/*", "/a", True),
        ("/", "/", True),
        ("/", "/a", False),
        ("/", "//", False),
        ("/a.b/$x", "/a.b/$x", True),
        ("/a.b", "/aXb", False),
        ("/a%2Fb", "/a%2Fb", True),
        ("/a%2Fb", "/a/b", False),
    ],
)
def test_what_a_pattern_matches(pattern: str, path: str, *, matches: bool) -> None:
    assert PathPattern(pattern).matches(path) is matches


@pytest.mark.parametrize(
    ("pattern", "segments", "tokens"),
    [
        ("/", (), ("/",)),
        ("/a/b", ("a", "b"), ("/a/b",)),
        ("/a/*", ("a", "*"), ("/a/", PathWildcard.SEGMENT)),
        ("/*/a", ("*", "a"), ("/", PathWildcard.SEGMENT, "/a")),
        ("/a/**", ("a", "**"), ("/a", PathWildcard.REST)),
        ("/**", ("**",), (PathWildcard.REST,)),
        ("/a/**/*/b", ("a", "**", "*", "b"), ("/a", PathWildcard.REST, "/", PathWildcard.SEGMENT, "/b")),
    ],
)
def test_segments_and_tokens(pattern: str, segments: tuple[str, ...], tokens: tuple[str | PathWildcard, ...]) -> None:
    found = PathPattern(pattern)
    assert (found.segments, found.tokens) == (segments, tokens)
    assert (str(found), repr(found)) == (pattern, f"PathPattern('{pattern}')")


def test_adjacent_wildcards_of_any_number_of_segments_are_one() -> None:
    assert PathPattern("/a/**/**/b/**/**") == PathPattern("/a/**/b/**")


@pytest.mark.parametrize(
    ("text", "message", "column", "underlined", "advice"),
    [
        ("orders", 'found "orders", expected a path, which begins with "/"', 1, "orders", "write /orders"),
        ("", 'found nothing, expected a path, which begins with "/"', 1, "", "write /"),
        ("/orders/{id}", 'found "{id}", expected a segment, * or **', 9, "{id}", PARAMETER),
        ("/orders/id}", 'found "}", expected a segment, * or **', 11, "}", PARAMETER),
        ("/{proxy+}", 'found "{proxy+}", expected a segment, * or **', 2, "{proxy+}", PARAMETER),
        ("/a/ord*", 'found "ord*", expected a segment, * or **', 4, "ord*", WHOLE),
        ("/a/***", 'found "***", expected a segment, * or **', 4, "***", WHOLE),
        ("/a?b=1", 'found "?", expected a segment, * or **', 3, "?",
         "write the path alone: the query takes no part in authorization"),
        ("/a#b", 'found "#", expected a segment, * or **', 3, "#", "write the path alone: a fragment is not sent"),
        ("/a b", 'found " ", expected a segment, * or **', 3, " ", ENCODED),
        ("/a\u00a0b", 'found "\\xa0", expected a segment, * or **', 3, "\u00a0", ENCODED),
        ("/a/", "found a slash at the end of the path", 3, "/", "write /a, or /a/** for it and every path below it"),
        ("//", "found an empty segment", 1, "/", "write one slash"),
        ("/a//b", "found an empty segment", 3, "/", "write one slash"),
        ("/a/../b", 'found "..", expected a segment that a call can have', 4, "..", "write the path that it leads to"),
        ("/.", 'found ".", expected a segment that a call can have', 2, ".", "write the path that it leads to"),
    ],
)  # fmt: skip
def test_what_is_no_pattern(text: str, message: str, column: int, underlined: str, advice: str) -> None:
    found = refused(ExecPolicyError, lambda: PathPattern(text))
    assert found == Refusal(message, f"<path>:1:{column}", underlined, advice, "INV-2")


def test_a_path_is_a_text() -> None:
    assert refused(UsageError, lambda: PathPattern(7)).message == "a path is a text, found 7, an int"  # type: ignore[arg-type]  # a wrong type
    assert refused(UsageError, lambda: PathPattern("/a").matches(None)).message == "a path is a text, found a NoneType"  # type: ignore[arg-type]  # a wrong type


SEGMENTS = st.lists(st.sampled_from(["a", "b", "*", "**"]), max_size=5).map(lambda parts: "/" + "/".join(parts))
PATHS = st.lists(st.sampled_from(["a", "b", "ab", ""]), max_size=6).map(lambda parts: "/" + "/".join(parts))
OF_WILDCARDS = {PathWildcard.SEGMENT: "[^/]+", PathWildcard.REST: "(?:/.*)?"}


def by_definition(segments: list[str], parts: list[str]) -> bool:
    """Whether a path is in the set, by the rule: a ``**`` stands for every number of segments, one after another."""
    if not segments:
        return not parts
    first, *others = segments
    if first == "**":
        return any(by_definition(others, parts[number:]) for number in range(len(parts) + 1))
    return bool(parts) and (parts[0] != "" if first == "*" else parts[0] == first) and by_definition(others, parts[1:])


@given(SEGMENTS, PATHS)
def test_three_readings_of_a_pattern_agree(pattern: str, path: str) -> None:
    found = PathPattern(pattern)
    tokens = found.tokens
    assert not any(isinstance(one, str) and isinstance(other, str) for one, other in pairwise(tokens))
    regex = "".join(re.escape(token) if isinstance(token, str) else OF_WILDCARDS[token] for token in tokens)
    parts = [] if path == "/" else path[1:].split("/")
    expected = by_definition(list(found.segments), parts)
    assert found.matches(path) is expected
    assert (re.fullmatch(regex, path, re.DOTALL) is not None) is expected
    assert PathPattern(str(found)) == found
