"""docs/architecture.md: the places that it names exist, its steps run in that order, and its picture is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.architecture import BOXES, PICTURE, SMALL, SUBJECTS, WIDTH, direct, entered, first_runs, imports, picture
from tools.modules_run import CALL, ROOT, SOURCE
from tools.rule_places import definitions_in

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PLACE = re.compile(r"\[([a-z_/]+\.py)\]\(\.\./src/execpolicy/\1\) `([A-Za-z_.]+)`")
#: The work for the picture is done once for all tests.
RUNS = first_runs(CALL)


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_place_exists() -> None:
    places = PLACE.findall(PAGE)
    assert len(places) >= 30
    assert [place for place in places if place[1] not in definitions_in((SOURCE / place[0]).read_text("utf-8"))] == []


def test_every_question_has_an_answer() -> None:
    rows = [line for line in section("Where is …?").splitlines() if line.startswith("| W")]
    assert len(rows) == 14
    assert [row for row in rows if not PLACE.search(row)] == []


def test_the_steps_of_a_call_run_in_this_order() -> None:
    places = [(module, name) for module, name in PLACE.findall(section("How to follow one call"))]
    assert len(places) > 10
    assert [place for place in places if place not in RUNS] == []
    assert sorted(places, key=RUNS.index) == places


def test_every_package_is_described() -> None:
    packages = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    described = section("The packages")
    assert [name for name in sorted(packages) if f"`{name}/`" not in described] == []
    assert packages <= {box.name for box in BOXES} == set(SUBJECTS)


def test_the_picture_is_up_to_date() -> None:
    assert PICTURE.read_text("utf-8") == picture(imports(), entered()), "run make docs"


def test_the_words_fit_into_their_boxes() -> None:
    # A letter is at most 7 pixels wide on average, and the words begin 14 pixels from the left side.
    wide = {box.name: SMALL if box.column else WIDTH for box in BOXES}
    assert [name for name, words in SUBJECTS.items() if 14 + 7 * len(words) > wide[name]] == []


def test_arrows_that_follow_from_others_are_left_out() -> None:
    edges = {"cli": {"engine", "errors"}, "engine": {"errors"}, "errors": set[str]()}
    assert list(direct(edges)) == [("cli", "engine"), ("engine", "errors")]


@pytest.mark.parametrize("way", [[], ["engine", "cli"]])
def test_packages_are_numbered_in_the_order_of_the_way(way: list[str]) -> None:
    drawn = picture({name: set() for name in SUBJECTS}, way)
    assert re.findall(r'text-anchor="middle">(\d+)<', drawn) == [
        str(way.index(b.name) + 1) for b in BOXES if b.name in way
    ]


def test_the_imports_are_those_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "a.py").write_text(
        "def f():\n    from execpolicy.arguments import text\nimport json", "utf-8"
    )
    (tmp_path / "cli.py").write_text("from execpolicy.engine.a import f", "utf-8")
    assert {name: found for name, found in imports(tmp_path).items() if found} == {
        "engine": {"errors"},
        "cli": {"engine"},
    }
