"""Commands as a page shows them, with what they write.

``execpolicy`` runs in this process where nothing but its arguments, a folder, or a program behind it is in the line: a
process of its own takes longer to start than most commands run. All other lines run in a shell.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from execpolicy.cli.main import main

ROOT = Path(__file__).parents[1]
#: Pages are set for this many columns.
COLUMNS = "100"
#: ``cd FOLDER &&``, the command, and what reads its output or its exit code.
_LINE = re.compile(r"(?:cd (?P<folder>[\w./-]+) && )?execpolicy (?P<arguments>.*?)(?P<rest> \| .*|; .*)?", re.DOTALL)
#: What a shell does more with words than to divide them, outside of single quotes.
_SHELL = re.compile(r"[|&;<>()$`*?\[\]#~!{}]")
#: Variables that change what a command writes.
_DROPPED = ("NO_COLOR", "EXECPOLICY_DEBUG")
#: Git writes commits for a page in the name of nobody.
_AUTHOR = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Nobody"), ("EMAIL", "nobody@example.com"))
}


class Installation(NamedTuple):
    """Where ``execpolicy`` is installed: the interpreter, and what PYTHONPATH adds."""

    python: str
    path: str


CHECKOUT = Installation(sys.executable, str(ROOT / "src"))


class ShellRun(NamedTuple):
    """What a line wrote, and its exit code."""

    output: str
    code: int


class _Call(NamedTuple):
    """A command that runs in this process, and the shell's part of its line."""

    folder: Path
    arguments: list[str]
    rest: str


def output_of(typed: str, folder: Path = ROOT, installation: Installation = CHECKOUT) -> str:
    """What a line writes in a folder where ``execpolicy`` and ``pytest`` are installed."""
    call = _call(typed, folder) if installation == CHECKOUT else None
    return shell_output(typed, folder, installation).output if call is None else _output_here(call)


def _call(typed: str, folder: Path) -> _Call | None:
    """The command in a line; None if a shell has to read the line."""
    found = _LINE.fullmatch(typed.replace("\\\n", "").rstrip("\n"))
    if found is None or _SHELL.search(re.sub(r"'[^']*'", "", found["arguments"])):
        return None
    try:
        arguments = shlex.split(found["arguments"])
    except ValueError:  # the bar or the semicolon stands in quotes
        return None
    # Case files import code of their own, and ``-`` reads from a shell.
    if arguments[0] == "test" or "-" in arguments:
        return None
    return _Call(folder / (found["folder"] or "."), arguments, found["rest"] or "")


def _output_here(call: _Call) -> str:
    is_piped = call.rest.startswith(" | ")
    out = _Written()
    err = _Written() if is_piped else out
    with _environment(call.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(call.arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
    if is_piped:
        return err.text + shell_output(call.rest.removeprefix(" | "), call.folder, given=out.text.encode()).output
    return out.text + (shell_output(f"(exit {code}){call.rest}", call.folder).output if call.rest else "")


class _Written(io.TextIOWrapper):
    """A stream that keeps what is written."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, "utf-8", newline="\n")

    @property
    def text(self) -> str:
        """What was written so far."""
        self.flush()
        return self._bytes.getvalue().decode()


@contextlib.contextmanager
def _environment(folder: Path) -> Iterator[None]:
    with mock.patch.dict(os.environ, COLUMNS=COLUMNS), contextlib.chdir(folder):
        for name in _DROPPED:
            os.environ.pop(name, None)
        yield


def shell_output(typed: str, folder: Path, installation: Installation = CHECKOUT, given: bytes = b"") -> ShellRun:
    """What a shell writes for a line, which reads what is given."""
    with tempfile.TemporaryDirectory() as programs:
        for name in ("execpolicy", "pytest"):
            program = Path(programs) / name
            program.write_text(f'#!/bin/sh\nexec {shlex.quote(installation.python)} -m {name} "$@"\n', "utf-8")
            program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        variables = {
            **kept,
            **_AUTHOR,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": installation.path,
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": COLUMNS,
        }
        run = subprocess.run(
            ["sh", "-c", typed],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=variables,
            check=False,
        )
    return ShellRun(run.stdout.decode(), run.returncode)
