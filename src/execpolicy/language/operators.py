"""The condition operators as a table of records (CND-5): how each reads values, and how it compares them."""

from __future__ import annotations

import re

from execpolicy._base.bounded_cache import store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.language.arn import component_matcher
from execpolicy.language.glob import Tokens, matcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from typing import Any


class Operator(NamedTuple):
    """One operator without quantifier and IfExists.

    Attributes:
        name: as in a policy.
        family: the type that it compares: String, Numeric, Date, Bool, Binary, IpAddress, Arn or Null.
        negated: whether it is one of the Not operators.
        read_policy_value: makes an operand of a value of the policy; None for a value of another type.
        read_request_value: the same for a value of the request.
        test: compares the two, in the positive sense also for a negated operator.
        expected: what a value has to be, in words.
        wildcards: whether ``*`` and ``?`` are wildcards in values of the policy.
        variables: whether values of the policy may have variables.
    """

    name: str
    family: str
    negated: bool
    read_policy_value: Callable[[Tokens], Any]
    read_request_value: Callable[[str], Any]
    test: Callable[[Any, Any], bool]
    expected: str
    wildcards: bool = False
    variables: bool = False


def _text(tokens: Tokens) -> str:
    return "".join(token if isinstance(token, str) else token.value for token in tokens)


def _lowered(tokens: Tokens) -> str:
    return _text(tokens).lower()


# Compiled by ``re`` when first used.
_NUMBER = r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"


def read_number(text: str) -> Decimal | None:
    """An integer or decimal, exactly (CND-8)."""
    from decimal import Decimal  # imported with the first number

    return Decimal(text) if re.fullmatch(_NUMBER, text) else None


_DATE = (
    r"([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T(?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?)?)?)(\.[0-9]+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_EPOCH = r"[0-9]+(\.[0-9]+)?"
_TIME_WITH_SECONDS = len("2026-01-01T00:00:00")
_DATE_ONLY = len("2026-01-01")
_YEAR = 4
_ORDINAL_OF_1970 = 719_163


def read_date(text: str) -> Decimal | None:
    """Seconds since 1970, exactly, of a W3C date or of epoch seconds; four digits are a year (CND-7).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    from decimal import Decimal

    if re.fullmatch(_EPOCH, text) and not (len(text) == _YEAR and text.isdigit()):
        return Decimal(text)
    found = re.fullmatch(_DATE, text)
    if found is None:
        return None
    moment, fraction, zone = found.groups()
    if (fraction and len(moment) != _TIME_WITH_SECONDS) or (zone and len(moment) <= _DATE_ONLY):
        return None
    if (zone is None or zone == "Z") and len(moment) == _TIME_WITH_SECONDS:
        seconds = _seconds(moment)
    else:
        seconds = _seconds_of_any(moment + (zone or ""))
    return None if seconds is None else Decimal(seconds) + Decimal("0" + (fraction or ""))


def _seconds(moment: str) -> int | None:
    """Whole seconds since 1970 of a complete time in UTC, the form in nearly all requests."""
    from datetime import datetime

    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    days = read.toordinal() - _ORDINAL_OF_1970
    return ((days * 24 + read.hour) * 60 + read.minute) * 60 + read.second


def _seconds_of_any(moment: str) -> int | None:
    """Whole seconds since 1970 of a date or time in any form."""
    from datetime import UTC, datetime, timedelta  # imported with the first such date

    from dateutil.parser import isoparse

    try:
        read = isoparse(moment)
    except ValueError:
        return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def read_bool(text: str) -> bool | None:
    """``true`` or ``false`` in any case (CND-10)."""
    return {"true": True, "false": False}.get(text.lower())


def read_binary(text: str) -> bytes | None:
    """The bytes of base64 text (CND-10)."""
    from binascii import Error, a2b_base64

    try:
        return a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None


class Network(NamedTuple):
    """A range of addresses: those whose bits in ``mask`` are those of ``base``."""

    version: int
    base: int
    mask: int

    @property
    def is_mapped(self) -> bool:
        """Whether it is in ::ffff:0:0/96, the IPv4 addresses in IPv6."""
        return self.version == 6 and self.base >> 32 == 0xFFFF


#: The numbers of an IPv4 address by their text.
_OCTETS = {str(number): number for number in range(256)}
_ALL_BITS = (1 << 32) - 1
#: A cache: an address is read when its context is made, and again by every condition on it.
_addresses: dict[str, Network] = {}


def read_address(text: str) -> Network | None:
    """One address, as a range of one."""
    return _addresses.get(text) or _new_address(text)


def _new_address(text: str) -> Network | None:
    """Read an address. Most are IPv4, which is fast; IPv6 needs a library."""
    try:
        first, second, third, fourth = text.split(".")
        base = _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth]
    except (ValueError, KeyError):
        found = read_network(text) if ":" in text and "/" not in text else None
    else:
        found = Network(4, base, _ALL_BITS)
    return found if found is None else store(_addresses, text, found)


def read_network(text: str) -> Network | None:
    """An address or a CIDR range of either version; host bits are ignored (CND-9)."""
    if ":" not in text:
        return _read_ipv4(text)
    if re.fullmatch(_IPV6, text) is None:
        return None
    from ipaddress import IPv6Network  # imported with the first IPv6 address

    try:
        network = IPv6Network(text, strict=False)
    except ValueError:
        return None
    return Network(6, int(network.network_address), int(network.netmask))


_OCTET = "(0|[1-9][0-9]{0,2})"
_IPV4 = rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}(?:/([0-9]{{1,3}}))?"
_IPV6 = "[^%/]*(?:/[0-9]{1,3})?"


def _read_ipv4(text: str) -> Network | None:
    """Read an IPv4 address or range, in a tenth of the time that ``ipaddress`` takes."""
    found = re.fullmatch(_IPV4, text)
    if found is None:
        return None
    first, second, third, fourth = (int(octet) for octet in found.groups()[:4])
    bits = 32 if found[5] is None else int(found[5])
    if max(first, second, third, fourth) > 255 or bits > 32:
        return None
    mask = (1 << 32) - (1 << 32 - bits)
    return Network(4, (first << 24 | second << 16 | third << 8 | fourth) & mask, mask)


def in_network(actual: Network, operand: Network) -> bool:
    """Whether an address is in a range."""
    return actual.version == operand.version and actual.base & operand.mask == operand.base


def _matches(actual: str, match: Callable[[str], bool]) -> bool:
    return match(actual)


def _same(text: str) -> str:
    return text


def equal(actual: Any, operand: Any) -> bool:
    """Whether two values are equal."""
    return bool(actual == operand)


def _pair(record: Operator, negative: str) -> list[Operator]:
    """An operator and its negated form."""
    return [record, record._replace(name=negative, negated=True)]


def _text_pair(
    positive: str, negative: str, read: Callable[[Tokens], Any], actual: Callable[[str], Any]
) -> list[Operator]:
    return _pair(Operator(positive, "String", False, read, actual, equal, "a text", variables=True), negative)


def _pattern_pair(
    positive: str, negative: str, family: str, read: Callable[[Tokens], Any], expected: str
) -> list[Operator]:
    record = Operator(positive, family, False, read, _same, _matches, expected, wildcards=True, variables=True)
    return _pair(record, negative)


def _ordered(family: str, read: Callable[[str], Any], expected: str) -> list[Operator]:
    """The six operators of an ordered type."""

    def operand(tokens: Tokens) -> Any:
        return read(_text(tokens))

    def record(name: str, test: Callable[[Any, Any], bool]) -> Operator:
        return Operator(f"{family}{name}", family, False, operand, read, test, expected)

    return [
        *_pair(record("Equals", equal), f"{family}NotEquals"),
        record("LessThan", lambda actual, bound: bool(actual < bound)),
        record("LessThanEquals", lambda actual, bound: bool(actual <= bound)),
        record("GreaterThan", lambda actual, bound: bool(actual > bound)),
        record("GreaterThanEquals", lambda actual, bound: bool(actual >= bound)),
    ]


def _operand_network(tokens: Tokens) -> Network | None:
    return read_network(_text(tokens))


_ARN = "an ARN of six fields"
_ADDRESS = "an IP address or CIDR range"
_TRUTH = "true or false"

_RECORDS: list[Operator] = [
    *_text_pair("StringEquals", "StringNotEquals", _text, _same),
    *_text_pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _lowered, str.lower),
    *_pattern_pair("StringLike", "StringNotLike", "String", matcher, "a text"),
    *_ordered("Numeric", read_number, "a number"),
    *_ordered("Date", read_date, "a date (ISO 8601) or epoch seconds"),
    Operator("Bool", "Bool", False, lambda tokens: read_bool(_text(tokens)), read_bool, equal, _TRUTH),
    Operator(
        "BinaryEquals", "Binary", False, lambda tokens: read_binary(_text(tokens)), read_binary, equal, "base64 text"
    ),
    *_pair(
        Operator("IpAddress", "IpAddress", False, _operand_network, read_address, in_network, _ADDRESS),
        "NotIpAddress",
    ),
    *_pattern_pair("ArnEquals", "ArnNotEquals", "Arn", component_matcher, _ARN),
    *_pattern_pair("ArnLike", "ArnNotLike", "Arn", component_matcher, _ARN),
    # Null tests whether the key is present, not its values: condition.py uses only its operand.
    Operator("Null", "Null", False, lambda tokens: read_bool(_text(tokens)), _same, equal, _TRUTH),
]

#: Every operator by its name.
OPERATORS: dict[str, Operator] = {record.name: record for record in _RECORDS}
