"""The table of docs/why.md is what is read. test_pages.py runs the commands and the Python of the page.

``python -m tests.test_why_page`` writes the output and the cells of the table into the page.
"""

from __future__ import annotations

import re

import pytest

from execpolicy.diagnose.known_messages import KNOWN_MESSAGES
from execpolicy.diagnose.why import read_message
from tests.command_runs import ROOT
from tests.documented_pages import commands_of, renewed

PAGE = ROOT / "docs" / "why.md"
_ROW = re.compile(r"^\| `(?P<text>[^|]+)` \|(?P<cells>.*)\|$", re.MULTILINE)


def page() -> str:
    return PAGE.read_text("utf-8")


def row(text: str) -> str:
    """The row of the table for a text."""
    meaning = read_message(text)
    return f"| `{text}` | {meaning.summary} | {', '.join(meaning.gates)} |"


ALL = commands_of(page())
TEXTS = [found["text"] for found in _ROW.finditer(page())]


def test_every_command_is_read() -> None:
    assert len(ALL) == page().count("\n$ ") == 4
    assert {typed.partition("execpolicy ")[2].split()[0] for typed, _ in ALL} == {"why"}


@pytest.mark.parametrize("text", TEXTS)
def test_a_row_of_the_table_is_what_is_read(text: str) -> None:
    assert row(text) in page().splitlines()


def test_the_table_has_the_most_frequent_messages() -> None:
    assert len(TEXTS) == len(set(TEXTS)) > 30
    summaries = {read_message(text).summary for text in TEXTS}
    of_one_type = re.compile(r" (?:REST|HTTP|WebSocket)$")
    named = {name for name, meaning in KNOWN_MESSAGES.items() if meaning.summary in summaries}
    assert {"missing token", "forbidden", "unauthorized", "not found", "limits", "quota", "signature"} <= named
    assert not any(of_one_type.search(name) and name.startswith("forbidden") for name in named)


if __name__ == "__main__":
    PAGE.write_text(_ROW.sub(lambda found: row(found["text"]), renewed(page())), "utf-8")
