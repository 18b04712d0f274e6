"""Writes a changed text into the file that it was read from."""

from __future__ import annotations

import os
import stat

from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.document.syntax.files import read_bytes
from execpolicy.errors import ExecPolicyError

_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def change_file(path: str, before: str, after: str) -> None:
    """Write a text in place of the one that a file has, at once: a reader sees the old text or the new one.

    The file behind a symbolic link is changed. Its mode and a byte order mark stay.

    Args:
        path: the file.
        before: the text that was read from it, without a byte order mark.
        after: the text to write.

    Raises:
        ExecPolicyError: the file cannot be written, or has another text by now.
    """
    real, mode, mark = check_file(path, before)
    try:
        _replace(real, (mark + after).encode("utf-8"), mode)
    except OSError as error:
        raise _not_written(path, error) from error


def check_file(path: str, before: str) -> tuple[str, int, str]:
    """Check that a file can be changed, and has the text that was read from it.

    Args:
        path: the file.
        before: the text, without a byte order mark.

    Returns:
        The path of the file behind links, its mode, and its byte order mark or the empty string.

    Raises:
        ExecPolicyError: as ``change_file`` does.
    """
    try:
        real = os.path.realpath(path)
        mode = stat.S_IMODE(os.stat(real).st_mode)
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from error
    if not mode & _WRITABLE or not os.access(real, os.W_OK):
        raise ExecPolicyError(f"cannot write {path!r}: it is read-only", advice="change its permissions")
    text = decode(read_bytes(real), path)
    mark = BOM if text.startswith(BOM) else ""
    if text != mark + before:
        raise ExecPolicyError(f"{path!r} was changed while it was checked", advice="run the command again")
    return real, mode, mark


def _not_written(path: str, error: OSError | ValueError) -> ExecPolicyError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ExecPolicyError(f"cannot write {path!r}: {reason}", advice="check the permissions of its folder")


def _replace(path: str, content: bytes, mode: int) -> None:
    """Write a file beside another one, and put it in its place."""
    from tempfile import mkstemp  # imported with the first file that is changed

    handle, temporary = mkstemp(prefix=f".{os.path.basename(path)}.", dir=os.path.dirname(path))
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
