"""Excerpts of policies: which lines are shown, and where the carets are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.errors import Source, Span
from execpolicy.render.excerpt import MAX_LINES, MIN_WIDTH, WIDTH, cells, excerpt


def shown(
    text: str, span: Span, *, marked: tuple[Span, ...] = (), landmarks: tuple[Span, ...] = (), width: int | None = None
) -> list[str]:
    source = Source("policy.json", text)
    return [row.text for row in excerpt(source, span, marked=marked, landmarks=landmarks, width=width)]


def test_marked_spans_have_carets() -> None:
    text = '{\n  "Effect": "Deny",\n  "Action": "*"\n}'
    assert shown(text, Span(1, 1, 4, 2), marked=(Span(2, 3, 2, 19), Span(3, 13, 3, 16))) == [
        "1 | {",
        '2 |   "Effect": "Deny",',
        "  |   ^^^^^^^^^^^^^^^^",
        '3 |   "Action": "*"',
        "  |             ^^^",
        "4 | }",
    ]


def test_line_numbers_are_right_aligned() -> None:
    text = "\n" * 8 + "a\nb"
    assert shown(text, Span(9, 1, 10, 2), marked=(Span(10, 1, 10, 2),)) == [" 9 | a", "10 | b", "   | ^"]


def test_a_span_within_one_line_is_marked_by_default() -> None:
    assert shown("[{}, {}]", Span(1, 6, 1, 8)) == ["1 | [{}, {}]", "  |      ^^"]


def test_two_marked_spans_in_one_line() -> None:
    assert shown("abcdef", Span(1, 1, 1, 7), marked=(Span(1, 5, 1, 6), Span(1, 1, 1, 3))) == ["1 | abcdef", "  | ^^  ^"]


def test_a_span_of_several_lines_is_marked_without_surrounding_spaces() -> None:
    text = '"a": [\n    "b",  \n  ]'
    assert shown(text, Span(1, 1, 3, 4), marked=(Span(1, 1, 3, 4),)) == [
        '1 | "a": [',
        "  | ^^^^^^",
        '2 |     "b",  ',
        "  |     ^^^^",
        "3 |   ]",
        "  |   ^",
    ]


def test_a_tab_and_a_control_character_are_as_wide_as_their_carets() -> None:
    assert shown("\t\x1b[2Jx", Span(1, 6, 1, 7)) == ["1 |   [2Jx", "  |      ^"]


def test_wide_characters_are_under_wide_carets() -> None:
    assert shown('"東京": "é"', Span(1, 1, 1, 5)) == ['1 | "東京": "é"', "  | ^^^^^^"]
    assert cells("e\u0301") == 1


def test_a_span_at_the_end_of_a_line() -> None:
    assert shown("{", Span(1, 2, 1, 2)) == ["1 | {", "  |  ^"]


def test_only_some_lines_of_a_long_statement_are_shown() -> None:
    text = "\n".join(f"line {number}" for number in range(1, 101))
    rows = shown(text, Span(1, 1, 100, 9), landmarks=(Span(40, 1, 60, 1),), marked=(Span(50, 6, 50, 8),))
    assert rows == [
        "  1 | line 1",
        "    ⋮",
        " 40 | line 40",
        "    ⋮",
        " 50 | line 50",
        "    |      ^^",
        "    ⋮",
        "100 | line 100",
    ]


def test_many_landmarks_are_not_all_shown() -> None:
    text = "\n".join(str(number) for number in range(1, 101))
    rows = shown(text, Span(1, 1, 100, 4), landmarks=tuple(Span(number, 1, number, 2) for number in range(1, 90)))
    assert len(rows) == MAX_LINES


@pytest.mark.parametrize("width", [None, 60, 100])
def test_a_long_line_is_cut_around_the_marked_span(width: int | None) -> None:
    text = "a" * 500 + "HERE" + "b" * 500
    line, carets = shown(text, Span(1, 501, 1, 505), width=width)
    assert len(line) == (width or WIDTH)
    assert line.startswith("1 | …a")
    assert line.endswith("b…")
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_a_long_line_is_cut_at_one_end_if_the_other_is_near() -> None:
    start, _ = shown("HERE" + "b" * 500, Span(1, 1, 1, 5), width=50)
    assert (start[:8], start[-2:], len(start)) == ("1 | HERE", "b…", 50)
    end, carets = shown("a" * 500 + "HERE", Span(1, 501, 1, 505), width=50)
    assert (end[:6], end[-5:], len(end)) == ("1 | …a", "aHERE", 50)
    assert carets.endswith(" ^^^^")


def test_a_span_beyond_the_cut_has_no_carets() -> None:
    text = "HERE" + "b" * 500 + "THERE"
    _, carets = shown(text, Span(1, 1, 1, 510), marked=(Span(1, 1, 1, 5), Span(1, 505, 1, 510)), width=50)
    assert carets == "  | ^^^^"


def test_a_narrow_terminal_shows_part_of_a_line() -> None:
    line, _ = shown("a" * 500, Span(1, 1, 1, 501), width=3)
    assert len(line) == len("1 | ") + MIN_WIDTH


places = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=300), places, st.integers(1, 200))
def test_carets_are_never_outside_the_line(text: str, place: list[int], width: int) -> None:
    start, end = (min(offset, len(text)) for offset in place)
    rows = shown(text, Span(1, start + 1, 1, end + 1), width=width)
    assert 1 <= len(rows) <= 2
    assert all(row.isprintable() for row in rows)
    if len(rows) == 2:
        assert set(rows[1][len("  | ") :]) <= {" ", "^"}
        assert len(rows[1]) <= cells(rows[0]) + 1
