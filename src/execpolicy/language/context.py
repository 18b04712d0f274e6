"""The context of a request: values by condition key, as text, checked against the type of the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from types import MappingProxyType
from typing import Any

from execpolicy.arguments import flag
from execpolicy.errors import RequestError
from execpolicy.frozen import Frozen
from execpolicy.language.context_keys import KeyType
from execpolicy.language.context_keys import lookup as catalogued
from execpolicy.language.operators import read_address, read_bool, read_date, read_number
from execpolicy.source import Source

_ARN = re.compile("arn(:[^:]*){4}:.+", re.DOTALL)

#: Python itself writes no larger integer as text.
_LARGEST = 10**4000

_CHECKS: dict[KeyType, tuple[Callable[[str], Any], str]] = {
    KeyType.ARN: (_ARN.fullmatch, "an ARN of six fields"),
    KeyType.BOOL: (read_bool, "true or false"),
    KeyType.DATE: (read_date, "a date (ISO 8601), a datetime or epoch seconds"),
    KeyType.NUMERIC: (read_number, "a number"),
    KeyType.IP: (read_address, "an IP address"),
}


class Context(Frozen):
    """What a request says of itself, by condition key.

    Args:
        values: a value, or a list of values, for each key. Text, numbers, booleans, ``datetime``, IP addresses and
            bytes (as base64) are taken; an empty list is a key that is not there. Key names are case-insensitive.
        complete: whether optional keys that are not given are absent. In a partial context they are unknown, and an
            outcome that may depend on one is ``indeterminate`` (KEY-4).

    Raises:
        RequestError: a value does not fit its key (``aws:SourceIp`` takes an IP address), or a key is given twice.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

    >>> Context({"aws:SourceIp": "203.0.113.9", "aws:SecureTransport": True}).get("AWS:SecureTransport")
    ('true',)
    """

    __slots__ = ("_by_key", "_values", "complete", "latest")
    complete: bool
    _by_key: dict[str, tuple[str, ...]]
    _values: dict[str, tuple[str, ...]]
    #: What the last request in this context found out, for the next one: engine/request.py keeps it here.
    latest: Any

    def __init__(self, values: Mapping[str, Any] | None = None, *, complete: bool = True) -> None:
        read: dict[str, tuple[str, ...]] = {}
        by_key: dict[str, tuple[str, ...]] = {}
        if values is not None and not isinstance(values, Mapping):
            raise RequestError(
                f"a context is a mapping of keys to values, found {type(values).__name__}",
                advice='write Context({"aws:SourceIp": "203.0.113.9"})',
                rule="KEY-3",
            )
        for name, value in (values or {}).items():
            if not isinstance(name, str) or not name:
                raise RequestError(f"a context key is a text, found {name!r}", rule="CND-2")
            if name.lower() in by_key:
                raise RequestError(
                    f"the context gives the key {name!r} twice",
                    advice="key names are case-insensitive: give one of them, with a list of values",
                    rule="CND-2",
                )
            read[name] = by_key[name.lower()] = _values(name, value)
        self._set(_values=read, complete=flag(complete, "complete"), _by_key=by_key, latest=None)

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """What was given, by key as it was spelled."""
        return MappingProxyType(self._values)

    def __repr__(self) -> str:
        return f"Context({self._values!r}, complete={self.complete})"

    def _identity(self) -> tuple[object, ...]:
        return (tuple(sorted(self._by_key.items())), self.complete)

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("complete", "values")

    def remember(self, latest: object) -> None:
        """Keep what a request in this context found out."""
        self._set(latest=latest)

    def __getstate__(self) -> dict[str, Any]:
        return {"_values": self._values, "complete": self.complete, "_by_key": self._by_key, "latest": None}

    def get(self, name: str) -> tuple[str, ...] | None:
        """The values of a key that was given, as text; None for a key that was not."""
        return self._by_key.get(name.lower())


def _values(name: str, value: Any) -> tuple[str, ...]:
    several = (
        isinstance(value, Iterable)
        and not isinstance(value, (str, bytes, bytearray, memoryview, Mapping))
        and not _is_address(value)
    )
    texts = tuple(_text(name, item) for item in value) if several else (_text(name, value),)
    key = catalogued(name)
    check = _CHECKS.get(key.type) if key is not None else None
    if check is not None:
        reads, expected = check
        for text in texts:
            if reads(text) is None:
                source = Source(f"<context {name}>", text)
                raise RequestError(
                    f"{name} is {expected}, found {text!r}",
                    source=source,
                    span=source.span(0, len(text)),
                    advice="give a value of that type; leave the key out if the request does not carry it",
                    rule="CND-15",
                )
    return texts


def _text(name: str, value: Any) -> str:
    """The text that stands for one value, as JSON and AWS write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < _LARGEST:
        return str(value)
    if isinstance(value, float) and isfinite(value):
        return repr(value)
    if _is_decimal(value) and value.is_finite():
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode("ascii")
    if _is_address(value):
        return str(value)
    if _is_moment(value):
        # A time without a zone is taken as UTC, as in a policy (CND-7).
        return str(value.isoformat()) if value.tzinfo is not None else f"{value.isoformat()}Z"
    raise RequestError(
        f"{name} holds {_shown(value)}; expected text, number, boolean, datetime, IP address, bytes, or a list of them",
        advice="leave the key out if the request does not carry it",
        rule="CND-15",
    )


def _shown(value: object) -> str:
    if isinstance(value, int):
        return "an integer of thousands of digits"
    return f"{value!r}, a {type(value).__name__}"


def _is_decimal(value: object) -> bool:
    return any(cls.__module__ == "decimal" and cls.__name__ == "Decimal" for cls in type(value).__mro__)


def _is_address(value: object) -> bool:
    return type(value).__module__ == "ipaddress"


def _is_moment(value: object) -> bool:
    return any(cls.__module__ == "datetime" and cls.__name__ == "datetime" for cls in type(value).__mro__)
