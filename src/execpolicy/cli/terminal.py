"""Writes results and errors for the terminal: its width and its colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.streams import width_of, write, write_error, write_to_standard_error
from execpolicy.errors import Diagnostic, UsageError
from execpolicy.render.formats import DEFAULT_FORMAT, FORMATS, PrintableResult, lines_to_text

if TYPE_CHECKING:
    from typing import TextIO

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


def write_errors(faults: Iterable[Diagnostic], command: str, colour: str | None = None) -> None:
    """Write errors to standard error. An error without a place begins with the name of the command.

    Args:
        faults: the errors.
        command: the command with its verb.
        colour: when to write with colours, as for ``wants_colour``; ``auto`` by default.
    """
    paints = wants_colour(AUTO if colour is None else colour, sys.stderr) if colour != ALWAYS or _has_rich() else False
    for fault in faults:
        text = str(fault)
        text = text if fault.place else f"{command}: error: {text}"
        if paints:
            _write_painted(text)
        else:
            write_error(text)


def _write_painted(text: str) -> None:
    """Write one error in colours: the message, the line of the text, the carets under it, and the advice."""
    from execpolicy.render.colour import coloured
    from execpolicy.render.styled_line import styled_line

    lines = []
    for number, line in enumerate(text.split("\n")):
        gutter, bar, rest = line.partition(" | ")
        if number == 0:
            lines.append(styled_line(("explicit_deny", printable(line))))
        elif bar and not gutter.strip(" 0123456789"):
            is_caret = not rest.strip(" ^")
            lines.append(styled_line(("gutter", gutter + bar), ("caret" if is_caret else "source", printable(rest))))
        else:
            lines.append(styled_line(("advice", printable(line))))
    write_to_standard_error(coloured(lines))
