"""Commands of pages: those that run in this process write what a shell writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import command_runs
from tests.command_runs import ROOT, output_of, shell_output

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the lines are those of a POSIX shell")
#: The verb decides in each; the folder, the exit code, both streams, and what reads the output take part.
HERE = (
    "execpolicy explain EP-ARN-003",
    "execpolicy explain EP-ARN-003 | head -2",
    "execpolicy explain no-such-rule | grep nothing",
    "execpolicy explain no-such-rule; echo $?",
    "execpolicy show --help",
    "execpolicy show a \\\n    b --nothing",
    'cd examples/orders-service && execpolicy check GET /health --api orders.api.yaml --quiet; echo "code $?"',
    "cd examples && execpolicy lint gateway/orders.api.yaml",
    'execpolicy why \'{"message":"Forbidden"}\' | head -1',
)
#: A shell reads these.
IN_A_SHELL = (
    "echo 1 | execpolicy show -",
    "execpolicy show $HOME",
    "execpolicy show a > b",
    "execpolicy show a && true",
    "execpolicy test; echo $?",
    "execpolicy why 'a; b'",
    "ls",
)


@pytest.mark.parametrize("line", HERE)
def test_a_line_writes_here_what_it_writes_in_a_shell(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = shell_output(line, ROOT).output
    assert expected
    monkeypatch.setattr(command_runs, "CHECKOUT", command_runs.Installation("", ""))  # starts no interpreter
    found = output_of(line, ROOT, command_runs.CHECKOUT)
    assert found == expected


@pytest.mark.parametrize("line", IN_A_SHELL)
def test_a_line_that_a_shell_has_to_read(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []

    def shell(typed: str, *_: object, **__: object) -> command_runs.ShellRun:
        given.append(typed)
        return command_runs.ShellRun("", 0)

    monkeypatch.setattr(command_runs, "shell_output", shell)
    output_of(line, ROOT)
    assert given == [line]


def test_the_process_is_as_before(tmp_path: Path) -> None:
    before = Path.cwd(), dict(os.environ)
    assert "there is no rule" in output_of("execpolicy explain no-such-rule", tmp_path)
    assert (Path.cwd(), dict(os.environ)) == before
