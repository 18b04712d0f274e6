"""Writes reports to files."""

from __future__ import annotations

import os

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.streams import OutputError


def check_writable(inputs: Inputs, path: str | None, option: str) -> None:
    """Report a file that cannot be written, before the run."""
    if path is None:
        return
    folder = os.path.dirname(path) or os.curdir
    if not path or os.path.isdir(path):
        inputs.report(f"{option}: cannot write {path!r}: it is not the name of a file", advice="name a file")
    elif not os.path.isdir(folder):
        inputs.report(f"{option}: cannot write {path!r}: there is no directory {folder!r}", advice="create it first")
    elif not os.access(path if os.path.exists(path) else folder, os.W_OK):
        inputs.report(f"{option}: cannot write {path!r}: permission denied", advice="name another file")


def write_report(path: str, text: str) -> None:
    """Write a report.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputError(f"cannot write {path!r}: {reason}") from error
