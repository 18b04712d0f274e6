"""The progress of a run: a dot for each case on a terminal, a line for each file otherwise."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from execpolicy.document.syntax.wording import printable
from execpolicy.render.excerpt import cells
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.testing.report.as_text import FAILED, PASSED, headline
from execpolicy.testing.report.model import FileReport
from execpolicy.testing.run.result import CaseResult

#: The interval in which dots are written, in seconds: writing a dot takes longer than a case.
_EVERY = 0.05
#: The minimum number of dots on a line.
_LEAST = 10

#: Writes a line.
WriteLine = Callable[[StyledLine], None]


class Progress:
    """Receives the files and results of a run. This base class writes nothing."""

    def begin(self, name: str) -> None:
        """The run of a file begins."""

    def add(self, result: CaseResult) -> None:
        """A case was run."""

    def end(self, file: FileReport) -> None:
        """The run of a file ends."""

    def stop(self) -> None:
        """An internal error occurred in a case: end the current line."""


class FileLines(Progress):
    """A line for each file, with its counts."""

    def __init__(self, write: WriteLine) -> None:
        self._write = write

    def end(self, file: FileReport) -> None:
        passed = len(file.ran) - file.failed
        counts = [(PASSED if not file.failed else "", f"{passed} passed")]
        if file.failed:
            counts[:0] = [(FAILED, f"{file.failed} failed"), ("", ", ")]
        self._write(styled_line(("heading", f"{printable(file.name)}: "), *counts))


class CaseLines(Progress):
    """A line for each case."""

    def __init__(self, write: WriteLine) -> None:
        self._write = write

    def add(self, result: CaseResult) -> None:
        self._write(headline(result))


class CaseDots(Progress):
    """The name of each file with a dot for each case, an F for each failure, and a count at the end of the line.

    Args:
        show: writes text.
        paint: adds the colours of a style to a text.
        width: the width of the terminal in columns.
        total: the number of all cases.
    """

    def __init__(self, show: Callable[[str], None], paint: Callable[[str, str], str], width: int, total: int) -> None:
        self._show = show
        self._marks = {True: paint(PASSED, "."), False: paint(FAILED, "F")}
        self._digits = len(str(total))
        self._total = total
        self._done = 0
        # The last column is not used: some terminals wrap there.
        self._dots_width = max(_LEAST, width - 1 - len(self._count()))
        self._column = 0
        self._waiting: list[str] = []
        self._shown_at = 0.0

    def begin(self, name: str) -> None:
        name = printable(name)
        self._column = cells(name) + 1
        if self._column + _LEAST > self._dots_width:
            self._column = 0
        self._waiting.append(f"{name} " if self._column else f"{name}\n")

    def add(self, result: CaseResult) -> None:
        if self._column >= self._dots_width:
            self._waiting.append(f"{self._count()}\n")
            self._column = 0
        self._waiting.append(self._marks[result.passed])
        self._column += 1
        self._done += 1
        now = perf_counter()
        if now - self._shown_at > _EVERY:
            self._flush(now)

    def end(self, file: FileReport) -> None:
        self._waiting.append(f"{' ' * (self._dots_width - self._column)}{self._count()}\n")
        self._flush(perf_counter())

    def stop(self) -> None:
        self._waiting.append("\n")
        self._flush(perf_counter())

    def _count(self) -> str:
        return f" [{self._done:>{self._digits}}/{self._total}]"

    def _flush(self, now: float) -> None:
        self._show("".join(self._waiting))
        self._waiting.clear()
        self._shown_at = now


class CountLine:
    """A count that overwrites itself, and is erased at the end."""

    def __init__(self, show: Callable[[str], None], what: str) -> None:
        self._show = show
        self._what = what
        self._shown_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are done."""
        text = f"{self._what}: {done}/{total}"
        now = perf_counter()
        if done == total:
            self._show("\r" + " " * len(text) + "\r")
        elif now - self._shown_at > _EVERY:
            self._show("\r" + text)
            self._shown_at = now
