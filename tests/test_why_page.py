"""docs/why.md is true: its commands give the output that it shows, its table is what is read, its Python runs.

``python -m tests.test_why_page`` writes the output and the cells of the table into the page.
"""

from __future__ import annotations

import doctest
import os
import re

import pytest

from execpolicy.diagnose.known_messages import KNOWN_MESSAGES
from execpolicy.diagnose.why import read_message
from tests.test_readme import ROOT, anchors, commands, output_of, renewed

PAGE = ROOT / "docs" / "why.md"
_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `(?P<text>[^|]+)` \|(?P<cells>.*)\|$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)]+)\)")


def page() -> str:
    return PAGE.read_text("utf-8")


def row(text: str) -> str:
    """The row of the table for a text."""
    meaning = read_message(text)
    return f"| `{text}` | {meaning.summary} | {', '.join(meaning.gates)} |"


ALL = [command for block in _CONSOLE.findall(page()) for command in commands(block)]
TEXTS = [found["text"] for found in _ROW.finditer(page())]


@pytest.mark.skipif(os.name != "posix", reason="the page's commands are those of a POSIX shell")
@pytest.mark.parametrize("command", ALL, ids=[str(number) for number in range(len(ALL))])
def test_a_command_gives_the_output_that_is_shown(command: tuple[str, str]) -> None:
    typed, output = command
    assert output_of(typed) == output


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


def test_python_runs_and_shows_what_it_gives() -> None:
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (results.attempted, results.failed) == (3, 0)


def test_links_lead_somewhere() -> None:
    targets = _LINK.findall(page())
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        assert (PAGE.parent / path).exists(), target
        assert not anchor or anchor in anchors((PAGE.parent / path).read_text("utf-8")), target


def test_no_line_of_prose_is_too_long() -> None:
    prose = re.sub(r"^(?:```.*?^```|\|[^\n]*)$", "", page(), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120] == []


if __name__ == "__main__":
    PAGE.write_text(_ROW.sub(lambda found: row(found["text"]), renewed(page())), "utf-8")
