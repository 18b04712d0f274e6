"""Access matrices in each format: the table fits, and no name is a formula or a mark."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Api, Matrix, matrix
from execpolicy.render.csv_table import csv_table
from execpolicy.render.matrix import matrix_lines
from execpolicy.render.matrix_tables import matrix_to_csv, matrix_to_html, matrix_to_markdown

HOSTILE = ("=1+1", "+1", "-1", "@x", " =1", "a|b", "<b>x</b>", '"q"', "a\nb", "`c`", "*d*", "[e](f)", "\x1b[31m", "é")
API = Api(id="a1b2c3", type="WEBSOCKET", region="eu-west-1", account="111122223333", stages="prod", routes=["$default"])
NAMES = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=4, unique=True)


#: Route keys cannot have every text.
KEYS = st.lists(
    st.sampled_from(tuple(each for each in HOSTILE if "/" not in each and "*" not in each)),
    min_size=1,
    max_size=4,
    unique=True,
)


def matrix_of(callers: Any, keys: Any) -> Matrix:
    return matrix(API, dict.fromkeys(callers), list(keys))


def lines_of(found: Matrix, width: int | None, *, verbose: bool = False) -> list[str]:
    return [line.text for line in matrix_lines(found, width, verbose=verbose)]


@given(NAMES, KEYS)
def test_no_cell_of_csv_is_a_formula(callers: list[str], keys: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(matrix_to_csv(matrix_of(callers, keys)))))
    assert len(rows) == 1 + len(callers) * len(keys)
    assert {len(row) for row in rows} == {12}
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert [row[5] for row in rows[1 : 1 + len(callers)]] == [
        ("'" if each.lstrip()[0] in "=+-@" else "") + each.replace("\n", "\\n").replace("\x1b", "\\x1b")
        for each in callers
    ]


@given(NAMES, KEYS)
def test_each_row_of_markdown_has_its_cells(callers: list[str], keys: list[str]) -> None:
    rows = [line for line in matrix_to_markdown(matrix_of(callers, keys)).splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(keys)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {len(callers) + 2}
    assert not [row for row in rows if "<b>" in row.replace("`<b>x</b>`", "")]


class _Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(NAMES, KEYS)
def test_a_page_has_no_tags_of_names(callers: list[str], keys: list[str]) -> None:
    page = _Tags()
    page.feed(matrix_to_html(matrix_of(callers, keys)))
    assert {*page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "p", "table", "thead", "tbody", "tr", "th", "td"),
        "code",
    }
    assert page.tags.count("td") == len(callers) * len(keys)
    assert all(each.replace("\n", "\\n").replace("\x1b", "\\x1b") in page.text for each in callers)


@given(st.lists(st.text("ab", min_size=1, max_size=20), min_size=1, max_size=12, unique=True), st.integers(40, 120))
def test_the_table_fits(callers: list[str], width: int) -> None:
    lines = lines_of(matrix_of(callers, ["one", "a-long-key-of-a-route"]), width)
    assert [line for line in lines if len(line) > width] == []
    assert sum(line.count("allowed") for line in lines) == 2 * len(callers) + 1
    heads = " ".join(lines).split()
    assert all(name in heads for name in callers)


def test_long_names_have_numbers() -> None:
    arn = "arn:aws:iam::444455556666:role/OrderReader"
    assert lines_of(matrix_of([arn, "b"], ["k"]), 80) == [
        f"[1] {arn}",
        "[2] b",
        "",
        "   [1]      [2]",
        "k  allowed  allowed",
        "",
        "2 cells: 2 allowed",
    ]


def test_a_long_call_has_a_line_of_its_own() -> None:
    key = "k" * 50
    assert lines_of(matrix_of(["a"], [key]), 40)[:3] == [" " * 20 + "  a", key, " " * 20 + "  allowed"]


def test_no_cells() -> None:
    empty = matrix_of([], ["k"])
    assert lines_of(empty, 80) == ["there is no call, or no caller"]
    assert matrix_to_markdown(empty) == "## execpolicy matrix\n\nno cell.\n"
    assert matrix_to_csv(empty).count("\n") == 1


@pytest.mark.parametrize("text", ["a\r\nb", "a,b", 'a"b', ""])
def test_csv_is_read_as_it_was_written(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_table(["x", "y"], [[text, "z"]]).split("\n", 1)[1]))
    assert row == [text.replace("\r\n", "\\r\\n"), "z"]
