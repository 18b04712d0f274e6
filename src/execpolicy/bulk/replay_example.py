"""A call of a log as a result shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

#: The calls of a group that are shown.
MOST_EXAMPLES: Final = 3


class ReplayExample(NamedTuple):
    """A call of a group.

    Attributes:
        place: the file and the line of the log.
        time: the time of the call, in UTC; None if the log does not say it.
        method: the method.
        path: the path that was sent, if raw values are shown; else empty.
        source: the network of the client, or its address if raw values are shown; empty if the log does not say it.
    """

    place: str
    time: datetime | None
    method: str
    path: str
    source: str
