"""Where a call comes from: addresses, VPC endpoints and VPCs (INV-4)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.invariants.refusal import found_instead, refused
from execpolicy.arguments import encodable
from execpolicy.arguments import text as checked_text

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

_RULE = "INV-4"
_PART = "source"
_ENDPOINT: Final = re.compile("vpce-[0-9A-Za-z]+")
_VPC: Final = re.compile("vpc-[0-9A-Za-z]+")
#: Without the masks and zones that the standard library reads as well.
_RANGE: Final = re.compile("[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?")
_ADVICE = "write from and a range such as 198.51.100.0/24, through vpce-0a1b2c3d, or through vpc-0a1b2c3d"


class SourceKind(StrEnum):
    """The kind of a source.

    >>> CallSource("vpce-0a1b2c3d").kind.value
    'endpoint'
    """

    #: A range of addresses.
    ADDRESSES = "addresses"
    ENDPOINT = "endpoint"
    VPC = "vpc"


#: The context keys of each kind: a call has this source if one of them has a value in it. A call never has both keys of
#: an address: one through an endpoint has ``aws:VpcSourceIp``, any other has ``aws:SourceIp`` (GW-19).
KEYS_OF_SOURCES: Final = {
    SourceKind.ADDRESSES: ("aws:SourceIp", "aws:VpcSourceIp"),
    SourceKind.ENDPOINT: ("aws:SourceVpce",),
    SourceKind.VPC: ("aws:SourceVpc",),
}


class CallSource(Frozen):
    """A source of calls.

    Args:
        text: a range of addresses (``198.51.100.0/24``) or an address, the id of a VPC endpoint (``vpce-…``) or of a
            VPC (``vpc-…``).

    Attributes:
        text: the id, or the range; that of one address ends in ``/32`` or ``/128``.
        kind: the kind of source.

    Raises:
        UsageError: the source is not a text.
        ExecPolicyError: the text is not a source; the error has the place.

    >>> CallSource("198.51.100.7").text
    '198.51.100.7/32'
    """

    __slots__ = ("kind", "text")
    text: str
    kind: SourceKind

    def __init__(self, text: str) -> None:
        text = encodable(checked_text(text, "a source"), "a source")
        if _ENDPOINT.fullmatch(text):
            self._set(text=text, kind=SourceKind.ENDPOINT)
        elif _VPC.fullmatch(text):
            self._set(text=text, kind=SourceKind.VPC)
        elif text.startswith("vpc"):
            raise found_instead(
                "the id of a VPC endpoint or of a VPC", text=text, part=_PART, advice=_ADVICE, rule=_RULE
            )
        else:
            self._set(text=checked_range(text), kind=SourceKind.ADDRESSES)

    @property
    def keys(self) -> tuple[str, ...]:
        """The context keys of which one must have a value in the source."""
        return KEYS_OF_SOURCES[self.kind]

    @property
    def network(self) -> IPv4Network | IPv6Network | None:
        """The range of addresses; None for an endpoint or a VPC."""
        from ipaddress import ip_network  # only for ranges

        return ip_network(self.text) if self.kind is SourceKind.ADDRESSES else None

    @property
    def preposition(self) -> str:
        """The word before it: ``from`` an address, ``through`` an endpoint or a VPC."""
        return "from" if self.kind is SourceKind.ADDRESSES else "through"

    def __str__(self) -> str:
        return self.text

    def _shown(self) -> str:
        return f"CallSource({self.text!r})"


def checked_range(text: str, *, part: str = _PART, advice: str = _ADVICE) -> str:
    """Check a range of addresses, and write it in the one form that it has.

    Args:
        text: a range or one address.
        part: what an error calls it.
        advice: what an error says for a text that is no range.

    Raises:
        ExecPolicyError: it is no range, or an address within one.

    >>> checked_range("2001:DB8::/32")
    '2001:db8::/32'
    """
    from ipaddress import ip_address, ip_network  # only for ranges

    try:
        found = ip_network(text, strict=False)
    except ValueError:
        found = None
    if found is None or _RANGE.fullmatch(text) is None:
        raise found_instead("a range of addresses", text=text, part=part, advice=advice, rule=_RULE)
    if "/" in text and int(ip_address(text.partition("/")[0])) != int(found.network_address):
        message = f"found {text}, whose address is not the first of its range"
        raise refused(message, text=text, part=part, advice=f"write {found}", rule=_RULE)
    return str(found)
