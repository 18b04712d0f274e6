"""What is written, and how: text or JSON, colours, width, and streams that are closed or full."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from execpolicy.cli.streams import width_of
from execpolicy.cli.terminal import wants_colour
from execpolicy.cli.verbs import VERBS
from execpolicy.errors import UsageError
from tests.cli.conftest import ANN, CLERK, PETS, Execute, document, write

ROOT = Path(__file__).parents[2]
END_OF_OUTPUT = b"\0end\0"
CODES = re.compile("\x1b\\[[0-9;]*m")

CHECK = ("check", "--as", ANN, "--on", PETS)


def process(*arguments: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of ``python -m execpolicy``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "TERM")}
    return [sys.executable, "-m", "execpolicy", *arguments], {**kept, "PYTHONPATH": str(ROOT / "src"), **environment}


def on_terminal(*arguments: str, columns: int = 80, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Exit code and output of a command whose standard output is a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command, variables = process(*arguments, **{"TERM": "xterm", **(environment or {})})
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.STDOUT, env=variables) as child:

        def end_with_a_mark() -> None:
            child.wait()
            os.write(theirs, END_OF_OUTPUT)

        # If the last process closes a terminal, Linux can say so before it gives what was written last.
        waiting = Thread(target=end_with_a_mark)
        waiting.start()
        output = b""
        while not output.endswith(END_OF_OUTPUT):
            output += os.read(ours, 65536)
        waiting.join()
    os.close(theirs)
    os.close(ours)
    return child.returncode, output.removesuffix(END_OF_OUTPUT).decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def validate() -> Callable[[Mapping[str, Any]], None]:
    schema = json.loads((ROOT / "docs" / "schemas" / "decision-1.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    def run(value: Mapping[str, Any]) -> None:
        assert [error.message for error in validator.iter_errors(value)] == []

    return run


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--identity", "allows.json"], 0),
        (["--identity", "allows.json", "denies.json", "--scp", "allows.json", "--rcp", "shut.json"], 1),
        (["--identity", "office.json", "--partial"], 3),
        (["--identity", "empty.json", "--resource", "odd.json", "--context", "aws:CalledVia=a"], 1),
    ],
)
def test_json_is_as_the_schema_says(
    check: Execute, folder: Path, validate: Callable[[Mapping[str, Any]], None], arguments: list[str], code: int
) -> None:
    write(folder / "empty.json", {"Statement": []})
    write(
        folder / "odd.json",
        document(
            "Deny",
            NotPrincipal={"AWS": CLERK},
            Condition={"StringEquals": {"aws:CalledVia": "a"}, "ForAnyValue:StringLike": {"aws:CalledVia": []}},
        ),
    )
    run = check(*arguments, "--format", "json")
    assert (run.code, run.err) == (code, "")
    decision = json.loads(run.out)
    validate(decision)
    assert decision["schema_version"] == 1
    assert decision["allowed"] is (code == 0)


def test_json_is_ascii_and_always_the_same(check: Execute, folder: Path) -> None:
    runs = {check("--context", "aws:UserAgent=é", "--format", "json").out for _ in range(3)}
    assert len(runs) == 1
    text = runs.pop()
    assert text.isascii()
    assert text.endswith("}\n")
    assert list(json.loads(text))[:3] == ["schema_version", "outcome", "allowed"]


def test_json_has_no_colours(check: Execute, folder: Path) -> None:
    run = check("--format", "json", "--color", "always")
    assert "\x1b" not in run.out
    assert json.loads(run.out)["outcome"] == "implicit_deny"


def test_lines_are_whole_where_there_is_no_terminal(check: Execute, folder: Path) -> None:
    run = check()
    assert f"User: {ANN} is not authorized to perform: execute-api:Invoke on resource: {PETS} because " in run.out


def test_columns_are_kept_to(check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    run = check("--identity", "denies.json", on=PETS)
    assert max(map(len, run.out.splitlines())) <= 70
    assert f" {PETS} " in run.out.replace("\n", " ")


def test_no_colours_unless_asked_for(check: Execute, folder: Path) -> None:
    for option in ([], ["--color", "auto"], ["--color", "never"]):
        assert "\x1b" not in check("--identity", "allows.json", *option).out


def test_colours_change_nothing_but_colours(check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")  # which an option overrides
    plain = check("--identity", "allows.json", "denies.json").out
    coloured = check("--identity", "allows.json", "denies.json", "--color", "always").out
    assert coloured.startswith("\x1b[1;31mDENY (explicit): a Deny applies in the identity-based policy\x1b[0m\n")
    assert CODES.sub("", coloured) == plain


def test_colours_that_cannot_be_made(check: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    assert check("--color", "always") == (
        2,
        "",
        "execpolicy: error: --color always needs rich, which is not installed\n  pip install 'execpolicy[cli]'\n",
    )
    assert check("--color", "auto").code == 1


class Terminal:
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


@pytest.mark.parametrize(
    ("when", "environment", "expected"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", {}, False),
    ],
)
def test_when_there_are_colours(when: str, environment: dict[str, str], expected: bool) -> None:
    terminal: Any = Terminal()
    assert wants_colour(when, terminal, environment) is expected


def test_a_closed_stream_has_no_colours() -> None:
    assert wants_colour("always", None, {}) is False


def test_auto_does_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    terminal: Any = Terminal()
    assert wants_colour("auto", terminal, {}) is False
    with pytest.raises(UsageError, match=r"^--color always needs rich, which is not installed\n  pip install"):
        wants_colour("always", terminal, {})


@pytest.mark.parametrize(
    ("columns", "expected"), [("72", 72), ("0", None), ("-1", None), ("wide", None), ("", None), ("²", None)]
)
def test_the_width_that_is_told(columns: str, expected: int | None) -> None:
    terminal: Any = Terminal()
    assert width_of(terminal, {"COLUMNS": columns}) == expected
    assert width_of(None, {"COLUMNS": columns}) == expected


def test_a_terminal_has_colours_and_a_width(folder: Path) -> None:
    code, text = on_terminal(*CHECK, "--identity", "denies.json", columns=72)
    assert code == 1
    assert text.startswith("\x1b[1;31mDENY (explicit): ")
    plain = CODES.sub("", text)
    assert f"\nAWS answers   User: {ANN} is not" in plain
    assert '  6 | "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"' in plain
    assert max(map(len, plain.splitlines())) <= 72


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours(folder: Path, environment: dict[str, str]) -> None:
    code, text = on_terminal(*CHECK, environment=environment)
    assert code == 1
    assert text.startswith("DENY (implicit): ")
    assert "\x1b" not in text


def test_a_reader_who_has_gone_changes_no_exit_code(folder: Path) -> None:
    many = [document(Sid=f"S{number}")["Statement"] for number in range(3000)]
    write(folder / "many.json", {"Version": "2012-10-17", "Statement": many})
    command, variables = process(*CHECK, "--identity", "many.json")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(timeout=30) == 0


def test_help_that_nobody_reads(folder: Path) -> None:
    command, variables = process("check", "--help")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(timeout=30) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("option", ["text", "json"])
def test_an_answer_that_cannot_be_written_is_no_allow(folder: Path, option: str) -> None:
    command, variables = process(*CHECK, "--identity", "allows.json", "--format", option)
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=variables, timeout=30, check=False)
    assert run.returncode == 4
    assert run.stderr.decode() == "execpolicy: error: cannot write the output: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_complaint_that_cannot_be_written(folder: Path) -> None:
    command, variables = process(*CHECK, "--identity", "none.json")
    with open("/dev/full", "wb") as full:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, env=variables, timeout=30, check=False)
    assert (run.returncode, run.stdout) == (2, b"")


@pytest.mark.skipif(os.name != "posix", reason="closes a stream as a POSIX shell does")
@pytest.mark.parametrize(
    ("arguments", "closed", "code"),
    [
        (["--identity", "allows.json"], ">&-", 0),
        ([], ">&-", 1),
        (["--identity", "none.json"], "2>&-", 2),
        (["--identity", "allows.json", "--context", "aws:SourceIp=203.0.113.7"], "2>&-", 0),
        (["--identity", "-"], "<&-", 2),
        (["--identity", "none.json", "--color", "always"], ">&- 2>&- <&-", 2),
    ],
)
def test_streams_that_are_closed(folder: Path, arguments: list[str], closed: str, code: int) -> None:
    command, variables = process(*CHECK, *arguments)
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh", *command]
    run = subprocess.run(shell, capture_output=True, env=variables, timeout=30, check=False)
    assert run.returncode == code
    assert b"Traceback" not in run.stderr
    if closed == "2>&-":
        assert (run.stdout == b"") is (code == 2)


def test_an_encoding_that_lacks_characters(folder: Path) -> None:
    write(folder / "allows.json", document(Resource="*", Sid="Katzenfütterung"))
    command, variables = process(*CHECK, "--identity", "allows.json", PYTHONIOENCODING="ascii")
    run = subprocess.run(command, capture_output=True, env=variables, timeout=30, check=False)
    assert run.returncode == 0
    assert b"Allow Katzenf\\xfctterung applies" in run.stdout


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("columns", [60, 80])
def test_the_usage_fits_the_terminal(verb: str, columns: int) -> None:
    code, text = on_terminal(verb, "--no-such-option", columns=columns, environment={"NO_COLOR": "1"})
    *usage, message = text.splitlines()
    assert code == 2
    assert message == f"execpolicy {verb}: error: unrecognized arguments: --no-such-option: its options are in --help"
    assert max(map(len, usage)) <= columns
    _, whole = on_terminal(verb, "--no-such-option", columns=300, environment={"NO_COLOR": "1"})
    assert " ".join(text.split()) == " ".join(whole.split())


def test_wrong_usage_is_coloured() -> None:
    message = "execpolicy: error: argument COMMAND: invalid choice: 'chekc': did you mean check?"
    assert on_terminal("chekc")[1].splitlines()[-1] == f"\x1b[1;31m{message}\x1b[0m"
    assert on_terminal("chekc", environment={"NO_COLOR": "1"})[1].splitlines()[-1] == message
