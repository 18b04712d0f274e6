"""What counts calls of a log besides their changes: some by themselves, the others of their group by their number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replay_counts import TimesOfCalls
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call


class CountedCalls(ABC):
    """Calls of lines of one key, of which one is counted by itself; the others differ in nothing that is counted."""

    __slots__ = ()

    @property
    def needs_call(self) -> bool:
        """Whether the next of these calls is counted by itself, because it is shown."""
        return False

    @abstractmethod
    def add_more(self, number: int, times: TimesOfCalls) -> None:
        """Count more of these calls, none of which is shown.

        Args:
            number: how many calls.
            times: the times of the first and the last of them.
        """

    def add_sources(self, sources: Iterable[str | None]) -> None:  # noqa: B027  # most counters do not want them
        """Take the sources of more of these calls; only where the counter wants them.

        Args:
            sources: the networks of their clients, or the addresses; None for one that the log does not have.
        """


class CallCounter(ABC):
    """Counts calls that are replayed."""

    #: Whether the sources of all calls are wanted.
    wants_sources: bool = False

    @abstractmethod
    def add(self, line: LogLine, call: Call, found: ReplayedCall) -> CountedCalls:
        """Count a call by itself.

        Args:
            line: its line of the log.
            call: the call.
            found: its change.

        Returns:
            What counts more calls of lines of its key.
        """
