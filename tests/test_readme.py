"""The README: ``make demo`` runs its commands, and its figures are measured. test_pages.py holds the rest."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess

import pytest

from tests.documented_pages import ROOT, commands_of


def readme() -> str:
    return (ROOT / "README.md").read_text("utf-8")


ALL = commands_of(readme())


def test_every_command_is_read() -> None:
    assert len(ALL) == readme().count("\n$ ") == 10
    verbs = [command.typed.partition("execpolicy ")[2].split()[0] for command in ALL]
    assert verbs == [*["check"] * 5, "test", *["check"] * 4]


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
