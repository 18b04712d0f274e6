"""The line that says what a command is working on: where it is written, what it says, and that it is erased."""

from __future__ import annotations

import argparse
import io
import threading
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli import working_line as module
from execpolicy.cli.working_line import WorkingLine, is_wanted, working_line
from tests.cli.conftest import Execute, write


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_is_written_over_itself_and_erased() -> None:
    shown: list[str] = []
    times = iter([0.0, 10.0, 12.9, 20.0, 20.0])
    line = WorkingLine(shown.append, 30, lambda: next(times))
    line.begin("compare the API of orders", 2, 3)
    line.update()
    line.begin("x\x1b")
    line.update()
    line.erase()
    line.erase()
    first, last = "\r2 of 3: compare the API … 2 s", "\rx\\x1b … 0 s"
    assert shown == [first, f"{last:<{len(first)}}", "\r" + " " * (len(last) - 1) + "\r"]
    assert len(first) == 30  # the return and 29 columns: some terminals wrap at the last one


def test_words_that_change_keep_the_time() -> None:
    shown: list[str] = []
    times = iter([0.0, 1.0, 7.0, 9.0])
    line = WorkingLine(shown.append, 80, lambda: next(times))
    line.begin("the calls of the logs")
    line.change("2000 lines replayed")
    line.update()
    assert shown == ["\r2000 lines replayed … 6 s"]


@pytest.mark.parametrize(
    ("quiet", "stream", "environment", "wanted"),
    [
        (False, Terminal(), {}, True),
        (True, Terminal(), {}, False),
        (False, io.StringIO(), {}, False),
        (False, None, {}, False),
        (False, Terminal(), {"CI": "true"}, False),
        (False, Terminal(), {"CI": ""}, True),
        (False, Terminal(), {"TERM": "dumb"}, False),
    ],
)
def test_it_is_written_where_somebody_sees_it(
    quiet: bool, stream: Any, environment: dict[str, str], wanted: bool
) -> None:
    assert is_wanted(argparse.Namespace(quiet=quiet), stream, environment) is wanted


def test_it_is_erased_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(module, "_EVERY", 0.001)
    written = threading.Event()
    monkeypatch.setattr(WorkingLine, "update", _and_tell(WorkingLine.update, written))

    def fail() -> None:
        with working_line(argparse.Namespace(quiet=False)) as line:
            line.begin("prove nobody may call anything")
            assert written.wait(60)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    text = terminal.getvalue()
    assert text.startswith("\rprove nobody may call anything … 0 s")
    assert text.endswith(" \r")


def _and_tell(update: Any, written: threading.Event) -> Any:
    def told(line: WorkingLine) -> None:
        update(line)
        if line._shown:
            written.set()

    return told


@pytest.mark.parametrize("verb", ["prove", "who", "diff"])
def test_the_verbs_say_what_they_do(verb: str, execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[tuple[object, ...]] = []
    monkeypatch.setattr(WorkingLine, "begin", lambda _, *what: began.append(what))
    about = {"schema": "execpolicy/api/1", "id": "a1b2c3", "region": "eu-west-1", "account": "111122223333"}
    write(folder / "api.yaml", about | {"type": "HTTP", "routes": {"GET /a": {}}})
    commands = {
        "prove": (("prove", "nobody may call /a", "nobody may call /b", "--api", "api.yaml"),),
        "who": (("who", "GET", "/a", "--api", "api.yaml"),),
        "diff": (("diff", "api.yaml", "api.yaml"), ("diff", "open.json", "shut.json", "--kind", "resource")),
    }
    expected = {
        "prove": [("prove nobody may call /a", 1, 2), ("prove nobody may call /b", 2, 2)],
        "who": [("who gets through to GET /a",)],
        "diff": [("compare api", 1, 1), ("compare open.json and shut.json",)],
    }
    for command in commands[verb]:
        run = execute(*command)
        assert (run.err, run.code in (0, 1)) == ("", True)
    assert began == expected[verb]
