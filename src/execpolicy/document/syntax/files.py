"""The bytes and the text of a file. Only regular files are read, so that nothing waits for a pipe or a device."""

from __future__ import annotations

import errno
import os
import stat

from execpolicy.document.syntax.encoding import decode
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
#: Opening must not wait, nor make a terminal the controlling one. Windows has neither flag, but needs O_BINARY.
_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
#: A path is cut to this many characters in a message: a document given as a path may be long.
_PATH_WIDTH = 240


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file, and at most one more than a document may have.

    Args:
        path: the file; a symbolic link is followed.

    Raises:
        ExecPolicyError: it cannot be read, or is not a regular file; ``__cause__`` is the OSError or ValueError.
    """
    try:
        return _read(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        advice = "name a file in it" if isinstance(error, IsADirectoryError) else "check the path"
        raise ExecPolicyError(f"cannot read {quoted(path, _PATH_WIDTH)}: {reason}", advice=advice) from error


def read_text(path: str) -> str:
    """The text of a regular file.

    Raises:
        ExecPolicyError: it cannot be read.
        PolicySyntaxError: it is not UTF-8, or too long.
    """
    return decode(read_bytes(path), path)


def _read(path: str) -> bytes:
    _check(os.stat(path).st_mode)
    with open(os.open(path, _FLAGS), "rb") as file:
        # The path may name another file by now.
        _check(os.fstat(file.fileno()).st_mode)
        return file.read(MAX_DOCUMENT + 1)


def _check(mode: int) -> None:
    if not stat.S_ISREG(mode):
        what = next((words for is_kind, words in _KINDS if is_kind(mode)), "a file of an unknown kind")
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(code, f"it is {what}, expected a regular file")
