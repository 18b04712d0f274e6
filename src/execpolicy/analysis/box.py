"""Boxes: sets of requests that limit each dimension by itself."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.values.value_set import ValueSet

    #: By dimension, the values that a request may have. A dimension that is not named is not limited.
    Box: TypeAlias = Mapping[str, ValueSet]


def intersection(one: Box, other: Box) -> Box | None:
    """The requests of both boxes; None if there are none.

    >>> intersection({"action": 3}, {"action": 6, "resource": 1})
    {'action': 2, 'resource': 1}
    >>> intersection({"action": 1}, {"action": 2}) is None
    True
    """
    both = dict(one)
    for name, values in other.items():
        mine = both.get(name)
        shared = values if mine is None else mine & values
        if not shared:
            return None
        both[name] = shared
    return both
