"""The limits on a run of a function, and how the process that ran it ended."""

from __future__ import annotations

from typing import Any, NamedTuple


class Limits(NamedTuple):
    """The limits of one run: seconds, bytes of the answer, and bytes of what the function prints."""

    seconds: float = 10.0
    #: Lambda itself refuses a longer answer.
    answer: int = 6 * 1024 * 1024
    printed: int = 1024 * 1024


class ChildRun(NamedTuple):
    """How the process ended: its answer, if it gave one, what the function printed, and the limit that it exceeded.

    Attributes:
        answer: the object that the child wrote; None if it wrote none.
        printed: the text that the function wrote to standard output and standard error.
        exceeded: ``time``, ``answer`` or ``printed``; empty if no limit was exceeded.
        code: the exit code.
    """

    answer: dict[str, Any] | None
    printed: str
    exceeded: str
    code: int
