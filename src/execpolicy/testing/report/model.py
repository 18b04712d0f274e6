"""The result of a run and its case files, for all report formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from execpolicy.errors import Diagnostic
from execpolicy.testing.run.result import CaseResult


class TimedResult(NamedTuple):
    """The result of an item, with the time that it took in seconds."""

    result: CaseResult
    seconds: float


class FileReport(NamedTuple):
    """A case file: its title and results, or its errors if it cannot be used."""

    name: str
    title: str = ""
    ran: Sequence[TimedResult] = ()
    faults: Sequence[Diagnostic] = ()

    @property
    def failed(self) -> int:
        """The number of items that failed."""
        return sum(not ran.result.passed for ran in self.ran)

    @property
    def seconds(self) -> float:
        """The time that its items took, in seconds."""
        return sum(ran.seconds for ran in self.ran)


class RunReport(NamedTuple):
    """A run: its files in order, the number of items that did not run, and the time in seconds.

    ``deselected`` counts the items that an expression did not select, ``not_run`` those after the run was stopped.
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
        """The number of items that were run."""
        return sum(len(file.ran) for file in self.files)

    @property
    def failed(self) -> int:
        """The number of items that failed."""
        return sum(file.failed for file in self.files)

    @property
    def passed(self) -> int:
        """The number of items that passed."""
        return self.ran - self.failed

    @property
    def unusable(self) -> int:
        """The number of files that cannot be used."""
        return sum(bool(file.faults) for file in self.files)
