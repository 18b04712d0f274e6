"""IP addresses of both versions on one line: those of IPv4 first, then those of IPv6."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.values.ordered import BEFORE, Interval
from execpolicy.language.operators import PRIVATE_RANGES, Network, read_network

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.values.ordered import Cut

    #: The first position of a range of addresses, and the first after it.
    AddressRange: TypeAlias = tuple[int, int]

_SIZES = {4: 1 << 32, 6: 1 << 128}
#: Where the addresses of each version start.
_STARTS = {4: 0, 6: 1 << 32}
_END = _STARTS[6] + _SIZES[6]


def position(address: Network) -> int:
    """The position of the first address of a range."""
    return _STARTS[address.version] + address.base


def address_range(network: Network) -> AddressRange:
    """The positions of a range: its first, and the first after it.

    >>> address_range(read_network("0.0.1.0/24"))
    (256, 512)
    """
    first = position(network)
    return first, first + _SIZES[network.version] - network.mask


def cuts_of(network: Network) -> tuple[Cut, Cut]:
    """The cuts around a range of addresses."""
    first, end = address_range(network)
    return (first, BEFORE), (end, BEFORE)


def _range(text: str) -> AddressRange:
    """A range of IPv4."""
    network = read_network(text)
    assert network is not None, "the ranges below are written as ranges"
    return address_range(network)


def _range_of_ipv6(first_bits: int, length: int) -> AddressRange:
    """A range of IPv6 by its first bits: to read a text takes a library, which is loaded for addresses only."""
    return _STARTS[6] + (first_bits << 128 - length), _STARTS[6] + (first_bits + 1 << 128 - length)


#: The addresses of the private IPv4 ranges as IPv6 has them are private too (KEY-8).
_MAPPED = tuple(
    Network(6, 0xFFFF << 32 | each.base, _SIZES[6] - (1 << 32) + each.mask)
    for each in PRIVATE_RANGES
    if each.version == 4
)
#: The ranges that the public internet does not route (KEY-8).
PRIVATE = tuple(map(address_range, (*PRIVATE_RANGES, *_MAPPED)))
_DOCUMENTATION = (_range("198.51.100.0/24"), _range("203.0.113.0/24"))
_IPV4, _IPV6 = (0, _STARTS[6]), (_STARTS[6], _END)
#: The ranges that examples are taken from, the best first.
PUBLIC_FIRST = (
    *_DOCUMENTATION,
    (_range("1.0.0.0/8")[0], _range("223.0.0.0/8")[1]),
    _range_of_ipv6(0x2001_0DB8, 32),  # 2001:db8::/32
    _range_of_ipv6(0b001, 3),  # 2000::/3
    _IPV4,
    _IPV6,
)
PRIVATE_FIRST = (
    *(_range("10.0.0.0/8"), _range("172.16.0.0/12"), _range("192.168.0.0/16")),
    *(*_DOCUMENTATION, _IPV4, _range_of_ipv6(0xFD, 8), _IPV6),
)


def best_address(interval: Interval, preferred: tuple[AddressRange, ...]) -> tuple[int, int] | None:
    """The rank of the first of the preferred ranges that an interval has addresses of, and the position of one.

    None: the interval has no address.

    >>> _, found = best_address(Interval(None, None), PUBLIC_FIRST)
    >>> address_text(found)
    '198.51.100.1'
    """
    start = 0 if interval.lower is None else interval.lower[0]
    end = _END if interval.upper is None else interval.upper[0]
    for rank, (first, after) in enumerate(preferred):
        low, high = max(start, first), min(end, after)
        if low < high:
            # The first address of a network is that of no host.
            return rank, low + 1 if low % 256 == 0 and low + 1 < high else low
    return None


def address_text(place: int) -> str:
    """The address at a position, as it is usually written."""
    from ipaddress import IPv4Address, IPv6Address

    return str(IPv4Address(place)) if place < _STARTS[6] else str(IPv6Address(place - _STARTS[6]))


def spellings(place: int) -> Iterator[str]:
    """The texts of an address, the usual one first: one of IPv4, several of IPv6.

    >>> [text for text, _ in zip(spellings(address_range(read_network("2001:db8::1"))[0]), range(3))]
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:0001']
    """
    usual = address_text(place)
    yield usual
    if place >= _STARTS[6]:
        groups = [f"{place - _STARTS[6] >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)]
        forms = ({group: 0, group.upper(): 0, group.zfill(4): 0, group.zfill(4).upper(): 0} for group in groups)
        yield from (text for text in map(":".join, product(*forms)) if text != usual)
