"""The README and the pages of docs/ are true: commands give the output that is shown, Python runs, links work.

``python -m tests.test_pages`` writes the output that the commands give into the pages.
"""

from __future__ import annotations

import doctest
import os
import re
from pathlib import Path

import pytest

from tests.documented_pages import (
    ROOT,
    Command,
    anchors,
    blocks,
    commands,
    commands_of,
    links,
    long_lines,
    renewed,
    steady,
)

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
#: Pages whose console blocks have a test of their own, or show an extract.
ELSEWHERE = {
    "docs/case-files.md": "tests/testing/test_case_files_page.py",
    "docs/coverage.md": "tests/testing/coverage",
    "docs/mutation.md": "tests/testing/mutation",
    "docs/pytest.md": "tests/testing/test_pytest_page.py",
}
#: Addresses in links that the pages on the package index need.
REPOSITORY = re.compile("https://github.com/execpolicy/execpolicy/(?:blob|raw)/main/")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


RUN = [path for path in PAGES if name_of(path) not in ELSEWHERE and commands_of(path.read_text("utf-8"))]


@pytest.mark.skipif(os.name != "posix", reason="the commands of the pages are those of a POSIX shell")
@pytest.mark.parametrize("path", RUN, ids=name_of)
def test_commands_give_the_output_that_is_shown(path: Path) -> None:
    page = path.read_text("utf-8")
    assert len(commands_of(page)) == len(re.findall(r"^\$ ", page, re.MULTILINE))
    assert steady(renewed(page)) == steady(page)


def test_pages_with_commands_are_found() -> None:
    names = {name_of(path) for path in RUN}
    assert {"README.md", "docs/why.md"} <= names
    assert {name for name, place in ELSEWHERE.items() if (ROOT / name).exists() and (ROOT / place).exists()} == {
        *ELSEWHERE
    }


def test_a_command_whose_output_differs_is_found() -> None:
    text = "```console\n$ echo \\\n    one\ntwo\n$ echo three\n```\n"
    assert commands(blocks(text)[0].text) == [Command("echo \\\n    one\n", "two\n"), Command("echo three\n", "")]
    assert renewed(text) == "```console\n$ echo \\\n    one\none\n$ echo three\nthree\n```\n"


def test_a_block_with_a_title_is_a_file_for_the_commands_below_it() -> None:
    page = '```console\n$ ls\n```\n```text title="a/b.txt"\none\n```\n```console\n$ cat a/b.txt\n```\n'
    assert renewed(page).endswith("```console\n$ cat a/b.txt\none\n```\n")
    assert renewed(page).startswith("```console\n$ ls\n```\n")


@pytest.mark.parametrize("path", [path for path in PAGES if "\n>>> " in path.read_text("utf-8")], ids=name_of)
def test_python_runs_and_shows_what_it_gives(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    expected = len(re.findall(r"^>>> ", path.read_text("utf-8"), re.MULTILINE))
    results = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert (results.attempted, results.failed) == (expected, 0)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    for target in links(path.read_text("utf-8")):
        if REPOSITORY.match(target):
            place, base = REPOSITORY.sub("", target), ROOT
        elif re.match(r"[a-z]+:", target):
            continue
        else:
            place, base = target, path.parent
        file, _, anchor = place.partition("#")
        page = base / file if file else path
        assert page.exists(), target
        assert not anchor or anchor in anchors(page.read_text("utf-8")), target


@pytest.mark.parametrize("path", RUN, ids=name_of)
def test_no_line_of_prose_is_too_long(path: Path) -> None:
    assert long_lines(path.read_text("utf-8")) == []


if __name__ == "__main__":
    for page_path in RUN:
        page_path.write_text(renewed(page_path.read_text("utf-8")), "utf-8")
