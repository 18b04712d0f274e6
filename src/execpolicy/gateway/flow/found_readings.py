"""What other readings of AWS's pages say of a call: found when it is first read, because the gates run again for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from execpolicy.gateway.flow.lazy_text import LazyText, text_of


class ReadingResults(NamedTuple):
    """Notes on the response, and the rules by whose other reading the outcome is another one."""

    notes: Sequence[str] = ()
    assumed: Sequence[str] = ()


class FoundReadings:
    """The results of other readings, which ``find`` finds."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], ReadingResults]) -> None:
        self._find = find
        self._found: ReadingResults | None = None

    @property
    def results(self) -> ReadingResults:
        """The results, found once."""
        found = self._found
        if found is None:
            # Two threads may both find them: they are equal, and the last ones stay.
            self._found = found = self._find()
        return found


def notes_of(notes: Iterable[LazyText | FoundReadings]) -> Iterator[str]:
    """The notes themselves, in order. A note that is empty, once it is made, is none."""
    for note in notes:
        if isinstance(note, FoundReadings):
            yield from note.results.notes
        elif text := text_of(note):
            yield text


def rules_of(assumed: Iterable[str | FoundReadings]) -> Iterator[str]:
    """The assumed rules themselves."""
    for rule in assumed:
        if isinstance(rule, FoundReadings):
            yield from rule.results.assumed
        else:
            yield rule
