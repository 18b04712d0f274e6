"""The README and the pages of docs/ are true: commands give the output that is shown, Python runs, links work.

``python -m tests.test_pages`` writes the output that the commands give into the pages.
"""

from __future__ import annotations

import doctest
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.command_runs import ROOT
from tests.documented_pages import (
    Block,
    Command,
    anchors,
    blocks,
    commands,
    commands_of,
    is_run,
    links,
    long_lines,
    renewed,
    steady,
    without_blocks,
)

DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
        *(path for folder in ("docs", "examples", ".github") for path in (ROOT / folder).rglob("*.md")),
    ]
)
#: Languages of examples: commands, scripts without output, and Python.
EXAMPLES = ("console", "sh", "bash", "shell", "python", "pycon", "py")


class Elsewhere(NamedTuple):
    """A test that runs examples of a page, and how many blocks of each language it runs."""

    test: str
    blocks: Mapping[str, int]


#: Pages whose examples have a test of their own.
ELSEWHERE = {
    "docs/case-files.md": Elsewhere("tests/testing/test_case_files_page.py", {"console": 3, "python": 1}),
    "docs/coverage.md": Elsewhere("tests/testing/coverage/test_coverage_page.py", {"python": 1}),
    "docs/mutation.md": Elsewhere("tests/testing/mutation/test_mutation_page.py", {"python": 1}),
    "docs/properties.md": Elsewhere("tests/testing/strategies/test_properties_page.py", {"python": 1}),
    "docs/pytest.md": Elsewhere("tests/testing/test_pytest_page.py", {"python": 3}),
    "examples/orders-service/README.md": Elsewhere("tests/test_example_project.py", {"console": 1}),
}
#: How many examples of each page are not run; a comment above each gives the reason.
NOT_RUN = {
    "CONTRIBUTING.md": 1,
    "README.md": 1,
    "docs/benchmarks/README.md": 2,
    "docs/completion.md": 1,
    "docs/emulator.md": 1,
    "docs/openapi.md": 2,
    "docs/playground.md": 1,
    "docs/pytest.md": 1,
    "docs/replay.md": 3,
    "docs/templates.md": 2,
    "docs/tutorial.md": 1,
}
#: Addresses in links that the pages on the package index need.
REPOSITORY = re.compile("https://github.com/execpolicy/execpolicy/(?:blob|raw)/main/")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def examples(page: str) -> list[Block]:
    """The blocks of a page that a reader could run."""
    return [block for block in blocks(page) if block.language in EXAMPLES]


def runs_here(block: Block, elsewhere: Elsewhere) -> bool:
    """Whether a test of this module runs an example: commands, scripts, and Python with its prompt."""
    if is_run(block, "console", "sh"):
        return not COMMANDS & elsewhere.blocks.keys()
    return is_run(block, "python", "pycon") and ">>> " in block.text


def elsewhere_of(path: Path) -> Elsewhere:
    return ELSEWHERE.get(name_of(path), Elsewhere("", {}))


COMMANDS = {"console", "sh"}
RUN = [
    path
    for path in PAGES
    if not COMMANDS & elsewhere_of(path).blocks.keys()
    and any(is_run(block, *COMMANDS) for block in examples(path.read_text("utf-8")))
]


@pytest.mark.skipif(os.name != "posix", reason="the commands of the pages are those of a POSIX shell")
@pytest.mark.parametrize("path", RUN, ids=name_of)
def test_commands_give_the_output_that_is_shown(path: Path) -> None:
    page = path.read_text("utf-8")
    assert steady(renewed(page)) == steady(page)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_each_example_runs_or_says_why_it_cannot(path: Path) -> None:
    page = path.read_text("utf-8")
    elsewhere = elsewhere_of(path)
    left = [block for block in examples(page) if not block.reason and not runs_here(block, elsewhere)]
    assert Counter(block.language for block in left) == elsewhere.blocks
    assert sum(bool(block.reason) for block in examples(page)) == NOT_RUN.get(name_of(path), 0)
    assert len(re.findall("^ *<!-- not run", page, re.MULTILINE)) == NOT_RUN.get(name_of(path), 0)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_example_is_hidden_from_these_tests(path: Path) -> None:
    """A fence in another form, or a command without a fence, would be no example to ``blocks``."""
    page = path.read_text("utf-8")
    assert len(re.findall(r"^[ >]*(?:```|~~~)", page, re.MULTILINE)) == 2 * len(blocks(page))
    commands_in_blocks = "".join(block.text for block in blocks(page) if block.language in ("console", "text"))
    prompts = re.compile(r"^[ >]*\$ ", re.MULTILINE)
    assert len(prompts.findall(page)) == len(prompts.findall(commands_in_blocks))
    assert not re.search(r"^ {4,}(?:execpolicy (?!check )|>>> )", without_blocks(page), re.MULTILINE)


def test_a_test_elsewhere_reads_the_page_that_it_is_for() -> None:
    for name, (test, _) in ELSEWHERE.items():
        assert name.split("/")[-1] in (ROOT / test).read_text("utf-8")
    assert {"README.md", "docs/why.md", "docs/tutorial.md"} <= {name_of(path) for path in RUN}


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<!-- not run: it takes long -->\n```console\n$ false\n```\n", "it takes long"),
        ("<!-- not run: it takes long -->\n\n```console\n$ false\n```\n", "it takes long"),
        ("<!-- not run: it takes long -->\nText.\n```console\n$ false\n```\n", ""),
        ("<!-- not run -->\n```console\n$ false\n```\n", ""),
    ],
)
def test_a_reason_belongs_to_the_block_below_it(page: str, reason: str) -> None:
    assert [block.reason for block in blocks(page)] == [reason]
    assert bool(commands_of(page)) is not bool(reason)
    assert renewed(page) == page


def test_a_script_that_fails_is_found(tmp_path: Path) -> None:
    page = '```text title="one.txt"\none\n```\n```sh\ngrep -q one one.txt\ngrep -q {} one.txt\n```\n'
    assert renewed(page.format("on")) == page.format("on")
    with pytest.raises(AssertionError, match="grep -q two"):
        renewed(page.format("two"))


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
