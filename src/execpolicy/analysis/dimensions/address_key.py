"""The addresses that a context key can have (CND-9, KEY-8)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.read_values import Scale
from execpolicy.analysis.values.addresses import (
    PRIVATE,
    PRIVATE_FIRST,
    PUBLIC_FIRST,
    best_address,
    cuts_of,
    position,
    spellings,
)
from execpolicy.analysis.values.ordered import BEFORE, Interval
from execpolicy.language.operators import Network, is_private, read_address

if TYPE_CHECKING:
    from execpolicy.analysis.values.ordered import Cut

_OF_PUBLIC_INTERNET = "aws:sourceip"
_OF_PRIVATE_NETWORKS = ("aws:vpcsourceip", "aws:ec2instancesourceprivateipv4")


class Addresses(Scale):
    """The addresses of both versions. aws:SourceIp has none that the public internet does not route (KEY-8)."""

    __slots__ = ("_preferred", "_public_only", "always_cut")
    contents = "addresses"
    families = frozenset({"IpAddress"})
    blind_families = frozenset({"Numeric", "Date", "Bool", "Binary"})
    always_cut: tuple[Cut, ...]

    def __init__(self, key: str) -> None:
        self._public_only = key == _OF_PUBLIC_INTERNET
        self._preferred = PRIVATE_FIRST if key in _OF_PRIVATE_NETWORKS else PUBLIC_FIRST
        ends = (end for private in PRIVATE for end in private) if self._public_only else ()
        self.always_cut = tuple((end, BEFORE) for end in ends)

    def read(self, text: str) -> int | None:
        address = read_address(text)
        return None if address is None or (self._public_only and is_private(address)) else position(address)

    def sample(self, interval: Interval) -> tuple[tuple[int, int], int] | None:
        found = best_address(interval, self._preferred)
        if found is None or (self._public_only and any(first <= found[1] < end for first, end in PRIVATE)):
            return None
        return found, found[1]

    def spellings(self, place: int) -> Iterator[str]:
        return spellings(place)

    def around(self, place: int) -> tuple[Cut, Cut]:
        return (place, BEFORE), (place + 1, BEFORE)

    def cuts(self, operand: Network) -> tuple[Cut, Cut]:
        return cuts_of(operand)
