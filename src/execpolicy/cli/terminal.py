"""Writes to standard output and standard error: width, colours, and streams that cannot be written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TextIO

from execpolicy.document.syntax.wording import printable
from execpolicy.errors import Diagnostic, UsageError
from execpolicy.render.formats import DEFAULT_FORMAT, FORMATS, PrintableResult, lines_to_text
from execpolicy.render.styled_line import StyledLine

AUTO, ALWAYS, NEVER = "auto", "always", "never"


def wants_colour(when: str, stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write with colours.

    Args:
        when: ``auto`` (on a terminal with colours, unless NO_COLOR is set), ``always`` or ``never``.
        stream: the stream to write to.
        environment: the variables of the environment.

    Raises:
        UsageError: ``when`` is ``always`` and rich is not installed.
    """
    if when == NEVER or stream is None:
        return False
    if when == AUTO:
        is_plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        return not is_plain and stream.isatty() and _has_rich()
    if not _has_rich():
        raise UsageError("--color always needs rich, which is not installed", advice="pip install 'execpolicy[cli]'")
    return True


def _has_rich() -> bool:
    from importlib.util import find_spec

    return find_spec("rich") is not None


def width_of(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> int | None:
    """The width in columns: COLUMNS if it is set, else that of the terminal; None, without a limit, otherwise."""
    columns = environment.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    if stream is None or not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
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


def write_lines(lines: Iterable[StyledLine], *, colour: bool) -> None:
    """Write lines to standard output.

    Raises:
        OutputError: as ``write`` does.
    """
    write(lines_to_text(lines, colour))


def write_result(result: PrintableResult, form: str | None, *, colour: bool) -> None:
    """Write a result to standard output in the format that is named, or in the default format.

    Raises:
        OutputError: as ``write`` does.
    """
    write(FORMATS[form or DEFAULT_FORMAT](result, width_of(sys.stdout), colour))


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
    if sys.stderr is not None:
        with suppress(OSError):  # standard error is closed
            sys.stderr.write("".join(f"{printable(line)}\n" for line in message.split("\n")))
            sys.stderr.flush()


def write_errors(faults: Iterable[Diagnostic], command: str) -> None:
    """Write errors to standard error. An error without a place begins with the name of the command."""
    for fault in faults:
        text = str(fault)
        write_error(text if fault.place else f"{command}: error: {text}")
