"""What became of the case files of a run: what every report tells, each in its own form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from execpolicy.errors import Diagnostic
from execpolicy.testing.run.result import CaseResult


class TimedResult(NamedTuple):
    """An item that was run, and how many seconds it took."""

    result: CaseResult
    seconds: float


class FileReport(NamedTuple):
    """A case file: its title and the items that were run; or, where it cannot be used, what is wrong with it."""

    name: str
    title: str = ""
    ran: Sequence[TimedResult] = ()
    faults: Sequence[Diagnostic] = ()

    @property
    def failed(self) -> int:
        """How many items failed."""
        return sum(not ran.result.passed for ran in self.ran)

    @property
    def seconds(self) -> float:
        """How long its items took."""
        return sum(ran.seconds for ran in self.ran)


class RunReport(NamedTuple):
    """A run: its files in order, how many items were left out, and how long all of it took.

    ``deselected`` counts the items that a selection left out, ``not_run`` those left when the run was stopped.
    """

    files: Sequence[FileReport]
    seconds: float
    deselected: int = 0
    not_run: int = 0

    def results(self) -> Iterator[CaseResult]:
        """The results of all files, in order."""
        return (ran.result for file in self.files for ran in file.ran)

    @property
    def ran(self) -> int:
        """How many items were run."""
        return sum(len(file.ran) for file in self.files)

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(file.failed for file in self.files)

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return self.ran - self.failed

    @property
    def unusable(self) -> int:
        """How many files cannot be used."""
        return sum(bool(file.faults) for file in self.files)
