"""Only regular files are read: nothing waits for a pipe, and no device is opened."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, ExecPolicyError, Policy
from execpolicy.document.policy_file import load_policy
from execpolicy.document.syntax.regular_file import read_regular_file
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
    with pytest.raises(ExecPolicyError, match=": Is a directory"):
        load(str(tmp_path))


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(OSError, match="it is a socket, expected a regular file"):
            read_regular_file("s")


@pytest.mark.parametrize(
    ("mode", "what"),
    [(stat.S_IFBLK, "a device"), (0, "no file of a kind that is known"), (stat.S_IFIFO, "a named pipe")],
)
def test_a_file_that_becomes_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, what: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text("{}")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", lambda _: os.stat_result((mode, *[0] * 9)))
        with pytest.raises(OSError, match=f"it is {what}, expected a regular file") as caught:
            read_regular_file(str(file))
    assert caught.value.errno == errno.EINVAL


def test_a_regular_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "a.json", tmp_path / "b.json"
    file.write_bytes(b"{}\r\n")
    link.symlink_to(file)
    assert read_regular_file(str(file)) == read_regular_file(str(link)) == b"{}\r\n"


def test_what_is_no_path_is_a_value_error() -> None:
    nul: Any = "a\0b"
    with pytest.raises(ValueError, match="null"):
        read_regular_file(nul)
