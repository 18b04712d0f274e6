"""Texts that are made when they are first read: making one takes longer than passing a gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: A text, or the function that makes it and the function's arguments.
LazyText = str | tuple[Callable[..., str], *tuple[Any, ...]]


def text_of(text: LazyText) -> str:
    """The text itself."""
    return text if isinstance(text, str) else text[0](*text[1:])
