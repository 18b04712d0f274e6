"""What a command is working on, on one line of standard error that is erased at the end: on a terminal only."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

from execpolicy._base.characters import printable
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.streams import width_of, write_to_standard_error

if TYPE_CHECKING:
    from typing import TextIO

#: How often the line is written, in seconds. Nothing is shown of what takes less time.
_EVERY = 1.0
#: The columns of a line, where the terminal does not say how many it has.
_COLUMNS = 80


class WorkingLine:
    """Shows what is worked on, and for how long.

    Args:
        show: writes text.
        columns: the width of the terminal.
        clock: the time in seconds.
    """

    def __init__(
        self, show: Callable[[str], None], columns: int = _COLUMNS, clock: Callable[[], float] = perf_counter
    ) -> None:
        self._show = show
        self._most = columns - 1
        self._clock = clock
        self._what = ""
        self._started = clock()
        self._shown = 0

    def begin(self, what: str, number: int = 1, total: int = 1) -> None:
        """Say what is worked on from now on.

        Args:
            what: a few words.
            number: which one it is, from 1.
            total: of how many.
        """
        of_all = f"{number} of {total}: " if total > 1 else ""
        self._what, self._started = of_all + printable(what), self._clock()

    def change(self, what: str) -> None:
        """Say more of what is worked on since it began.

        Args:
            what: a few words.
        """
        self._what = printable(what)

    def update(self) -> None:
        """Write the line over itself, once it is known what is worked on."""
        if not self._what:
            return
        took = f" … {int(self._clock() - self._started)} s"
        text = self._what[: max(0, self._most - len(took))] + took
        self._show(f"\r{text:<{self._shown}}")
        self._shown = len(text)

    def erase(self) -> None:
        """Remove the line."""
        if self._shown:
            self._show("\r" + " " * self._shown + "\r")
            self._shown = 0


def is_wanted(arguments: argparse.Namespace, stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether somebody sees the line: on a terminal that can erase it, not with ``--quiet``, and not in CI."""
    if arguments.quiet or stream is None or not stream.isatty():
        return False
    return not environment.get("CI") and environment.get("TERM") != "dumb"


@contextmanager
def working_line(arguments: argparse.Namespace) -> Iterator[WorkingLine]:
    """The line, while something is worked on; nothing else may be written meanwhile."""
    if not is_wanted(arguments, sys.stderr, os.environ):
        yield WorkingLine(lambda _: None)
        return
    from threading import Event, Thread

    line, ended = WorkingLine(write_to_standard_error, width_of(sys.stderr) or _COLUMNS), Event()

    def run() -> None:
        while not ended.wait(_EVERY):
            line.update()

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        ended.set()
        thread.join()
        line.erase()
