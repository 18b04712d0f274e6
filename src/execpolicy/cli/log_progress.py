"""Shows how much of the logs a command has read: how many lines a second, and of files which part and how long yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from execpolicy.bulk.reading_progress import ReadingProgress
from execpolicy.cli.working_line import WorkingLine

#: The least time by which something is divided, in seconds.
_LEAST = 0.001
_MINUTE, _HOUR = 60, 3600
#: Seconds are shown by tens: the end is not known more closely.
_TENS = 10


class LogProgress(ReadingProgress):
    """Writes the line that says how much is read.

    Args:
        working: the line.
        done: what is done with lines, in a word.
        size: the bytes of all files; None if one of them has no known size, as standard input.
        passes: how often they are read.
        clock: the time in seconds.
    """

    def __init__(
        self,
        working: WorkingLine,
        done: str,
        size: int | None,
        *,
        passes: int = 1,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._working = working
        self._done = done
        self._size = size or 0
        self._passes = passes
        self._clock = clock
        #: The number of passes before this one.
        self._passed = -1
        #: When the first pass began, and this one.
        self._started = self._pass_started = 0.0
        #: What another run counted.
        self._lines = self._skipped = 0

    def begin(self, lines: int, size: int) -> None:
        """Begin a pass; the first one may go on after what another run counted."""
        self._passed += 1
        self._pass_started = self._clock()
        self._lines = lines
        if not self._passed:
            self._started, self._skipped = self._pass_started, size

    def update(self, lines: int, size: int) -> None:
        """Write how much is read so far."""
        self._working.change(", ".join(self._words(lines, size)))

    def _words(self, lines: int, size: int) -> Iterator[str]:
        now = self._clock()
        rate = (lines - self._lines) / max(now - self._pass_started, _LEAST)
        yield f"{lines} lines {self._done}"
        yield f"{rate:.0f} a second"
        whole = self._size * self._passes
        read = self._size * self._passed + min(size, self._size)
        if not whole:
            return
        yield f"{100 * read // whole} % done"
        if self._skipped < read < whole:
            remaining = (now - self._started) * (whole - read) / (read - self._skipped)
            yield f"about {time_in_words(remaining)} left"


def time_in_words(seconds: float) -> str:
    """A time that is known about.

    >>> time_in_words(3), time_in_words(44), time_in_words(125), time_in_words(4000)
    ('10 s', '50 s', '3 min', '1 h 7 min')
    """
    tens = -int(-seconds // _TENS) * _TENS
    if tens < _MINUTE:
        return f"{max(tens, _TENS)} s"
    minutes = -int(-seconds // _MINUTE)
    if minutes < _HOUR // _MINUTE:
        return f"{minutes} min"
    return f"{minutes // _MINUTE} h {minutes % _MINUTE} min"
