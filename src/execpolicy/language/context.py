"""The context of a request: the values of condition keys as text, checked against the types of the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.frozen import Frozen, setter
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.arguments import as_builtin, encodable, flag, items, texts_or_none, with_article
from execpolicy.errors import RequestError, Source, UsageError
from execpolicy.language.context_keys import UNCATALOGUED_FLAG, KeyType, find_context_key, flags_of, needs_check
from execpolicy.language.dates import date_text, is_seconds, read_date, seconds_text
from execpolicy.language.key_names import (
    allow_unknown_argument,
    invalid_key_name,
    is_known,
    is_uncatalogued,
    unknown_key,
)
from execpolicy.language.operators import is_private, read_address, read_bool, read_number

if TYPE_CHECKING:
    from typing import Any


def _read_arn(text: str) -> str | None:
    fields = text.split(":", 5)
    return text if len(fields) == 6 and fields[0] == "arn" and fields[5] else None


#: Python does not convert larger integers to text.
_LARGEST = 10**4000

_CHECKS: dict[KeyType, tuple[Callable[[str], Any], str]] = {
    KeyType.ARN: (_read_arn, "an ARN of six fields"),
    KeyType.BOOL: (read_bool, "true or false"),
    KeyType.DATE: (read_date, "a date (ISO 8601), a datetime or epoch seconds"),
    KeyType.NUMERIC: (read_number, "a number"),
    KeyType.IP: (read_address, "an IP address"),
}


def _lowered(text: str) -> str:
    return text.lower()


class _KeyName(NamedTuple):
    """A key by its name: the name in lower case, the check of its values, its type in words, its flags.

    ``as_supplied`` writes a value as AWS supplies it, where the context may have it in another form (KEY-3).
    """

    key: str
    reads: Callable[[str], Any] | None
    expected: str
    flags: int
    as_supplied: Callable[[str], str] | None


def _public_address(text: str) -> str:
    """The address, which must be one that the public internet routes (KEY-8)."""
    address = read_address(text)
    assert address is not None, "the type of the key is checked before"
    if is_private(address):
        source = Source("<context aws:SourceIp>", text)
        raise RequestError(
            f"aws:SourceIp is an address of the public internet, found {text}",
            source=source,
            span=source.span(0, len(text)),
            advice="through a VPC endpoint the caller's address is aws:VpcSourceIp",
            rule="KEY-8",
        )
    return text


def _seconds(text: str) -> str:
    """A time as aws:EpochTime has it."""
    seconds = read_date(text)
    assert seconds is not None, "the type of the key is checked before"
    if seconds < 0:
        source = Source("<context aws:EpochTime>", text)
        raise RequestError(
            f"aws:EpochTime is a number of seconds since 1970, found {text}",
            source=source,
            span=source.span(0, len(text)),
            advice="give aws:CurrentTime, or a later time",
            rule="KEY-3",
        )
    return text if is_seconds(text) else seconds_text(seconds)


def _date(text: str) -> str:
    """A time as aws:CurrentTime has it."""
    if not is_seconds(text):
        return text
    seconds = read_date(text)
    assert seconds is not None, "the type of the key is checked before"
    return date_text(seconds)


_AS_SUPPLIED: dict[str, Callable[[str], str]] = {
    "aws:sourceip": _public_address,
    "aws:epochtime": _seconds,
    "aws:currenttime": _date,
}

#: By the name as it was given.
_names: dict[str, _KeyName] = {}


#: The default of ``allow_unknown``: compared by identity, which is faster.
_NO_NAMES: tuple[str, ...] = ()


class Context(Frozen):
    """The context of a request: values by condition key.

    Args:
        values: a value, or a list of values, for each key. Text, numbers, booleans, ``datetime``, IP addresses and
            bytes (as base64) are accepted; an empty list is an absent key. Key names are case-insensitive.
        complete: whether optional keys that are not given are absent. In a partial context they are unknown, and an
            outcome that depends on one is ``indeterminate`` (KEY-4).
        allow_unknown: names of keys that are accepted although they are not in the catalogue, such as an ``aws:`` key
            that is newer.

    Raises:
        RequestError: a value is not of the type of its key (``aws:SourceIp`` takes an IP address), a key is given
            twice, or AWS documents no such key (KEY-1).
        UsageError: ``allow_unknown`` is not a list of key names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

    >>> Context({"aws:SourceIp": "203.0.113.9", "aws:SecureTransport": True}).get("AWS:SecureTransport")
    ('true',)
    >>> try:
    ...     Context({"aws:SourcIp": "203.0.113.9"})
    ... except RequestError as error:
    ...     print(error.message, "-", error.advice)
    found "aws:SourcIp", which is not a condition key that AWS documents - did you mean aws:SourceIp?
    >>> Context({"aws:NewKey": "1"}, allow_unknown=["aws:NewKey"]).allow_unknown
    ('aws:NewKey',)
    """

    __slots__ = ("_allowed", "_by_key", "_values", "complete", "key_flags", "latest")
    complete: bool
    _by_key: dict[str, tuple[str, ...]]
    _values: dict[str, tuple[str, ...]]
    #: The names in allow_unknown; not set if there are none, as in nearly all contexts.
    _allowed: tuple[str, ...]
    #: The flags of its keys, together (``context_keys``).
    key_flags: int
    #: Kept by engine/request.py from the last request with this context for the next one.
    latest: Any

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        complete: bool = True,
        allow_unknown: Iterable[str] | str = _NO_NAMES,
    ) -> None:
        given: dict[str, tuple[str, ...]] = {}
        by_key: dict[str, tuple[str, ...]] = {}
        flags = 0
        if allow_unknown is not _NO_NAMES:
            _set_allowed(self, _checked_names(allow_unknown))
        if values is not None:
            if type(values) is not dict:
                values = _mapping(values)
            for name, value in values.items():
                known = _names.get(name) if type(name) is str else None
                if known is None:
                    name = as_builtin(name)  # noqa: PLW2901  # the same name as a plain str
                    known = self._read_key(name)
                key, reads, _, more, as_supplied = known
                if key in by_key:
                    raise _given_twice(name)
                if type(value) is str and value.isascii() and (reads is None or reads(value) is not None):
                    texts: tuple[str, ...] = (value,)
                else:
                    texts = _texts(name, key, value)
                if as_supplied is not None:
                    texts = tuple(map(as_supplied, texts))
                given[name] = by_key[key] = texts
                flags |= more
        _set_values(self, given)
        _set_by_key(self, by_key)
        _set_complete(self, complete if complete is True else flag(complete, "complete"))
        if allow_unknown is not _NO_NAMES:
            flags = self._flags_without_allowed(by_key, flags)
        _set_key_flags(self, flags)
        _set_latest(self, None)

    def _read_key(self, name: object) -> _KeyName:
        """Read the name of a key that is not in the cache.

        Raises RequestError: AWS documents no such key, and it is not in ``allow_unknown``.
        """
        if isinstance(name, str) and name and not is_known(encodable(name, "context")):
            if name.lower() not in map(str.lower, self.allow_unknown):
                raise unknown_key_error(name)
            return _KeyName(name.lower(), None, "", 0, None)  # not cached: another context may not allow it
        return _read_key(name)

    def _flags_without_allowed(self, by_key: Iterable[str], flags: int) -> int:
        """The flags of the keys; a key in ``allow_unknown`` counts as a known one."""
        allowed = {name.lower() for name in self.allow_unknown}
        if any(is_uncatalogued(key) for key in by_key if key not in allowed):
            return flags
        return flags & ~UNCATALOGUED_FLAG

    @property
    def allow_unknown(self) -> tuple[str, ...]:
        """The names of keys that are accepted although they are not in the catalogue."""
        return getattr(self, "_allowed", ())

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """The given values, by key as it was given."""
        return MappingProxyType(self._values)

    def _shown(self) -> str:
        allowed = f", allow_unknown={self.allow_unknown!r}" if self.allow_unknown else ""
        return f"Context({self._values!r}, complete={self.complete}{allowed})"

    def _identity(self) -> tuple[object, ...]:
        return (tuple(sorted(self._by_key.items())), self.complete, frozenset(map(str.lower, self.allow_unknown)))

    def remember(self, latest: object) -> None:
        """Keep a value of the last request with this context."""
        _set_latest(self, latest)

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: getattr(self, name) for name in self.__slots__ if hasattr(self, name)}
        return {**kept, "latest": None}

    def get(self, name: str) -> tuple[str, ...] | None:
        """The given values of a key as text; None for a key that is not given."""
        return self._by_key.get(name.lower())

    @property
    def needs_check(self) -> bool:
        """Whether it may contradict a request, or itself: see ``context_check``."""
        return needs_check(self.key_flags)

    def with_keys(self, more: Mapping[str, Any]) -> Context:
        """This context with more keys; it has none of them."""
        other = Context(more, complete=self.complete, allow_unknown=self.allow_unknown)
        other._set(
            _values={**self._values, **other._values},
            _by_key={**self._by_key, **other._by_key},
            key_flags=self.key_flags | other.key_flags,
        )
        return other

    def uncatalogued(self) -> tuple[str, ...]:
        """The keys of services that the catalogue does not cover, as they were given, without ``allow_unknown``."""
        allowed = {name.lower() for name in self.allow_unknown}
        return tuple(name for name in self._values if name.lower() not in allowed and is_uncatalogued(name))

    def with_accepted_names(self) -> Context:
        """This context, with all of its keys accepted: requests do not check their names again (KEY-1)."""
        return self.with_flags(self.key_flags & ~UNCATALOGUED_FLAG) if self.key_flags & UNCATALOGUED_FLAG else self

    def with_flags(self, flags: int) -> Context:
        """This context with other flags, which say what a request checks (``context_keys``)."""
        other = object.__new__(Context)
        other._set(**{**self.__getstate__(), "key_flags": flags})
        return other

    def given(self, key: str) -> tuple[str, ...] | None:
        """As ``get``, by the lower-case name of a key."""
        return self._by_key.get(key)


_set_by_key = setter(Context, "_by_key")
_set_values = setter(Context, "_values")
_set_complete = setter(Context, "complete")
_set_key_flags = setter(Context, "key_flags")
_set_latest = setter(Context, "latest")
_set_allowed = setter(Context, "_allowed")


def _checked_names(given: Iterable[str] | str) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else texts_or_none(given, "allow_unknown") or ()
    for name in names:
        fault = invalid_key_name(name)
        if fault is not None:
            raise UsageError(f"allow_unknown: {fault[0]}", advice=fault[1], rule="KEY-1")
    return names


def unknown_key_error(name: str, *, option_to_accept: Callable[[str], str] = allow_unknown_argument) -> RequestError:
    """The error for the name of a key that is not known; ``option_to_accept`` writes the option that accepts a key."""
    message, advice = unknown_key(name, option_to_accept=option_to_accept)
    source = Source(f"<context {name}>", name)
    return RequestError(message, source=source, span=source.span(0, len(name)), advice=advice, rule="KEY-1")


def _read_key(name: object) -> _KeyName:
    """Read the name of a key; the result is cached unless the name is very long."""
    if not isinstance(name, str) or not name:
        raise RequestError(f"a context key is a text, found {name!r}", rule="CND-2")
    encodable(name, "context")
    record = find_context_key(name)
    reads, expected = (None, "") if record is None else _CHECKS.get(record.type, (None, ""))
    key = name.lower()
    is_bool = record is not None and record.type is KeyType.BOOL
    as_supplied = _lowered if is_bool else _AS_SUPPLIED.get(key)
    found = _KeyName(key, reads, expected, flags_of(key, record), as_supplied)
    return store(_names, name, found) if len(name) <= MAX_KEY_LENGTH else found


def _mapping(values: object) -> Mapping[str, Any]:
    if isinstance(values, Mapping):
        return as_builtin(values)
    raise RequestError(
        f"a context is a mapping of keys to values, found {type(values).__name__}",
        advice='write Context({"aws:SourceIp": "203.0.113.9"})',
        rule="KEY-3",
    )


def _given_twice(name: str) -> RequestError:
    return RequestError(
        f"the context gives the key {name!r} twice",
        advice="key names are case-insensitive: give one of them, with a list of values",
        rule="CND-2",
    )


def _texts(name: str, key: str, value: Any) -> tuple[str, ...]:
    several = (
        isinstance(value, Iterable)
        and not isinstance(value, (str, bytes, bytearray, memoryview, Mapping))
        and not _is_address(value)
    )
    texts = tuple(_text(name, item) for item in items(value)) if several else (_text(name, value),)
    record = find_context_key(key)
    reads, expected = (None, "") if record is None else _CHECKS.get(record.type, (None, ""))
    for text in texts:
        if reads is not None and reads(text) is None:
            source = Source(f"<context {name}>", text)
            raise RequestError(
                f"{name} is {expected}, found {text!r}",
                source=source,
                span=source.span(0, len(text)),
                advice="give a value of that type; leave the key out if the request does not have it",
                rule="CND-15",
            )
    return texts


def _text(name: str, value: Any) -> str:
    """One value as text, as JSON and AWS write it."""
    if isinstance(value, str):
        return encodable(as_builtin(value), f"context {name}")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < _LARGEST:
        return str(value)
    if isinstance(value, float) and value - value == 0:  # not nan, nor an infinity
        return repr(value)
    if (_is_decimal(value) and value.is_finite()) or _is_address(value):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        from binascii import b2a_base64

        return b2a_base64(value, newline=False).decode("ascii")
    if _is_moment(value):
        # A time without a time zone is UTC, as in a policy (CND-7).
        return str(value.isoformat()) if value.tzinfo is not None else f"{value.isoformat()}Z"
    raise RequestError(
        f"{name} holds {_shown(value)}; expected text, number, boolean, datetime, IP address, bytes, or a list of them",
        advice="leave the key out if the request does not have it",
        rule="CND-15",
    )


def _shown(value: object) -> str:
    if isinstance(value, int):
        return "an integer of thousands of digits"
    return f"{value!r}, {with_article(type(value))}"


def _is_decimal(value: object) -> bool:
    return any(cls.__module__ == "decimal" and cls.__name__ == "Decimal" for cls in type(value).__mro__)


def _is_address(value: object) -> bool:
    return type(value).__module__ == "ipaddress"


def _is_moment(value: object) -> bool:
    return any(cls.__module__ == "datetime" and cls.__name__ == "datetime" for cls in type(value).__mro__)
