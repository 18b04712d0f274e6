"""The README is true: its commands give the output that it shows, its Python runs, its links lead somewhere.

``python tests/test_readme.py`` writes the output that the commands give into the README.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

#: The README is set for this many columns.
COLUMNS = "100"

_CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)


class Command(NamedTuple):
    """A command as it is typed, and what is shown under it."""

    typed: str
    output: str


def readme() -> str:
    return README.read_text("utf-8")


def commands(block: str) -> list[Command]:
    """The commands of a console block: each begins with ``$ `` and goes on after a backslash."""
    found: list[Command] = []
    lines = iter(block.splitlines(keepends=True))
    for line in lines:
        if not line.startswith("$ "):
            found[-1] = found[-1]._replace(output=found[-1].output + line)
            continue
        typed = line[2:]
        while typed.endswith("\\\n"):
            typed += next(lines)
        found.append(Command(typed, ""))
    return found


def output_of(typed: str) -> str:
    """What a command writes where ``execpolicy`` is installed."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "execpolicy"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m execpolicy "$@"\n', "utf-8")
        program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "EXECPOLICY_DEBUG")}
        variables = {
            **kept,
            "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": COLUMNS,
        }
        run = subprocess.run(
            ["sh", "-c", typed], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=variables, check=False
        )
    return run.stdout.decode()


def steady(output: str) -> str:
    """Output without the time that a command took, which differs from run to run."""
    return re.sub(r"\bin \d+\.\d\d s\b", "in 0.01 s", output)


def renewed(text: str) -> str:
    """The README with the output that its commands give."""

    def run(block: re.Match[str]) -> str:
        return "".join(f"$ {typed}{output_of(typed)}" for typed, _ in commands(block.group()))

    return _CONSOLE.sub(run, text)


ALL = [command for block in _CONSOLE.findall(readme()) for command in commands(block)]


@pytest.mark.skipif(os.name != "posix", reason="the README's commands are those of a POSIX shell")
@pytest.mark.parametrize("command", ALL, ids=[" ".join(command.typed.split())[:60] for command in ALL])
def test_a_command_gives_the_output_that_is_shown(command: Command) -> None:
    assert steady(output_of(command.typed)) == steady(command.output)


def test_every_command_is_read() -> None:
    assert len(ALL) == readme().count("\n$ ") == 9
    verbs = [command.typed.partition("execpolicy ")[2].split()[0] for command in ALL]
    assert verbs == [*["check"] * 4, "test", *["check"] * 4]


def test_a_command_whose_output_differs_is_found() -> None:
    text = "```console\n$ echo \\\n    one\ntwo\n$ echo three\n```\n"
    assert commands(_CONSOLE.findall(text)[0]) == [Command("echo \\\n    one\n", "two\n"), Command("echo three\n", "")]
    assert renewed(text) == "```console\n$ echo \\\n    one\none\n$ echo three\nthree\n```\n"


def test_python_runs_and_shows_what_it_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = _PYTHON.findall(readme())
    examples = [example for block in blocks for example in doctest.DocTestParser().get_examples(block)]
    assert len(examples) == readme().count("\n>>> ") > 0
    results = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert (results.attempted, results.failed) == (len(examples), 0)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_demo_runs_the_first_three_commands() -> None:
    listed = subprocess.run(["make", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    run = [line for line in listed.splitlines() if "execpolicy check" in line]
    as_typed = [shlex.split(line.removeprefix(".venv/bin/").removesuffix("; test $? -eq 1")) for line in run]
    assert as_typed == [shlex.split(command.typed.replace("\\\n", "")) for command in ALL[:3]]


def test_the_table_of_speed_is_that_of_the_last_run() -> None:
    results = json.loads((ROOT / "docs" / "benchmarks" / "results.json").read_text("utf-8"))
    measured = {
        (figure["name"], figure["size"]): figure["value"]
        for figure in results["figures"]
        if figure["group"] == "deciding"
    }
    assert results["settings"]["quick"] is False
    table = re.search(r"^\| statements \|(.*)\|\n\|[-:|]+\|\n((?:\|.*\|\n)+)", readme(), re.MULTILINE)
    assert table is not None
    sizes = [int(size.replace(",", "")) for size in table[1].split("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2].splitlines()]
    assert [name.split(" (")[0] for name, *_ in rows] == ["execpolicy", "cedarpy", "principalmapper", "iam-simulate"]
    for name, *cells in rows:
        values = [measured[name.split(" (")[0], size] for size in sizes]
        assert cells == [f"{value:.1f}" if value < 10 else f"{value:,.0f}" for value in values]


def test_links_lead_somewhere() -> None:
    targets = [target for pair in _LINK.findall(readme()) for target in pair if target]
    assert len(targets) > 6
    assert [target for target in targets if not (ROOT / target.partition("#")[0]).exists()] == []
    for target in targets:
        path, _, anchor = target.partition("#")
        if anchor:
            assert anchor in anchors((ROOT / path).read_text("utf-8")), target


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_no_line_of_prose_is_too_long() -> None:
    prose = re.sub(r"^```.*?^```$", "", readme(), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120] == []


if __name__ == "__main__":
    README.write_text(renewed(readme()), "utf-8")
