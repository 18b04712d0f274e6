"""Standard output and standard error: their width, and text for them, which may be closed or unable to encode it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def width_of(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> int | None:
    """The width in columns: COLUMNS if it is set, else that of the terminal; None, without a limit, otherwise."""
    columns = environment.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    if stream is None:
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError):
        return None


def escape_unencodable() -> None:
    """Make both streams write a character that their encoding lacks as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


class OutputError(Exception):
    """The output cannot be written; the message says why."""


def write(text: str) -> None:
    """Write to standard output. A closed pipe is no error: the exit code still gives the outcome.

    Raises:
        OutputError: it cannot be written, as on a full disk.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(sys.stdout)
    except OSError as error:
        _drop(sys.stdout)
        raise OutputError(f"cannot write the output: {error.strerror or error}") from error


def finish_output() -> None:
    """Flush both streams. What cannot be written is dropped: Python would exit with its own exit code otherwise."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                _drop(stream)


def _drop(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_error(message: str) -> None:
    """Write lines to standard error, with control characters escaped."""
    write_to_standard_error("".join(f"{printable(line)}\n" for line in message.split("\n")))


def write_to_standard_error(text: str) -> None:
    """Write a text to standard error, which may be closed."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # standard error is closed
