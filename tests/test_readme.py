"""The README: its length, its links and its figures. test_pages.py runs its commands."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess

import pytest

from tests.command_runs import ROOT
from tests.documented_pages import commands_of, links


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


ALL = commands_of(readme())


def test_every_command_is_read() -> None:
    assert len(ALL) == readme().count("\n$ ")
    verbs = [command.typed.partition("execpolicy ")[2].split()[0] for command in ALL]
    assert verbs == ["check", "show", "why", "test", "lint"]


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_demo_runs_the_first_commands_of_the_page_on_check() -> None:
    page = (ROOT / "docs" / "check.md").read_text("utf-8")
    listed = subprocess.run(
        ["make", "--dry-run", "demo"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    run = [line for line in listed.splitlines() if "execpolicy check" in line]
    as_typed = [shlex.split(line.removeprefix(".venv/bin/").removesuffix("; test $? -eq 1")) for line in run]
    assert as_typed == [shlex.split(command.typed.replace("\\\n", "")) for command in commands_of(page)[:3]]


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


def test_it_fits_on_three_screens() -> None:
    assert len(readme().splitlines()) <= 150


def test_its_links_work_on_the_package_index() -> None:
    targets = links(readme())
    assert len(targets) > 10
    assert [target for target in targets if not target.startswith("https://")] == []
