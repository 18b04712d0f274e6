"""Wildcard patterns, one test for each way of matching, and the work that matching takes."""

from __future__ import annotations

import re
from typing import SupportsIndex

import pytest

from execpolicy.language import glob
from execpolicy.language.glob import (
    ANY,
    ANY_IN_FIELD,
    ONE,
    ONE_IN_FIELD,
    Tokens,
    agreeing_lengths,
    matcher,
    normalised,
    without_case,
)
from execpolicy.language.glob import tokens_of as read


@pytest.mark.rule("RES-1")
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("prod/GET", ("prod/GET",)),
        ("*", (ANY,)),
        ("a*?b", ("a", ANY, ONE, "b")),
        ("[a-z].+\n", ("[a-z].+\n",)),
    ],
)
def test_a_text_becomes_tokens(text: str, tokens: Tokens) -> None:
    assert read(text) == tokens


@pytest.mark.rule("RES-1")
@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (("a", "", "b"), ("ab",)),
        ((ANY, ANY, ANY), (ANY,)),
        ((ANY_IN_FIELD, ANY_IN_FIELD), (ANY_IN_FIELD,)),
        ((ANY, ANY_IN_FIELD), (ANY,)),
        ((ANY_IN_FIELD, ANY), (ANY,)),
        ((ONE, ONE), (ONE, ONE)),
        ((ONE_IN_FIELD, ANY_IN_FIELD, "a", ANY), (ONE_IN_FIELD, ANY_IN_FIELD, "a", ANY)),
    ],
)
def test_equal_patterns_have_one_form(tokens: Tokens, expected: Tokens) -> None:
    assert normalised(tokens) == expected


@pytest.mark.rule("RES-1", "RES-4")
@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", [""], ["a"]),
        ("prod", ["prod"], ["Prod", "prod ", "xprod", ""]),
        ("*", ["", "a", "a/b:c\n"], []),
        ("prod/*", ["prod/", "prod/a/b"], ["prod", "xprod/"]),
        ("*/GET", ["/GET", "a/b/GET"], ["GET", "/GET/"]),
        ("aa*aa", ["aaaa", "aa-aa"], ["aa", "aaa"]),
        ("a*b*c", ["abc", "a-b-c", "abbc"], ["ac", "acb", "a-c-b"]),
        ("*b*b*", ["bb", "a-b-b"], ["b", "aa"]),
        ("pet?", ["pets", "pet/", "pet\n", "pet:"], ["pet", "petss"]),
        ("?*?", ["ab", "abc"], ["", "a"]),
        ("a?*b?c*?d", ["a.b.c.d", "axxbyczzd"], ["a.b.cd", "ab.c.d", "a.c.b.d", "a.b.c."]),
        ("v[12].+(x)|^$", ["v[12].+(x)|^$"], ["v1.+(x)|^$"]),
        ("?" * 70 + "*b", ["a" * 70 + "b", "a" * 90 + "b"], ["a" * 69 + "b", "a" * 90]),
    ],
)
def test_a_pattern_matches_whole_texts_and_no_others(pattern: str, matching: list[str], others: list[str]) -> None:
    match = matcher(read(pattern))
    assert [text for text in matching if not match(text)] == []
    assert [text for text in others if match(text)] == []


@pytest.mark.rule("RES-2")
@pytest.mark.parametrize(
    ("tokens", "matching", "others"),
    [
        ((ANY_IN_FIELD,), ["", "abc"], [":", "a:b"]),
        ((ONE_IN_FIELD,), ["a", "/"], [":", "", "ab"]),
        (("arn", ANY_IN_FIELD, ":", ONE_IN_FIELD, ANY), ["arn:a", "arnx:a:b"], ["arn::", "ar:a", "a:rn:a"]),
        ((ONE_IN_FIELD, ONE, "x"), ["a:x", "abx"], [":ax", "ax"]),
    ],
)
def test_a_wildcard_within_a_field_stops_at_a_colon(tokens: Tokens, matching: list[str], others: list[str]) -> None:
    match = matcher(tokens)
    assert [text for text in matching if not match(text)] == []
    assert [text for text in others if match(text)] == []


@pytest.mark.rule("EVL-11")
@pytest.mark.parametrize(
    ("pattern", "text", "agreed"),
    [
        ("prod/GET/{id}", "prod/GET/17", (9, 9)),
        ("prod/*", "dev", (0, 0)),
        ("a*b*c", "a1b2", (2, 3)),
        ("prod/?et", "prod/gex", (7, 7)),
        ("prod", "prod/GET", (4, 4)),
    ],
)
def test_common_ground_counts_pattern_and_text(pattern: str, text: str, agreed: tuple[int, int]) -> None:
    assert agreeing_lengths(normalised(read(pattern)), text) == agreed


class CountedText(str):
    """A text that counts the characters that its searches may have looked at."""

    visited = 0

    def find(self, wanted: str, start: SupportsIndex | None = None, end: SupportsIndex | None = None, /) -> int:
        found = super().find(wanted, start, end)
        first, last = int(start or 0), len(self) if end is None else int(end)
        self.visited += (found + len(wanted) if found >= 0 else last) - first
        return found


@pytest.mark.rule("RES-5")
@pytest.mark.parametrize("pattern", ["*a" * 20 + "*b*", "*" + "aab*" * 9, "a*" * 50 + "*ab*a", "*ba*ab*" * 8])
@pytest.mark.parametrize("text", ["a" * 300, "ab" * 150, "aab" * 100, "b" * 300])
def test_literal_parts_search_each_character_once(pattern: str, text: str) -> None:
    counted = CountedText(text)
    matcher(read(pattern))(counted)
    assert counted.visited <= len(text)


class CountedExpression:
    """An expression that counts the characters that its searches may have looked at, each as often as it is wide."""

    visited = 0

    def __init__(self, expression: re.Pattern[str], width: int) -> None:
        self.expression = expression
        self.width = width

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        CountedExpression.visited += self.width
        return self.expression.match(text, start)

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        found = self.expression.search(text, start, end)
        CountedExpression.visited += ((found.end() if found else end) - start) * self.width
        return found


@pytest.mark.rule("RES-5")
@pytest.mark.parametrize("pattern", ["*?a" * 20 + "*?b*", "?*" + "a?b*" * 9, "*b?a*?ab*" * 8 + "?"])
@pytest.mark.parametrize("text", ["a" * 300, "ab" * 150, "aab" * 100])
def test_parts_with_question_marks_cost_at_most_pattern_times_text(
    pattern: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = glob._expression

    def counted(part: list[str | glob.Wildcard]) -> CountedExpression:
        return CountedExpression(compiled(part), glob._width(part))

    monkeypatch.setattr(glob, "_expression", counted)
    monkeypatch.setattr(CountedExpression, "visited", 0)
    matcher(read(pattern))(text)
    assert 0 < CountedExpression.visited <= len(pattern) * len(text)


@pytest.mark.rule("RES-5")
@pytest.mark.parametrize("tokens", [(ANY_IN_FIELD, "a") * 40, read("*" + "?" * 70 + "a*?b"), (ONE_IN_FIELD, ANY) * 40])
def test_the_automaton_takes_one_step_for_each_character(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is a handful of operations on a number of as many bits as the pattern has characters."""
    steps: list[int] = []
    step = glob._Automaton.step

    def counted(self: glob._Automaton, reached: int, char: str) -> int:
        steps.append(self.final.bit_length())
        return step(self, reached, char)

    monkeypatch.setattr(glob._Automaton, "step", counted)
    text = "a" * 300
    matcher(tokens)(text)
    agreeing_lengths(normalised(tokens), text)
    length = sum(len(token) if isinstance(token, str) else 1 for token in tokens)
    assert 0 < len(steps) <= 2 * len(text)
    assert max(steps) <= length + 1


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (("ab", ANY_IN_FIELD, ONE), "abcd", True),
        (("ab", ANY_IN_FIELD, ONE), "xbcd", False),
        (("ab", ANY_IN_FIELD, ONE), ":bcd", False),
        (("ab", ONE, ANY_IN_FIELD, "d"), "abcd", True),
        (("ab", ONE, ANY_IN_FIELD, "d"), "xbcd", False),
        (("ab", ONE_IN_FIELD, ONE), "abcd", True),
        (("ab", ONE_IN_FIELD, ONE), "ab:d", False),
        (("ab", ONE_IN_FIELD, ONE), "xbcd", False),
        ((ANY, "ab", ANY_IN_FIELD, ONE), "zabcd", True),
        ((ANY, "ab", ANY_IN_FIELD, ONE), "zxbcd", False),
        ((ANY_IN_FIELD, "ab", ONE), "zabc", True),
        ((ANY_IN_FIELD, "ab", ONE), "zxbc", False),
    ],
)
def test_wildcards_of_both_kinds_leave_the_text_before_them(pattern: Tokens, text: str, expected: bool) -> None:
    assert matcher(pattern)(text) is expected


@pytest.mark.rule("RES-7")
@pytest.mark.parametrize(
    ("text", "lower"),
    [("GET/Pets*", "get/pets*"), ("É/ΟΔΟΣ", "é/οδοσ"), ("İ/ẞ/ß", "İ/ß/ß"), ("", "")],
)
def test_a_text_without_case_keeps_its_length(text: str, lower: str) -> None:
    assert without_case(text) == lower
    assert len(lower) == len(text)
