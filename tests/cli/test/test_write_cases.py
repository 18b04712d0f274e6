"""``execpolicy test --mutate --write-cases``: the file that is written, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from execpolicy.testing import load_cases
from tests.cli.conftest import Execute
from tests.testing.mutation.test_missing_cases import file_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample project with the first of its case files only."""
    folder = shutil.copytree(ROOT / "examples" / "orders-service", tmp_path / "orders-service")
    (folder / "tests" / "near-misses.execpolicy.yaml").unlink()
    monkeypatch.chdir(folder)
    return folder


def test_the_file_makes_the_score_full(project: Path, execute: Execute) -> None:
    first = execute("test", "--mutate", "--write-cases", "tests/new/missing.execpolicy.yaml")
    assert (first.code, first.err) == (0, "")
    assert "Mutation score: 61.6% (45 of 73 killed" in first.out
    assert "\n\nMutation: 28 cases written to tests/new/missing.execpolicy.yaml\n\n" in first.out
    file = load_cases("tests/new/missing.execpolicy.yaml")
    assert len(file.items) == 28
    second = execute("test", "--mutate", "--mutation-fail-under", "100")
    assert second.code == 0
    assert "0 survived" in second.out


def test_a_file_that_exists_is_kept(project: Path, execute: Execute) -> None:
    before = (project / "tests" / "orders.execpolicy.yaml").read_bytes()
    run = execute("test", "--mutate", "--write-cases", "tests/orders.execpolicy.yaml")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "execpolicy test: error: --write-cases: 'tests/orders.execpolicy.yaml' exists already\n"
        "  name a new file, or remove this one\n"
    )
    assert (project / "tests" / "orders.execpolicy.yaml").read_bytes() == before


def test_without_survivors_no_file_is_written(
    execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    everything = file_of({"Resource": "*", "Action": "*"})
    (tmp_path / "o.execpolicy.json").write_text(everything, "utf-8")
    run = execute("test", "--mutate", "--write-cases", "m.yaml")
    assert run.code == 0
    assert "Mutation: no case was found that detects more changes; no file is written\n" in run.out
    assert not (tmp_path / "m.yaml").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--write-cases", "m.yaml"], "--write-cases requires --mutate"),
        (["--mutate", "--write-cases", "-"], "--write-cases takes the name of a file"),
        (["--mutate", "--write-cases", "a", "--write-cases", "b"], "--write-cases is given twice"),
        (["--mutate", "--write-cases"], "argument --write-cases: expected one argument"),
    ],
)
def test_wrong_usage(execute: Execute, options: list[str], message: str) -> None:
    run = execute("test", *options)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
