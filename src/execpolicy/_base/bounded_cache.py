"""Caches with a limit: memory does not grow with the number of distinct requests."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K")
    V = TypeVar("V")

#: The maximum number of entries of a cache.
MAX_ENTRIES = 1024
#: Longer texts are not used as keys.
MAX_KEY_LENGTH = 128


def store(cache: dict[K, V], key: K, value: V) -> V:
    """Add a value to a cache and return the value; a full cache is emptied first.

    Reading takes no lock: an entry is complete before it is stored, and does not change afterwards. Two threads may
    both compute the same entry, with equal results.
    """
    if len(cache) >= MAX_ENTRIES:
        cache.clear()
    cache[key] = value
    return value
