"""Writes reports to files."""

from __future__ import annotations

import os

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.streams import OutputError


def check_writable(inputs: Inputs, path: str | None, option: str) -> None:
    """Report a file that cannot be written, before the run."""
    if path is None:
        return
    folder = _existing(os.path.dirname(path))
    if not path or os.path.isdir(path):
        inputs.report(f"{option}: cannot write {path!r}: it is not the name of a file", advice="name a file")
    elif not os.path.isdir(folder):
        inputs.report(f"{option}: cannot write {path!r}: {folder!r} is not a directory", advice="name another file")
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):
        inputs.report(f"{option}: cannot write {path!r}: permission denied", advice="name another file")


def check_new(inputs: Inputs, path: str | None, option: str) -> None:
    """Report a file that cannot be written, or that exists: it may have cases that the user wrote."""
    check_writable(inputs, path, option)
    if path and os.path.isfile(path):
        inputs.report(f"{option}: {path!r} exists already", advice="name a new file, or remove this one")


def _existing(folder: str) -> str:
    """The folder, or the nearest one above it that exists."""
    while folder and not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    return folder or os.curdir


def write_report(path: str, text: str) -> None:
    """Write a report, and create the folders of its file.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    try:
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputError(f"cannot write {path!r}: {reason}") from error
