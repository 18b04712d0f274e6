"""Without consent ``execpolicy test`` runs no code of a case file: by the option or the project of the user only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.case_files import timeless
from tests.cli.conftest import Execute
from tests.testing.test_case_file_handlers import AUTH, CALL, CONSENT, NAME, runs, save


@pytest.fixture
def shop(folder: Path) -> Path:
    """A case file of somebody else, in a folder below the working directory."""
    tests = folder / "tests"
    tests.mkdir()
    (tests / "auth.py").write_text(AUTH, "utf-8")
    save(tests, CALL)
    return tests


SETTING = "[tool.execpolicy]\nrun_authorizers = true\n"


@pytest.mark.parametrize(
    "project",
    [
        None,
        "",
        "[tool.execpolicy]\n",
        "[tool.execpolicy]\nrun_authorizers = false\n",
        "[tool.execpolicy.lint]\nfail-on = 'error'\n",
        "run_authorizers = true\n",
        "[tool]\nrun_authorizers = true\n",
        "[execpolicy]\nrun_authorizers = true\n",
        "tool = 1\n# run_authorizers = true\n",
    ],
)
def test_without_consent_it_is_unusable_input(execute: Execute, shop: Path, project: str | None) -> None:
    if project is not None:
        (shop.parent / "pyproject.toml").write_text(project, "utf-8")
    for arguments in ((), (f"tests/{NAME}",), ("--mutate",), ("--coverage",), ("--allow-outside",)):
        run = execute("test", *arguments)
        assert run.code == 2
        assert 'found the authorizer "auth.py:handler", but a case file runs code only with your consent' in run.err
        assert f"\n  {CONSENT}\n" in run.err
    assert runs(shop) == 0


@pytest.mark.parametrize("place", ["tests/pyproject.toml", "../pyproject.toml"])
def test_the_project_of_the_case_file_is_no_consent(
    execute: Execute, shop: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    here = shop.parent / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / place if place.startswith("..") else shop.parent / place).write_text(SETTING, "utf-8")
    assert execute("test", str(shop)).code == 2
    assert runs(shop) == 0


def test_the_environment_is_no_consent(execute: Execute, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RUN_AUTHORIZERS", "EXECPOLICY_RUN_AUTHORIZERS"):
        monkeypatch.setenv(name, "true")
    assert execute("test").code == 2
    assert runs(shop) == 0


def test_with_the_option_it_runs(execute: Execute, shop: Path) -> None:
    run = execute("test", "--run-authorizers")
    assert (run.code, run.err) == (0, "")
    assert timeless(run.out).endswith("1 passed in 0.00 s (1 file)\n")
    assert runs(shop) == 1


def test_with_the_setting_of_the_working_directory_it_runs(execute: Execute, shop: Path) -> None:
    (shop.parent / "pyproject.toml").write_text(SETTING, "utf-8")
    assert execute("test").code == 0
    assert runs(shop) == 1


@pytest.mark.parametrize(
    ("project", "message"),
    [
        (
            "[tool.execpolicy]\nrun_authorizers = 'yes'\n",
            "found 'yes' as run_authorizers in [tool.execpolicy], expected",
        ),
        ("[tool.execpolicy]\nrun_authorizers = 1\n", "found 1 as run_authorizers in [tool.execpolicy], expected"),
        ("[tool.execpolicy]\nrun_authorizers = True\n", "this is not TOML: Invalid value (at line 2"),
        ("run_authorizers = " + "[" * 100_000, "this is not TOML: "),
        (
            "[tool.execpolicy]\nrun_authorizer = true\n",
            'found "run_authorizer", which is not a field of the table tool.execpolicy\n  did you mean "run_',
        ),
        (
            "[tool.execpolicy]\nzzz = 1\nrun_authorizers = false\n",
            'found "zzz", which is not a field of the table tool.execpolicy\n  use lint or run_authorizers\n',
        ),
    ],
)
def test_a_setting_that_cannot_be_read(execute: Execute, shop: Path, project: str, message: str) -> None:
    (shop.parent / "pyproject.toml").write_text(project, "utf-8")
    run = execute("test")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"pyproject.toml: {message}")
    assert runs(shop) == 0
    assert execute("test", "--run-authorizers").code == 0, "the option needs no setting"


def test_a_case_file_on_standard_input(execute: Execute, shop: Path) -> None:
    text = (shop / NAME).read_text("utf-8").replace("auth.py:handler", "tests/auth.py:handler").encode()
    run = execute("test", "-", stdin=text)
    assert run.code == 2
    assert runs(shop) == 0
    assert execute("test", "-", "--run-authorizers", stdin=text).code == 0
    assert runs(shop) == 1


def test_the_report_of_a_function_that_cannot_run(execute: Execute, shop: Path) -> None:
    (shop / "auth.py").write_text("def handler(event, context): return {1}", "utf-8")
    run = execute("test", "--run-authorizers", "--format", "json")
    assert run.code == 1
    assert "it returned what is not JSON: Object of type set" in json.dumps(json.loads(run.out))
    assert "Traceback" not in run.err
