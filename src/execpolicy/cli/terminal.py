"""Where answers go: how wide, in which colours, and what happens when nobody reads them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TextIO

from execpolicy.document.syntax.wording import printable
from execpolicy.errors import Diagnostic, UsageError
from execpolicy.render.styled_line import StyledLine

AUTO, ALWAYS, NEVER = "auto", "always", "never"


def wants_colour(when: str, stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write in colour.

    Args:
        when: ``auto`` for a terminal that takes colours, unless NO_COLOR is set; ``always``; ``never``.
        stream: where to.
        environment: the variables of the environment.

    Raises:
        UsageError: colours are asked for, and rich is not there to make them.
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
    """The columns there are: COLUMNS where it is set, else those of a terminal; None, no limit, for anything else."""
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
    """Make both streams write a character that their encoding lacks as an escape, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


class OutputError(Exception):
    """The answer cannot be written; the message says why."""


def write(text: str) -> None:
    """Write to standard output. A reader who has gone is no error: the exit code still tells the answer.

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
        raise OutputError(f"cannot write the answer: {error.strerror or error}") from error


def write_lines(lines: Iterable[StyledLine], *, colour: bool) -> None:
    """Write lines to standard output.

    Raises:
        OutputError: as ``write`` does.
    """
    if colour:
        from execpolicy.render.colour import coloured

        write(coloured(lines))
    else:
        write("".join(f"{line.text}\n" for line in lines))


def finish_output() -> None:
    """Write what waits; what cannot be written is dropped, for Python would end with an exit code of its own."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except OSError:
                _drop(stream)


def _drop(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_error(message: str) -> None:
    """Write lines to standard error, with nothing in them that a terminal might obey."""
    if sys.stderr is not None:
        with suppress(OSError):  # there is nobody left to tell
            sys.stderr.write("".join(f"{printable(line)}\n" for line in message.split("\n")))
            sys.stderr.flush()


def write_errors(faults: Iterable[Diagnostic], command: str) -> None:
    """Write everything that is wrong to standard error; what has no place names the command instead."""
    for fault in faults:
        text = str(fault)
        write_error(text if fault.place else f"{command}: error: {text}")
