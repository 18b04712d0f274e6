"""What counts calls of a log besides their changes: some by themselves, the others of their group by their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replay_counts import TimesOfCalls
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call


class CountedCalls(Protocol):
    """Calls of lines of one key, of which one is counted by itself; the others differ in nothing that is counted."""

    @property
    def needs_call(self) -> bool:
        """Whether the next of these calls is counted by itself, because it is shown."""

    def add_more(self, number: int, times: TimesOfCalls) -> None:
        """Count more of these calls, none of which is shown.

        Args:
            number: how many calls.
            times: the times of the first and the last of them.
        """


class CallCounter(Protocol):
    """Counts calls that are replayed."""

    def add(self, line: LogLine, call: Call, found: ReplayedCall) -> CountedCalls:
        """Count a call by itself.

        Args:
            line: its line of the log.
            call: the call.
            found: its change.

        Returns:
            What counts more calls of lines of its key.
        """
