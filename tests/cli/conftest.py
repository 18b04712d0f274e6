"""Running the command in this process, in a directory with a few policies."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from execpolicy.cli.main import main

ANN = "arn:aws:iam::111122223333:user/Ann"
CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
PETS = f"{API}/prod/GET/pets"


class Run(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


#: Runs ``execpolicy`` with arguments, and with what is on its standard input.
Execute = Callable[..., Run]


def document(effect: str = "Allow", **elements: object) -> dict[str, object]:
    """A policy of one statement."""
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": f"{API}/*", **elements}
    return {"Version": "2012-10-17", "Statement": statement}


@pytest.fixture
def execute(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Execute:
    for name in ("COLUMNS", "NO_COLOR", "EXECPOLICY_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, stdin: bytes | None = None) -> Run:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


@pytest.fixture
def check(execute: Execute) -> Execute:
    """``execpolicy check`` of Ann's call to PETS, unless the arguments differ."""

    def run(*arguments: str, caller: str = ANN, on: str = PETS, stdin: bytes | None = None) -> Run:
        return execute("check", "--as", caller, "--on", on, *arguments, stdin=stdin)

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: allows.json, denies.json (of a caller), open.json, shut.json (of a resource)."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "allows.json", document(Sid="ReadPets"))
    write(tmp_path / "denies.json", document("Deny", Sid="NoPets"))
    write(tmp_path / "open.json", document(Sid="Everybody", Principal="*"))
    write(tmp_path / "shut.json", document("Deny", Sid="Nobody", Principal="*"))
    write(
        tmp_path / "office.json",
        document(Sid="Office", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    )
    return tmp_path


def write(path: Path, value: object) -> str:
    """Write JSON; gives the name of the file."""
    path.write_text(json.dumps(value, indent=2), "utf-8")
    return path.name
