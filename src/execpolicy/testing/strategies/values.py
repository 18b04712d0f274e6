"""Values of condition keys that match or nearly match a condition, by the family of its operator."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from execpolicy.document.model import NEW_VERSION, Condition
from execpolicy.document.policy import Policy
from execpolicy.language.context_keys import KeyType, find_context_key
from execpolicy.language.dates import read_date
from execpolicy.language.operators import read_address, read_bool, read_number
from execpolicy.testing.strategies.words import KeyLookup, filled, near_text

#: The values of a key without conditions, by its type.
USUAL: dict[KeyType, tuple[str, ...]] = {
    KeyType.STRING: ("red", "blue"),
    KeyType.ARN: ("arn:aws:iam::111122223333:role/Clerk", "arn:aws:sns:eu-west-1:111122223333:topic"),
    KeyType.BOOL: ("true", "false"),
    KeyType.DATE: ("2026-01-01T00:00:00Z", "2026-07-01T12:00:00Z"),
    KeyType.NUMERIC: ("0", "300", "3600"),
    KeyType.IP: ("203.0.113.9", "2001:db8::9"),
}


def type_of(key: str) -> KeyType:
    """The type of a key; a key that is not in the catalogue has text."""
    record = find_context_key(key)
    return record.type if record is not None else KeyType.STRING


def near_values(key: str, conditions: Iterable[tuple[Policy, Condition]], find: KeyLookup) -> st.SearchStrategy[str]:
    """A value of a key that matches or nearly matches one of the conditions, and that fits the type of the key."""
    kind = type_of(key)
    found = [
        near
        for policy, condition in conditions
        for value in condition.values
        for near in _near(condition.operator.base, value.value, find if _has_variables(policy) else None)
    ]
    return st.one_of(*found, st.sampled_from(USUAL[kind])).filter(lambda text: _fits(kind, text))


def _has_variables(policy: Policy) -> bool:
    return policy.version == NEW_VERSION


def _near(operator: str, value: str, find: KeyLookup | None) -> list[st.SearchStrategy[str]]:
    if operator in ("IpAddress", "NotIpAddress"):
        return _near_network(value)
    if operator.startswith("Date"):
        return _near_moment(value)
    if operator.startswith("Numeric"):
        return _near_number(value)
    if operator == "Bool":
        return [st.sampled_from(("true", "false"))]
    if operator in ("Null", "BinaryEquals"):
        return []
    texts = filled(value, fills=("a", "7", "orders"), lookup=find, single="1aZ")
    return [texts, texts.flatmap(near_text)]


def _near_network(value: str) -> list[st.SearchStrategy[str]]:
    """The first and last address of a range, and the addresses before and after it."""
    from ipaddress import ip_address, ip_network

    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return []
    first, last = int(network.network_address), int(network.broadcast_address)
    most = (1 << network.max_prefixlen) - 1
    kind = type(network.network_address)
    return [
        st.sampled_from((first, last)).map(lambda number: str(kind(number))),
        st.integers(first, last).map(lambda number: str(kind(number))),
        st.sampled_from((max(0, first - 1), min(most, last + 1))).map(lambda number: str(kind(number))),
        st.just(str(ip_address(min(most, last + 1)) if network.version == 4 else kind(min(most, last + 1)))),
    ]


def _near_moment(value: str) -> list[st.SearchStrategy[str]]:
    seconds = read_date(value)
    if seconds is None or not 0 <= seconds < 253_402_300_000:
        return []
    from datetime import UTC, datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))
    return [
        st.sampled_from((-1, 0, 1)).map(lambda step: _written(moment, step)),
        st.sampled_from((-86_400, 86_400)).map(lambda step: _written(moment, step)),
    ]


def _written(moment: object, step: int) -> str:
    from datetime import datetime, timedelta

    assert isinstance(moment, datetime)
    return (moment + timedelta(seconds=step)).isoformat().replace("+00:00", "Z")


def _near_number(value: str) -> list[st.SearchStrategy[str]]:
    number = read_number(value)
    return [] if number is None else [st.sampled_from((-1, 0, 1)).map(lambda step: f"{number + step:f}")]


def _fits(kind: KeyType, text: str) -> bool:
    if kind is KeyType.ARN:
        return text.startswith("arn:") and text.count(":") >= 5 and not text.endswith(":")
    read = {
        KeyType.BOOL: read_bool,
        KeyType.DATE: read_date,
        KeyType.NUMERIC: read_number,
        KeyType.IP: read_address,
    }.get(kind)
    return read is None or read(text) is not None
