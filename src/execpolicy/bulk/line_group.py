"""Lines of a log that nothing tells apart: the change of their calls, and those that are not counted yet (LOG-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.replay_result import CallChange, NotReplayed

if TYPE_CHECKING:
    from execpolicy.bulk.call_row import CallRow
    from execpolicy.bulk.counted_calls import CountedCalls
    from execpolicy.bulk.replay_counts import CountedGroup, ReplayCounts, TimesOfCalls
    from execpolicy.bulk.replayed_call import ReplayedCall

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LineGroup:
    """Lines of one key: the change of their calls, or why they are not replayed; and those that are not counted yet.

    Args:
        found: the change of their calls, or why they are not replayed.
        is_begun: whether none of their calls has to be counted by itself.
    """

    __slots__ = ("first", "found", "group", "is_begun", "last", "more", "others", "row")

    def __init__(self, found: ReplayedCall | NotReplayed, *, is_begun: bool) -> None:
        self.found = found
        self.is_begun = is_begun
        #: The group of the result to which its calls belong; None if nothing changes.
        self.group: CountedGroup | None = None
        #: What counts the same calls besides.
        self.others: Sequence[CountedCalls] = ()
        #: What a table says of them; None as long as it is not known.
        self.row: CallRow | None = None
        self.more = 0
        self.first: int | None = None
        self.last: int | None = None

    @property
    def needs_call(self) -> bool:
        """Whether its next line is to be read as a call, because it is shown or because its group is not known."""
        if not self.is_begun or (self.group is not None and self.group.needs_examples):
            return True
        return any(each.needs_call for each in self.others)

    @property
    def changes(self) -> bool:
        """Whether its calls change, or may change."""
        return not isinstance(self.found, NotReplayed) and self.found.change is not CallChange.UNCHANGED

    def add(self, number: int, first: int | None, last: int | None) -> None:
        """Keep the number of lines that are not counted yet, with the times of the first and the last of them."""
        self.more += number
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last

    def add_sources(self, sources: Iterable[str | None]) -> None:
        """Give what counts its calls the sources of some of them."""
        for each in self.others:
            each.add_sources(sources)

    def count(self, counts: ReplayCounts) -> None:
        """Count the lines that are not counted yet."""
        if isinstance(self.found, NotReplayed) or not self.more:
            return
        times = times_of(self.first, self.last)
        counts.add_more(self.found, self.group, self.more, times)
        for each in self.others:
            each.add_more(self.more, times)
        self.more, self.first, self.last = 0, None, None


def times_of(first: int | None, last: int | None) -> TimesOfCalls:
    """Two times in milliseconds since 1970, as times in UTC."""
    begin, end = (None if each is None else _EPOCH + timedelta(milliseconds=each) for each in (first, last))
    return begin, end
