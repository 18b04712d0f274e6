"""Arguments of public calls, checked for their type: a wrong one is refused, never taken for something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy.errors import UsageError


def flag(value: object, name: str) -> bool:
    """True or False, and nothing that Python would take for one of them."""
    if value is True or value is False:
        return value
    raise UsageError(f"{name} is True or False, found {value!r}")


def text(value: object, name: str) -> str:
    """A text."""
    if isinstance(value, str):
        return value
    raise UsageError(f"{name} is a text, found {_described(value)}")


def text_or_none(value: object, name: str) -> str | None:
    """A text, or None for what is not told."""
    return None if value is None else text(value, name)


def texts_or_none(value: object, name: str) -> tuple[str, ...] | None:
    """A list of texts, or None for what is not told."""
    if value is None:
        return None
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise UsageError(f"{name} is a list of texts, found {_described(value)}", advice=f"write {name}=[…]")
    return tuple(text(item, f"each of {name}") for item in value)


def mapping_or_none(value: object, name: str) -> Mapping[object, object] | None:
    """A mapping, or None for what is not told."""
    if value is None or isinstance(value, Mapping):
        return value
    raise UsageError(f"{name} is a mapping, found {_described(value)}", advice=f"write {name}={{…: …}}")


def _described(value: object) -> str:
    return f"{value!r}, a {type(value).__name__}" if isinstance(value, (int, float)) else f"a {type(value).__name__}"
