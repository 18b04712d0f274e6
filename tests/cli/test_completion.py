"""``execpolicy completion``: a script for each shell, with the commands and their options."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from execpolicy.cli.verbs import VERBS
from tests.cli.conftest import Execute


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_knows_commands_and_options(execute: Execute, shell: str) -> None:
    pytest.importorskip("shtab", reason="the extra completion is not installed")
    run = execute("completion", shell)
    assert (run.code, run.err) == (0, "")
    for word in (*VERBS, "identity", "authorizer-output", "coverage"):
        assert word in run.out, word
    if shutil.which(shell) is not None:
        checked = subprocess.run(
            [shell, "-n"], input=run.out, capture_output=True, encoding="utf-8", timeout=30, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_completes_an_option(execute: Execute, tmp_path: Path) -> None:
    pytest.importorskip("shtab", reason="the extra completion is not installed")
    if shutil.which("bash") is None:
        pytest.skip("this system has no bash")
    script = tmp_path / "completion.bash"
    script.write_text(execute("completion", "bash").out, "utf-8")
    typed = "COMP_WORDS=(execpolicy check --ident); COMP_CWORD=2; _shtab_execpolicy; echo ${COMPREPLY[@]}"
    command = ["bash", "-c", f"source {script}; {typed}"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=True)
    assert run.stdout == "--identity\n"


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("schema cas", "cases-1"),
        ("schema api", "api-1"),
        ("explain EP-ARN-00", "EP-ARN-001"),
        ("schema --li", "--list"),
    ],
)
def test_bash_completes_names(execute: Execute, tmp_path: Path, typed: str, completed: str) -> None:
    pytest.importorskip("shtab", reason="the extra completion is not installed")
    if shutil.which("bash") is None:
        pytest.skip("this system has no bash")
    script = tmp_path / "completion.bash"
    script.write_text(execute("completion", "bash").out, "utf-8")
    words = f"COMP_WORDS=(execpolicy {typed}); COMP_CWORD=2; _shtab_execpolicy; echo ${{COMPREPLY[@]}}"
    command = ["bash", "-c", f"source {script}; {words}"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=True)
    assert run.stdout.split()[:1] == [completed]


def test_without_shtab(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    run = execute("completion", "bash")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        "execpolicy: error: completion needs shtab, which is not installed\n  pip install 'execpolicy[completion]'\n"
    )


def test_a_shell_that_is_not_known(execute: Execute) -> None:
    run = execute("completion", "csh")
    assert run.code == 2
    assert "argument SHELL: invalid choice: 'csh'" in run.err
