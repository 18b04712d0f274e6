"""``execpolicy test --list`` names the cases and runs none; ``--format github`` annotates failures and errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy.render.github import annotation
from tests.cli.case_files import READS, SELLS, place, save, timeless
from tests.cli.conftest import Execute
from tests.cli.test.test_verb import PETS_JSON, failure, lines
from tests.testing.test_case_file_handlers import AUTH, CALL, NAME, runs
from tests.testing.test_case_file_handlers import save as save_shop

READS_PLACE, SELLS_PLACE = "Ann reads pets", "Ann sells pets"


def test_the_list(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    run = execute("test", "--list")
    assert run == (
        0,
        lines(
            f"{place(PETS_JSON, READS_PLACE)}: Ann reads pets",
            f"{place(PETS_JSON, SELLS_PLACE)}: Ann sells pets",
            "",
            "2 cases (1 file)",
        ),
        "",
    )
    quiet = execute("test", "--list", "-q", "-k", "sells")
    assert quiet == (0, f"{place(PETS_JSON, SELLS_PLACE)}: Ann sells pets\n", "")
    assert execute("test", "--list", "-k", "sells").out.endswith("\n\n1 case, 1 not selected (1 file)\n")


def test_a_list_of_files_that_cannot_be_used(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test", "--list", "none.json", PETS_JSON)
    assert run.code == 2
    assert 'cannot read "none.json"' in run.err
    assert "Ann reads pets" in run.out
    assert execute("test", "--list", "-k", "cats").code == 2


def test_a_list_runs_no_code_and_needs_no_consent(execute: Execute, folder: Path) -> None:
    (folder / "tests").mkdir()
    (folder / "tests" / "auth.py").write_text(AUTH, "utf-8")
    save_shop(folder / "tests", CALL)
    run = execute("test", "--list")
    assert (run.code, run.err) == (0, "")
    assert f"tests/{NAME}:" in run.out
    assert runs(folder / "tests") == 0


# Annotations


def test_text_with_annotations(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    text, github = execute("test"), execute("test", "--format", "github")
    assert (github.code, github.err) == (1, "")
    assert timeless(github.out).startswith(timeless(text.out))
    (command,) = timeless(github.out).removeprefix(timeless(text.out)).splitlines()
    file, line, column = place(PETS_JSON, SELLS_PLACE).split(":")
    explained = "\n".join(row.removeprefix("  ") for row in failure().rstrip("\n").split("\n")[1:])
    expected = explained.replace("%", "%25").replace("\n", "%0A")
    assert command == f"::error file={file},line={line},col={column},title=Ann sells pets%3A failed::{expected}"


def test_a_run_without_failures_has_no_annotations(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    assert "::error" not in execute("test", "--format", "github").out


def test_annotations_of_files_that_cannot_be_used(execute: Execute, folder: Path) -> None:
    (folder / "bad.execpolicy.json").write_text('{"schema": "execpolicy/cases/1", "cases": 5}', "utf-8")
    run = execute("test", "none.json", "bad.execpolicy.json", "--format", "github")
    assert run.code == 2
    first, *others = run.out.splitlines()
    assert first.startswith("::error title=unusable case file::PATH: cannot read ")
    assert any(
        row.startswith("::error file=bad.execpolicy.json,line=1,col=43,title=unusable case file::found ")
        for row in others
    )


def test_quiet_annotations(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, SELLS)
    first, *_, last = execute("test", "-q", "--format", "github").out.splitlines()
    assert first.startswith(f"{place(PETS_JSON, SELLS_PLACE)}: Ann sells pets: failed: expected allow")
    assert last.startswith("::error file=")


def test_a_long_failure_is_cut(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, {**SELLS, "why": "x" * 10_000})
    command = execute("test", "--format", "github").out.splitlines()[-1]
    assert 4000 < len(command) < 5000
    assert command.endswith("x…")


def test_the_escapes_of_a_workflow_command() -> None:
    assert annotation("a:b,c%\r\n::d", title="x:y,z%\n") == "::error title=x%3Ay%2Cz%25%0A::a:b,c%25%0D%0A::d"


def test_paths_begin_at_the_repository(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".git").mkdir()
    (folder / "infra").mkdir()
    save(folder / "infra" / PETS_JSON, {**SELLS})
    (folder / "infra" / "bad.execpolicy.json").write_text("{", "utf-8")
    monkeypatch.chdir(folder / "infra")
    rows = [row for row in execute("test", "--format", "github").out.splitlines() if row.startswith("::error")]
    assert {row.split(",")[0] for row in rows} == {
        "::error file=infra/bad.execpolicy.json",
        f"::error file=infra/{PETS_JSON}",
    }


def test_a_name_is_never_a_command_of_a_log(execute: Execute, folder: Path) -> None:
    save(folder / "::error::a.execpolicy.json", SELLS)
    for run in (execute("test"), execute("test", "-v"), execute("test", "-q"), execute("test", "--list")):
        assert "./::error::a.execpolicy.json" in run.out
        assert not [line for line in run.out.splitlines() if line.lstrip().startswith("::")]
