"""The time zone of ``--tz``."""

from __future__ import annotations

from datetime import UTC, tzinfo

from execpolicy.errors import UsageError


def zone_of(name: str | None) -> tzinfo:
    """The time zone of a name; UTC without one.

    Raises:
        UsageError: there is no such zone.
    """
    if name is None:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise UsageError(f"--tz: found {name!r}, expected a time zone", advice="such as Europe/Berlin") from error
