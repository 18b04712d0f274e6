"""Only regular files are read: nothing waits for a pipe, and no device is opened."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from execpolicy import Api, ExecPolicyError, Policy
from execpolicy.document.policy_file import load_policy
from execpolicy.document.syntax.files import read_bytes, read_text
from execpolicy.testing import load_cases

pytestmark = [
    pytest.mark.rule("POL-11"),
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes"),
]

LOADS: list[Callable[[str], object]] = [
    lambda path: Policy.load(path, kind="identity"),
    lambda path: load_policy(path, "identity"),
    Api.load,
    load_cases,
]


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("linked", [False, True])
def test_a_named_pipe_is_refused(load: Callable[[str], object], tmp_path: Path, linked: bool) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    path = pipe
    if linked:
        path = tmp_path / "link.json"
        path.symlink_to(pipe)
    with pytest.raises(ExecPolicyError) as caught:
        load(str(path))
    assert caught.value.message.endswith(": it is a named pipe, expected a regular file")


@pytest.mark.parametrize("load", LOADS)
def test_a_device_is_refused(load: Callable[[str], object]) -> None:
    with pytest.raises(ExecPolicyError, match=": it is a device, expected a regular file"):
        load("/dev/zero")


@pytest.mark.parametrize("load", LOADS)
def test_a_folder_is_refused(load: Callable[[str], object], tmp_path: Path) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        load(str(tmp_path))
    assert caught.value.message == f'cannot read "{tmp_path}": it is a directory, expected a regular file'
    assert caught.value.advice == "name a file in it"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(ExecPolicyError, match="it is a socket, expected a regular file"):
            read_bytes("s")


@pytest.mark.parametrize(
    ("mode", "what"),
    [(stat.S_IFBLK, "a device"), (0, "a file of an unknown kind"), (stat.S_IFIFO, "a named pipe")],
)
def test_a_file_that_becomes_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, what: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text("{}", "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", lambda _: os.stat_result((mode, *[0] * 9)))
        with pytest.raises(ExecPolicyError, match=f"it is {what}, expected a regular file") as caught:
            read_bytes(str(file))
    cause = caught.value.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.EINVAL
    assert caught.value.advice == "check the path"


def test_a_regular_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.json", tmp_path / "b.json"
    file.write_bytes(b"{}\r\n")
    link.symlink_to(file)
    assert read_bytes(str(file)) == read_bytes(str(link)) == b"{}\r\n"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a\0b", 'cannot read "a\\x00b": embedded null byte'),
        ("none.json", 'cannot read "none.json": No such file or directory'),
        ('a"b', 'cannot read "a\\"b": No such file or directory'),
        ("n" * 1000, f'cannot read "{"n" * 239}…": File name too long'),
    ],
)
def test_what_is_no_file_is_refused(path: str, message: str) -> None:
    for read in (read_bytes, read_text, *LOADS):
        with pytest.raises(ExecPolicyError) as caught:
            read(path)
        assert (caught.value.message, caught.value.advice) == (message, "check the path")
