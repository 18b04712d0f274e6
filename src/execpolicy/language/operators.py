"""The condition operators as a table of records (CND-5): how each reads values, and how it compares them."""

from __future__ import annotations

import re

from execpolicy._base.bounded_cache import store
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.language.arn import component_matcher
from execpolicy.language.dates import Period, read_date, read_period
from execpolicy.language.glob import Tokens, matcher
from execpolicy.language.letter_case import with_ascii_folded, with_letters_folded

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
        read_wide: reads a value of the policy in the way that matches more, where AWS's pages leave two (CND-16); None
            where there is one way only.
        expected: what a value has to be, in words.
        wildcards: whether ``*`` and ``?`` are wildcards in values of the policy.
        variables: whether values of the policy may have variables.
        fold: takes the case of letters from a text, if the operator ignores case (CND-18).
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
    read_wide: Callable[[Tokens], Any] | None = None
    fold: Callable[[str], str] | None = None


def _text(tokens: Tokens) -> str:
    return "".join(token if isinstance(token, str) else token.value for token in tokens)


# Compiled by ``re`` when first used.
_NUMBER = r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"


def read_number(text: str) -> Decimal | None:
    """An integer or decimal, exactly (CND-8)."""
    from decimal import Decimal  # imported with the first number

    return Decimal(text) if re.fullmatch(_NUMBER, text) else None


def is_same_number(one: str, other: str) -> bool:
    """Whether two texts are numbers that a parser may take for the same one: as equal floats."""
    return read_number(one) is not None and read_number(other) is not None and float(one) == float(other)


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
    from ipaddress import IPv6Address  # imported with the first IPv6 address

    address, _, length = text.partition("/")
    bits = int(length) if length else 128
    try:
        # The class for ranges takes three times as long.
        return _range(6, int(IPv6Address(address)) >> 128 - bits, bits) if bits <= 128 else None
    except ValueError:
        return None


def _range(version: int, start: int, bits: int) -> Network:
    """A range of addresses by its first bits."""
    size = 32 if version == 4 else 128
    return Network(version, start << size - bits, (1 << size) - (1 << size - bits))


#: Ranges that the public internet does not route (KEY-8); those for documents are not among them.
PRIVATE_RANGES = (
    _range(4, 10, 8),
    _range(4, 100 << 2 | 64 >> 6, 10),  # 100.64.0.0/10
    _range(4, 127, 8),
    _range(4, 169 << 8 | 254, 16),
    _range(4, 172 << 4 | 1, 12),  # 172.16.0.0/12
    _range(4, 192 << 8 | 168, 16),
    _range(6, 1, 128),
    _range(6, 0xFC >> 1, 7),  # fc00::/7
    _range(6, 0xFE80 >> 6, 10),  # fe80::/10
)
#: Every new context checks its address: for most the first octet decides.
_PRIVATE_FIRST_OCTETS = frozenset(network.base >> 24 for network in PRIVATE_RANGES if network.version == 4)


def is_private(address: Network) -> bool:
    """Whether the public internet does not route an address (KEY-8); one of IPv4 may be mapped into IPv6.

    >>> [is_private(read_address(text)) for text in ("10.0.0.5", "::ffff:10.0.0.5", "172.32.0.1", "192.0.2.1")]
    [True, True, False, False]
    """
    if address.is_mapped:
        address = Network(4, address.base & _ALL_BITS, _ALL_BITS)
    elif address.version == 4 and address.base >> 24 not in _PRIVATE_FIRST_OCTETS:
        return False
    return any(in_network(address, network) for network in PRIVATE_RANGES)


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


def one_is_mapped(actual: Network, operand: Network) -> bool:
    """Whether an IPv4 address or range is compared with one that is mapped into IPv6."""
    return actual.version != operand.version and (actual.is_mapped or operand.is_mapped)


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


def _ignoring_case() -> list[Operator]:
    return _text_pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _text, _same)


def _without_case(record: Operator, fold: Callable[[str], str]) -> Operator:
    """An operator that compares texts without the case of their letters."""
    return record._replace(read_policy_value=lambda tokens: fold(_text(tokens)), read_request_value=fold, fold=fold)


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


def _wide_network(tokens: Tokens) -> Network | None:
    """A range; an IPv6 address without a prefix is its /32 (CND-9)."""
    text = _text(tokens)
    return read_network(f"{text}/32" if ":" in text and "/" not in text else text)


def _operand_date(tokens: Tokens) -> Any:
    return read_date(_text(tokens))


def _operand_period(tokens: Tokens) -> Any:
    """A date; one without a time as all of it (CND-17)."""
    text = _text(tokens)
    return read_period(text) or read_date(text)


def date_equals(actual: Decimal, operand: Decimal | Period) -> bool:
    """Whether a time is a date, or in all of it."""
    if isinstance(operand, Period):
        return operand.first <= actual < operand.end
    return actual == operand


def _date_at_most(actual: Decimal, operand: Decimal | Period) -> bool:
    return actual < operand.end if isinstance(operand, Period) else actual <= operand


def _date_after(actual: Decimal, operand: Decimal | Period) -> bool:
    return actual >= operand.end if isinstance(operand, Period) else actual > operand


def _dates() -> list[Operator]:
    """The operators on dates, with the two readings of a date without a time (CND-17)."""
    equals, not_equals, before, at_most, after, from_then = _ordered(
        "Date", read_date, "a date (ISO 8601) or epoch seconds"
    )
    return [
        equals._replace(test=date_equals, read_wide=_operand_period),
        not_equals._replace(test=date_equals, read_wide=_operand_period),
        before,
        at_most._replace(test=_date_at_most, read_wide=_operand_period),
        after._replace(test=_date_after, read_policy_value=_operand_period, read_wide=_operand_date),
        from_then,
    ]


_ARN = "an ARN of six fields"
_ADDRESS = "an IP address or CIDR range"
_TRUTH = "true or false"

_RECORDS: list[Operator] = [
    *_text_pair("StringEquals", "StringNotEquals", _text, _same),
    *(_without_case(each, with_ascii_folded) for each in _ignoring_case()),
    *_pattern_pair("StringLike", "StringNotLike", "String", matcher, "a text"),
    *_ordered("Numeric", read_number, "a number"),
    *_dates(),
    Operator("Bool", "Bool", False, lambda tokens: read_bool(_text(tokens)), read_bool, equal, _TRUTH),
    Operator(
        "BinaryEquals", "Binary", False, lambda tokens: read_binary(_text(tokens)), read_binary, equal, "base64 text"
    ),
    *_pair(
        Operator(
            "IpAddress",
            "IpAddress",
            False,
            _operand_network,
            read_address,
            in_network,
            _ADDRESS,
            read_wide=_wide_network,
        ),
        "NotIpAddress",
    ),
    *_pattern_pair("ArnEquals", "ArnNotEquals", "Arn", component_matcher, _ARN),
    *_pattern_pair("ArnLike", "ArnNotLike", "Arn", component_matcher, _ARN),
    # Null tests whether the key is present, not its values: condition.py uses only its operand.
    Operator("Null", "Null", False, lambda tokens: read_bool(_text(tokens)), _same, equal, _TRUTH),
]

#: Every operator by its name.
OPERATORS: dict[str, Operator] = {record.name: record for record in _RECORDS}
#: Those that read the values of a request by the wide reading, too, where they deny (CND-18).
OPERATORS_OF_DENIES = {record.name: _without_case(record, with_letters_folded) for record in _ignoring_case()}


def operator_of(name: str, *, denies: bool) -> Operator:
    """The operator with a name, as it is read in what grants or in what denies (CND-16)."""
    return (OPERATORS_OF_DENIES.get(name) if denies else None) or OPERATORS[name]
