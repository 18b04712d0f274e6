"""The command as such: versions, help, internal errors, ``python -m execpolicy``."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import execpolicy
from execpolicy.cli.check import verb as check
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.language.as_of import AWS_AS_OF
from tests.cli.conftest import ANN, PETS, Execute

ROOT = Path(__file__).parents[2]


def test_the_version_has_the_date_of_the_catalogue(execute: Execute) -> None:
    run = execute("--version")
    assert run == (0, f"execpolicy {execpolicy.__version__} (AWS as of {AWS_AS_OF})\n", "")
    assert re.fullmatch(r"execpolicy [0-9]\S* \(AWS as of 20[0-9]{2}-(0[1-9]|1[0-2])\)\n", run.out)


@pytest.mark.parametrize("verb", ["check", "why", "test"])
def test_help_of_a_command(execute: Execute, verb: str) -> None:
    assert execute("help", verb) == execute(verb, "--help")
    assert execute("help") == execute("--help")


def test_short_options(execute: Execute) -> None:
    assert execute("-V") == execute("--version")
    assert execute("check", "--as", "anonymous", "--on", PETS, "-q") == (1, "", "")


def test_no_arguments_are_answered_with_the_help(execute: Execute) -> None:
    run = execute()
    assert (run.code, run.out, run.err) == (2, "", execute("--help").out)
    assert run.err.startswith("usage: execpolicy ")


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["check", "-h"]])
def test_help(execute: Execute, arguments: list[str]) -> None:
    run = execute(*arguments)
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("usage: execpolicy ")


def test_the_parsers_take_what_python_3_14_gives_them(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = execute("--help"), execute("check", "--help")
    add_parser = argparse._SubParsersAction.add_parser

    def add_colored_parser(self: Any, name: str, **more: Any) -> Any:
        return add_parser(self, name, **{"color": False, **more})

    monkeypatch.setattr(argparse._SubParsersAction, "add_parser", add_colored_parser)
    # From there on argparse would colour the help.
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert (execute("--help"), execute("check", "--help")) == expected
    assert "\x1b" not in expected[0].out


def test_help_names_every_exit_code(execute: Execute) -> None:
    text = " ".join(execute("check", "--help").out.split())
    assert "Exit code: 0 allowed, 1 denied, 2 unusable input, 3 indeterminate, 4 internal error." in text


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the engine."""

    def fail(*_: object) -> None:
        raise KeyError("layer\x1b[2J")

    monkeypatch.setattr(check, "authorize", fail)


@pytest.mark.usefixtures("broken")
def test_an_internal_error_is_no_denial(check: Execute, folder: Path) -> None:
    assert check("--identity", "allows.json") == (
        4,
        "",
        "execpolicy: internal error: KeyError: 'layer\\x1b[2J'\n"
        "  This is a bug in execpolicy; there is no result. Please report it with the command, the policies if\n"
        "  you can share them, and the traceback, which --debug shows.\n",
    )


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("by_variable", [False, True])
def test_the_traceback_of_an_internal_error(
    check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch, by_variable: bool
) -> None:
    if by_variable:
        monkeypatch.setenv("EXECPOLICY_DEBUG", "1")
    run = check(*([] if by_variable else ["--debug"]))
    assert run.code == 4
    assert "\nTraceback (most recent call last):\n" in run.err
    assert "in fail" in run.err
    assert run.err.endswith("KeyError: 'layer\\x1b[2J'\n")


def test_debug_changes_no_answer(check: Execute, folder: Path) -> None:
    assert check("--identity", "allows.json", "--debug") == check("--identity", "allows.json")


def test_an_interruption(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: argparse.Namespace) -> ExitCode:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "run", interrupt)
    assert execute("check", "--as", ANN, "--on", PETS) == (130, "", "")


@pytest.mark.parametrize(("name", "code"), [("allows.json", 0), ("denies.json", 1), ("none.json", 2)])
def test_python_m_execpolicy(folder: Path, name: str, code: int) -> None:
    command = [sys.executable, "-m", "execpolicy", "check", "--as", ANN, "--on", PETS, "--identity", name]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env=variables, timeout=30, check=False)
    assert run.returncode == code
    assert (run.stdout == "") is (code == 2)
    assert (run.stderr == "") is (code != 2)


def test_usage_names_the_command_not_the_module(folder: Path) -> None:
    command = [sys.executable, "-m", "execpolicy"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env=variables, timeout=30, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("usage: execpolicy [-h] [-V] COMMAND ...\n")
