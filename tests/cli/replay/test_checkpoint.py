"""execpolicy replay --checkpoint: a run that is killed goes on to the same bytes, and what is finished stays."""

from __future__ import annotations

import gzip
import io
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from tests.bulk.generated_log import API_FILE, CLERK, EVENING, LoggedCall, a_call, as_json, as_own_names
from tests.cli.conftest import Execute, document, write

ALL: dict[str, Any] = {"Principal": "*", "Resource": "execute-api:/*"}
OFFICE: dict[str, Any] = {**ALL, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, **EVENING}}
#: The command, with small blocks, of which each takes some time.
PROGRAM = """
import os, sys, time
from execpolicy.bulk import checkpoint, counted_blocks, log_blocks, log_files
from execpolicy.cli.main import main
log_files._CHUNK, log_blocks.LINES_OF_BLOCK, counted_blocks.FEW_LINES = 8000, 50, int(os.environ["FEW_LINES"])
sys.exit(main(sys.argv[1:]))
"""
ARGUMENTS = (
    *("replay", "a.log", "b.log.gz", "--before", "old.json", "--api", "new.json", "--verbose", "--format", "json"),
    *("--rejects", "rejects.log"),
)


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """Two versions of an API, and two logs of 400 lines."""
    write(folder / "old.json", {**API_FILE, "resource_policy": document(**ALL)})
    write(folder / "new.json", {**API_FILE, "resource_policy": document(**OFFICE)})
    random = Random(4)
    lines = [random.choice((as_json, as_own_names))(a_call(random, number)) for number in range(800)]
    for number in range(0, 800, 23):
        lines[number] = random.choice(("{broken", "", lines[number].replace("a1b2c3", "zzz"), "\ufdd0"))
    (folder / "a.log").write_text("\n".join(lines[:400]), "utf-8")
    (folder / "b.log.gz").write_bytes(gzip.compress("\n".join(lines[400:]).encode()))


def started(folder: Path, arguments: Sequence[str], few_lines: int = 10**9) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        env={"FEW_LINES": str(few_lines), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(folder: Path, arguments: Sequence[str], few_lines: int = 10**9) -> tuple[int, bytes, bytes]:
    run = started(folder, arguments, few_lines)
    out, err = run.communicate(timeout=120)
    return run.returncode, out, err


def saved(folder: Path) -> dict[str, Any]:
    path = folder / "kept" / "replay.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {"blocks": 0}
    return found


@pytest.mark.parametrize("few_lines", [10**9, 0], ids=["lines", "blocks"])
def test_a_run_that_is_killed_goes_on_to_the_same_bytes(folder: Path, few_lines: int) -> None:
    whole = finished(folder, ARGUMENTS)
    rejects = (folder / "rejects.log").read_bytes()
    assert whole[0] == 1
    assert len(rejects.splitlines()) > 10
    arguments = (*ARGUMENTS, "--checkpoint", "kept")
    killed = 0
    for _ in range(2):
        before = saved(folder)["blocks"]
        run = started(folder, arguments, few_lines)
        while run.poll() is None and saved(folder)["blocks"] < before + 2:
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        killed += run.returncode == -signal.SIGKILL
    assert killed
    assert finished(folder, arguments, few_lines) == whole
    assert (folder / "rejects.log").read_bytes() == rejects
    assert f"{CLERK}/ann" not in (folder / "kept" / "replay.json").read_text("utf-8")


def test_a_compressed_log_that_ends_early_keeps_the_blocks_before(folder: Path) -> None:
    # The first thousand lines show which variables the logs have.
    (folder / "a.log").write_bytes((folder / "a.log").read_bytes() * 3)
    whole = finished(folder, ARGUMENTS)
    content = (folder / "b.log.gz").read_bytes()
    (folder / "b.log.gz").write_bytes(content[: len(content) // 2])
    arguments = (*ARGUMENTS, "--checkpoint", "kept")
    code, out, err = finished(folder, arguments)
    assert (code, out) == (2, b"")
    assert b"b.log.gz:" in err
    assert b"the compressed file ends early" in err
    blocks = saved(folder)["blocks"]
    assert blocks > 1
    (folder / "b.log.gz").write_bytes(content)
    code, _, err = finished(folder, arguments)
    assert code == 2
    assert b"the checkpoint of another run, which differs in the logs" in err
    assert saved(folder)["blocks"] == blocks
    (folder / "kept" / "replay.json").unlink()
    assert finished(folder, arguments) == whole


class Unreadable(io.RawIOBase):
    """A file whose content cannot be read after a number of bytes."""

    def __init__(self, content: bytes, error: OSError) -> None:
        super().__init__()
        self._content = io.BytesIO(content)
        self._error = error

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._content.tell()

    def readinto(self, buffer: Any) -> int:
        found = self._content.read(min(len(buffer), 100))
        if not found:
            raise self._error
        buffer[: len(found)] = found
        return len(found)


def opened_as(monkeypatch: pytest.MonkeyPatch, name: str, open_it: Callable[[], Any]) -> None:
    """Let the reader of logs open a file of this name in another way."""

    def fake(path: str, _mode: str) -> Any:
        return open_it() if path == name else open(path, "rb")  # the reader closes it

    monkeypatch.setattr("execpolicy.bulk.log_files.open", fake, raising=False)


class Fault(NamedTuple):
    """Why a file cannot be read: when it is opened, or after a number of lines."""

    error: OSError
    lines: int | None = None
    place: str = ""

    def open(self, content: bytes) -> Any:
        if self.lines is None:
            raise self.error
        read = b"".join(content.splitlines(keepends=True)[: self.lines])
        return io.BufferedReader(Unreadable(read, self.error))


@pytest.mark.parametrize("few_lines", [10**9, 0], ids=["lines", "blocks"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(PermissionError(13, "Permission denied")),
        # It is removed, or a folder takes its place, after the files are listed.
        Fault(FileNotFoundError(2, "No such file or directory")),
        Fault(IsADirectoryError(21, "Is a directory")),
        Fault(OSError(5, "Input/output error"), 0),
        Fault(OSError(5, "Input/output error"), 3, "more.log:4: "),
    ],
    ids=["permission", "removed", "folder", "device", "device after three lines"],
)
def test_a_file_that_cannot_be_read_keeps_the_blocks_before(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, few_lines: int
) -> None:
    monkeypatch.setattr("execpolicy.bulk.log_files._CHUNK", 8000)
    monkeypatch.setattr("execpolicy.bulk.log_blocks.LINES_OF_BLOCK", 500)
    monkeypatch.setattr("execpolicy.bulk.counted_blocks.FEW_LINES", few_lines)
    call = LoggedCall("GET", "/health", "203.0.113.77", "-", 1_796_040_000_000, {"status": 200})
    lines = f"{as_json(call)}\n".encode() * 400
    # The first thousand lines show which variables the logs have.
    (folder / "a.log").write_bytes(lines * 3)
    (folder / "more.log").write_bytes(lines)
    arguments = ("replay", "a.log", "more.log", *ARGUMENTS[3:], "--checkpoint", "kept")
    with monkeypatch.context() as patch:
        opened_as(patch, "more.log", lambda: fault.open(lines))
        run = execute(*arguments)
        assert (run.code, run.out) == (2, "")
        reason = f'{fault.place}cannot read "more.log": {fault.error.strerror}'
        assert run.err == f"execpolicy replay: error: {reason}\n  check the path\n"
    assert saved(folder)["blocks"] == 2
    assert json.loads(execute(*arguments).out)["lines"] == 4 * 400


def test_a_disk_that_is_full_keeps_the_blocks_before(folder: Path) -> None:
    program = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n{PROGRAM}"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 5000
    arguments = [each for each in ARGUMENTS if "rejects" not in each]
    whole = finished(folder, arguments)
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--checkpoint", "kept"],
        cwd=folder,
        env={"FEW_LINES": str(10**9), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, b"")
    assert b'cannot write "kept/replay.json"' in run.stderr
    assert [path.name for path in (folder / "kept").iterdir()] in ([], ["replay.json"])
    assert finished(folder, [*arguments, "--checkpoint", "kept"]) == whole


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--api": "old.json"}, "which differs in the options and the versions of the API"),
        ({"--raw-values": None}, "which differs in the options"),
        ({"--dedupe": None}, "--checkpoint is given with --dedupe, which needs all lines again"),
        ({"--score": None}, "--checkpoint is given with --score"),
        ({"--sample": "1/2"}, "--checkpoint is given with --sample"),
        ({"--checkpoint": "a.log"}, 'cannot write "a.log/replay.json"'),
    ],
)
def test_a_checkpoint_that_cannot_be_used(execute: Execute, change: dict[str, str | None], message: str) -> None:
    options: dict[str, str | None] = {"--before": "old.json", "--api": "new.json", "--checkpoint": "kept"}
    flat = [each for pair in options.items() for each in pair if each is not None]
    assert execute("replay", "a.log", *flat).code == 1
    flat = [each for pair in (options | change).items() for each in pair if each is not None]
    run = execute("replay", "a.log", *flat)
    assert run.code == 2
    assert message in run.err


@pytest.mark.parametrize(("text", "message"), [("{", "is not JSON"), ("[]", "another file"), ("{}", "another file")])
def test_a_file_that_is_no_checkpoint(execute: Execute, folder: Path, text: str, message: str) -> None:
    (folder / "kept").mkdir()
    (folder / "kept" / "replay.json").write_text(text, "utf-8")
    run = execute("replay", "a.log", "--api", "new.json", "--checkpoint", "kept")
    assert run.code == 2
    assert message in run.err
    assert (folder / "kept" / "replay.json").read_text("utf-8") == text


def test_standard_input_is_not_read_twice(execute: Execute) -> None:
    run = execute("replay", "-", "--api", "new.json", "--checkpoint", "kept", stdin=b"{}")
    assert run.code == 2
    assert "--checkpoint is given with standard input, which is not read twice" in run.err


def test_rejected_lines_that_are_gone(execute: Execute, folder: Path) -> None:
    arguments = ("replay", "a.log", "--api", "new.json", "--checkpoint", "kept", "--rejects", "rejects.log")
    assert execute(*arguments).code in (0, 1, 3)
    (folder / "rejects.log").write_bytes(b"")
    run = execute(*arguments)
    assert run.code == 2
    assert "lacks lines that the run with this checkpoint wrote" in run.err
