"""Truth values with unknown, and how they are combined."""

from __future__ import annotations

from collections.abc import Iterable

#: True, False, or None for unknown (KEY-4).
Truth = bool | None


def kleene_any(truths: Iterable[Truth]) -> Truth:
    """True if one is true; unknown if none is and one may be."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def kleene_all(truths: Iterable[Truth]) -> Truth:
    """False if one is false; unknown if none is and one may be."""
    unknown = False
    for truth in truths:
        if truth is None:
            unknown = True
        elif not truth:
            return False
    return None if unknown else True


def kleene_not(truth: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if truth is None else not truth
