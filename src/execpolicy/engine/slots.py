"""The setters of slots: half the time of ``object.__setattr__``, for objects of which there are very many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def setter(cls: type, slot: str) -> Callable[[object, Any], None]:
    """A function that sets one slot of an object that refuses assignment."""
    found: Callable[[object, Any], None] = cls.__dict__[slot].__set__
    return found
