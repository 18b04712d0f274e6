"""The calls and the times of a replay, in words and as plain data."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from execpolicy._base.characters import printable
from execpolicy.bulk.replay_example import ReplayExample


def period_of(first: datetime | None, last: datetime | None, zone: tzinfo) -> str:
    """A period in words; empty if no time is known."""
    if first is None or last is None:
        return ""
    if first == last:
        return time_text(first, zone)
    return f"{time_text(first, zone)} to {time_text(last, zone)}"


def time_text(time: datetime, zone: tzinfo) -> str:
    """A time in a zone, with the difference from UTC; Z is none."""
    return time.astimezone(zone).isoformat(sep=" ", timespec="seconds").replace("+00:00", "Z")


def example_words(example: ReplayExample, zone: tzinfo) -> str:
    """A call of a group in words."""
    what = f"{example.method} {example.path}".rstrip()
    source = f" from {example.source}" if example.source else ""
    time = f" at {time_text(example.time, zone)}" if example.time is not None else ""
    return f"{example.place}: {what}{source}{time}"


def time_data(time: datetime | None) -> str | None:
    """A time as data, in UTC."""
    return None if time is None else time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def example_data(example: ReplayExample) -> dict[str, Any]:
    """A call as data."""
    return {
        "place": printable(example.place),
        "time": time_data(example.time),
        "method": example.method,
        "path": example.path or None,
        "source": example.source or None,
    }
