"""Checks of the arguments of public functions: an argument of a wrong type raises UsageError."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import isfinite

from execpolicy._base.characters import RESERVED_ADVICE, found_reserved, lone_surrogate, reserved_character
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.errors import RequestError, Source, UsageError

if TYPE_CHECKING:
    from typing import Any, TypeVar

    S = TypeVar("S", bound=str)
    T = TypeVar("T")
    V = TypeVar("V")

_BASES = frozenset({str, dict, list, tuple, int, float, bool, type(None)})
#: Types that Python can iterate over, but that are not accepted as a list.
NO_LISTS = (str, bytes, bytearray, memoryview, Mapping)
#: The surrogates by which Python represents bytes of the command line, or of a file name, that are not UTF-8.
_BYTES = range(0xDC80, 0xDD00)


def encodable(value: str, name: str) -> str:
    """Check that a text of a request can be encoded as UTF-8, and stands for no unknown value (SRC-10).

    Raises RequestError, with the place of the wrong character.
    """
    return value if value.isascii() else _without_reserved(encodable_or_unknown(value, name), name)


def encodable_or_unknown(value: str, name: str) -> str:
    """Check that a text of a request or a call can be encoded as UTF-8.

    That of an API may hold unknown values (SRC-10).

    No client can send any other text.

    Args:
        value: the text.
        name: what an error calls it.

    Raises:
        RequestError: the text has half a surrogate pair, or a byte that is not UTF-8; the error has its place.
    """
    if value.isascii():
        return value
    start = lone_surrogate(value)
    if start < 0:
        return value
    code = ord(value[start])
    if code in _BYTES:
        found = f"the byte 0x{code - 0xDC00:02x}, which is not UTF-8,"
    else:
        found = f"half a surrogate pair, U+{code:04X},"
    source = Source(f"<{name.removeprefix('the ')}>", value)
    raise RequestError(
        f"found {found} in {name}",
        source=source,
        span=source.span(start, start + 1),
        advice="give text that UTF-8 can hold; write another byte of a path percent-encoded, such as %E9",
        rule="POL-11",
    )


def _without_reserved(value: str, name: str) -> str:
    """Refuse a text with a character that only a loader writes, for a value that is not known (SRC-10)."""
    start = reserved_character(value)
    if start < 0:
        return value
    source = Source(f"<{name.removeprefix('the ')}>", value)
    raise RequestError(
        f"{found_reserved(value[start])}, in {name}",
        source=source,
        span=source.span(start, start + 1),
        advice=RESERVED_ADVICE,
        rule="SRC-10",
    )


def finite_number(value: object) -> float | None:
    """A number as a float; None for a bool, for any other type, and for a number that no finite float can hold."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def as_builtin(value: T) -> T:
    """Convert an instance of a subclass of str, dict, list or tuple to that class; return any other value as it is.

    Methods that a subclass overrides are not called: they could return different results at different times.
    """
    if type(value) in _BASES:
        return value
    found: Any = value
    if isinstance(found, str):
        found = str.__str__(found)
    elif isinstance(found, dict):
        found = dict(dict.items(found))
    elif isinstance(found, list):
        found = list(items(found))
    elif isinstance(found, tuple):
        found = tuple(items(found))
    return found  # type: ignore[no-any-return]  # it is of a base of the class of value


def items(values: Iterable[T]) -> Iterator[T]:
    """The items of a list or tuple, also of a subclass that overrides ``__iter__``."""
    if isinstance(values, list):
        return list.__iter__(values)
    if isinstance(values, tuple):
        return tuple.__iter__(values)
    return iter(values)


def flag(value: object, name: str) -> bool:
    """Check that a value is True or False; other true or false values are refused."""
    if value is True or value is False:
        return value
    raise UsageError(f"{name} is True or False, found {value!r}")


def text(value: object, name: str) -> str:
    """Check that a value is a text that can be sent."""
    return encodable_or_unknown(text_of_document(value, name), name)


def text_of_document(value: object, name: str) -> str:
    """Check that a value is a text; its reader checks the characters."""
    if isinstance(value, str):
        return as_builtin(value)
    raise UsageError(f"{name} is a text, found {described(value)}")


def one_among(value: object, choices: Collection[S]) -> S | None:
    """The value if it is one of the given texts, else None."""
    found: Any = as_builtin(value)
    is_known = type(found) is str and found in choices
    chosen: S | None = found if is_known else None
    return chosen


def text_or_none(value: object, name: str) -> str | None:
    """Check a text that may be None."""
    return None if value is None else text(value, name)


def encodable_or_none(value: object, name: str) -> str | None:
    """Check a text of a request that may be None, and stands for no unknown value (SRC-10)."""
    return None if value is None else encodable(text(value, name), name)


def texts(value: object, name: str) -> tuple[str, ...]:
    """Check a list of texts. One text is a list of one, as in policies and files; the texts of a set are sorted."""
    if isinstance(value, str):
        return (text(value, name),)
    if isinstance(value, NO_LISTS) or not isinstance(value, Iterable):
        raise UsageError(f"{name} is a text or a list of texts, found {described(value)}", advice=f"write {name}=[…]")
    found = tuple(text(item, f"each of {name}") for item in items(value))
    return tuple(sorted(found)) if isinstance(value, (set, frozenset)) else found


def texts_or_none(value: object, name: str) -> tuple[str, ...] | None:
    """Check a list of texts that may be None."""
    return None if value is None else texts(value, name)


def mapping_or_none(value: object, name: str) -> Mapping[object, object] | None:
    """Check a mapping that may be None."""
    if value is None or isinstance(value, Mapping):
        return as_builtin(value)
    raise UsageError(f"{name} is a mapping, found {described(value)}", advice=f"write {name}={{…: …}}")


def texts_by_name(value: object, name: str) -> dict[str, str]:
    """Check a mapping of texts to texts; None is an empty one."""
    given = mapping_or_none(value, name) or {}
    return {text(key, f"each name in {name}"): text(item, f"{name}[{key!r}]") for key, item in given.items()}


def flags_by_name(value: object, name: str) -> dict[str, bool]:
    """Check a mapping of texts to True or False; None is an empty one."""
    given = mapping_or_none(value, name) or {}
    return {text(key, f"each name in {name}"): flag(item, f"{name}[{key!r}]") for key, item in given.items()}


def path(value: object) -> str:
    """Check the path of a file and return it as text."""
    found = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(found, str):
        return as_builtin(found)
    raise UsageError(f"a path is a text or a pathlib.Path, found {described(value)}", advice="give the path of a file")


def instance(value: object, kind: type[V], name: str) -> V:
    """Check that a value is an instance of a class of this library."""
    if isinstance(value, kind):
        return value
    raise UsageError(f"{name} is {with_article(kind)}, found {described(value)}", advice=f"write {kind.__name__}(…)")


def instance_or_none(value: object, kind: type[V], name: str) -> V | None:
    """Check an instance of a class of this library that may be None."""
    return None if value is None else instance(value, kind, name)


def instances(value: object, kind: type[V], name: str) -> tuple[V, ...]:
    """Check a list of instances of a class of this library."""
    if isinstance(value, (kind, *NO_LISTS)) or not isinstance(value, Iterable):
        raise UsageError(
            f"{name} is a list of {kind.__name__}, found {described(value)}",
            advice=f"write {name}=[{kind.__name__}(…)]",
        )
    return tuple(instance(item, kind, f"each of {name}") for item in items(value))


def described(value: object) -> str:
    """A value by its type, and a number also by its value."""
    of_type = with_article(type(value))
    return f"{value!r}, {of_type}" if isinstance(value, (int, float)) else of_type


def with_article(kind: type) -> str:
    """The name of a class with its article."""
    return f"{'an' if kind.__name__[0] in 'AEIOUaeiou' else 'a'} {kind.__name__}"
