"""Bounded tables of what was found out: memory does not grow with traffic."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    K = TypeVar("K")
    V = TypeVar("V")

#: As many entries as a table holds.
ENTRIES = 1024
#: The longest text by which something is remembered.
LONGEST = 128


def keep(table: dict[K, V], key: K, value: V) -> V:
    """Remember a value, and give it back; a table that is full begins anew.

    Reading takes no lock: an entry is complete before it is kept, and never changed after. Two threads may find out the
    same thing twice, with equal results.
    """
    if len(table) >= ENTRIES:
        table.clear()
    table[key] = value
    return value
