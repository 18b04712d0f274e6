"""Reading of files: regular ones alone, so that nothing waits for a pipe or a device."""

from __future__ import annotations

import errno
import os
import stat

from execpolicy.document.syntax.nodes import MAX_DOCUMENT

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
#: Opening must not wait, nor take over a terminal. Windows has neither flag, and text files of its own.
_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))


def read_regular_file(path: str) -> bytes:
    """The bytes of a file, and at most one more than a document may have.

    Args:
        path: the file; a symbolic link is followed.

    Raises:
        OSError: it cannot be read, or is no regular file: ``strerror`` says what it is.
        ValueError: it is no path.
    """
    _check(path, os.stat(path).st_mode)
    with open(os.open(path, _FLAGS), "rb") as file:
        # By now it may be another one.
        _check(path, os.fstat(file.fileno()).st_mode)
        return file.read(MAX_DOCUMENT + 1)


def _check(path: str, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    what = next((words for is_kind, words in _KINDS if is_kind(mode)), "no file of a kind that is known")
    raise OSError(errno.EINVAL, f"it is {what}, expected a regular file", path)
