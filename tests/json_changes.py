"""Every way to change a JSON value in one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def replaced(value: Any, new: Any) -> Iterator[Any]:
    """The JSON value with each of its parts replaced in turn, the whole included."""
    yield new
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: changed} for changed in replaced(inner, new))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in replaced(inner, new))


def renamed(value: Any) -> Iterator[Any]:
    """The JSON value with each of its members called otherwise, and with each of them left out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: changed} for changed in renamed(inner))
            rest = {other: content for other, content in value.items() if other != name}
            yield from (rest, {**rest, f"{name} ": inner})
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from ([*value[:index], changed, *value[index + 1 :]] for changed in renamed(inner))
