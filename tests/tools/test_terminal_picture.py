"""The pictures of a terminal show what the command writes."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools.terminal_picture import FOLDER, THEMES, Theme, output, parts, picture, pictures

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def drawn() -> dict[Path, str]:
    return pictures()


def test_the_pictures_are_those_of_the_last_output(drawn: dict[Path, str]) -> None:
    assert [path.name for path in drawn] == ["check-light.svg", "check-dark.svg"]
    for path, text in drawn.items():
        assert path.read_text("utf-8") == text, "make docs draws it"


def test_the_readme_shows_both(drawn: dict[Path, str]) -> None:
    assert all(f"docs/images/{path.name}" in README for path in drawn)


def test_a_picture_holds_every_word_of_the_output(drawn: dict[Path, str]) -> None:
    expected = [re.sub(r"\x1b\[[0-9;]*m", "", line).split() for line in output()]
    for text in drawn.values():
        lines = [unescape("".join(f" {span.text}" for span in line)).split() for line in texts(text)]
        assert lines[3:] == [words for words in expected if words]


def texts(svg: str) -> list[ET.Element]:
    return ET.fromstring(svg).findall(".//{http://www.w3.org/2000/svg}text")


def test_words_stand_at_their_columns() -> None:
    svg = picture(["  ab   \x1b[1;31mc <d>\x1b[0m"], THEMES[0])
    (line,) = texts(svg)
    spans = [(span.get("x"), span.text, span.get("fill"), span.get("font-weight")) for span in line]
    assert spans == [("32.8", "ab", None, None), ("74.8", "c <d>", "#cf222e", "bold")]


def test_escape_sequences_end() -> None:
    assert list(parts("\x1b[2ma\x1b[0mb")) == [(frozenset({"2"}), "a"), (frozenset(), "b")]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_pictures_load_nothing(theme: Theme, drawn: dict[Path, str]) -> None:
    text = drawn[FOLDER / f"check-{theme.name}.svg"]
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
