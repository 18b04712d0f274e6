"""Texts, places in them, and the excerpts that errors show."""

from __future__ import annotations

import pytest

from execpolicy import Source, Span
from execpolicy._base.underlined_line import MAX_WIDTH

TEXT = "one\r\ntwo\n\nfour"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (0, 3, Span(1, 1, 1, 4)),
        (5, 8, Span(2, 1, 2, 4)),
        (6, 11, Span(2, 2, 4, 2)),
        (9, 9, Span(3, 1, 3, 1)),
        (14, 14, Span(4, 5, 4, 5)),
        (8, 8, Span(2, 4, 2, 4)),
        (6, 5, Span(2, 2, 2, 2)),
    ],
)
def test_places_count_lines_and_columns_from_one(start: int, end: int, span: Span) -> None:
    assert Source("a", TEXT).span(start, end) == span


def test_an_empty_text_has_one_place() -> None:
    assert Source("a", "").span(0, 0) == Span(1, 1, 1, 1)
    assert Source("a", "").line(1) == ""


def test_lines_come_without_their_ends() -> None:
    source = Source("a", TEXT)
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["one", "two", "", "four"]
    assert Source("a", "one\n").line(2) == ""


@pytest.mark.rule("POL-12")
def test_places_are_those_of_the_original_text() -> None:
    # What was read is `a"b`, the original wrote the quote with a backslash.
    source = Source("a", '\\n\n"a\\"b"', offsets=[4, 5, 7, 8])
    assert source.span(0, 3) == Span(2, 2, 2, 6)
    assert source.span(1, 2) == Span(2, 3, 2, 5)


def test_sources_are_equal_by_name_and_text() -> None:
    assert Source("a", "x") == Source("a", "x", offsets=[0, 1])
    assert Source("a", "x") != Source("b", "x")
    assert repr(Source("a", "x")) == "Source(name='a', text='x')"


@pytest.mark.parametrize(
    ("text", "start", "end", "excerpt"),
    [
        ('{"a": 1}', 1, 4, '1 | {"a": 1}\n  |  ^^^'),
        ('{\n"a": 1}', 2, 5, '2 | "a": 1}\n  | ^^^'),
        ("{\n\n}", 0, 4, "1 | {\n  | ^"),
        ("abc", 3, 3, "1 | abc\n  |    ^"),
        ("abc\ndef", 1, 6, "1 | abc\n  |  ^^"),
        ("a\tb\x1b[31mc", 2, 9, "1 | a b [31mc\n  |   ^^^^^^^"),
        ("a\r\nb", 0, 1, "1 | a\n  | ^"),
        ("\n" * 9 + "abc", 10, 11, "10 | abc\n   |  ^"),
        ("", 0, 0, "1 | \n  | ^"),
    ],
)
def test_an_excerpt_underlines_the_place(text: str, start: int, end: int, excerpt: str) -> None:
    source = Source("a", text)
    assert source.excerpt(source.span(start, end)) == excerpt


@pytest.mark.parametrize(
    ("start", "end", "before", "after"),
    [
        (5, 8, "", "…"),
        (150, 153, "…", "…"),
        (297, 300, "…", ""),
        (250, 253, "…", ""),
        (50, 300, "", "…"),
        (300, 300, "…", ""),
    ],
)
def test_a_long_line_is_cut_around_the_place(start: int, end: int, before: str, after: str) -> None:
    text = "".join(str(number % 10) for number in range(300))
    source = Source("a", text)
    shown, carets = source.excerpt(source.span(start, end)).split("\n")
    body = shown.removeprefix("1 | ")
    assert (body.startswith("…"), body.endswith("…")) == (bool(before), bool(after))
    cut = body.strip("…")
    assert cut in text
    assert len(cut) <= MAX_WIDTH
    first, count = carets.index("^"), carets.count("^")
    assert shown[first : first + count] == text[start : start + count]
    assert 1 <= count <= max(1, end - start)
