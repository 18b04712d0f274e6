"""The network that is shown in place of an address of a log."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from execpolicy.loaders.access_log.line import ABSENT

#: The lengths of the networks that are shown in place of addresses.
_NETWORKS: Final = {4: 24, 6: 48}
#: The most networks that are kept.
_MOST_KEPT: Final = 100_000


@lru_cache(maxsize=_MOST_KEPT)
def network_of(address: str) -> str:
    """The network of an address that is shown in its place; empty for a text that is no address.

    >>> network_of("203.0.113.7"), network_of("2001:db8:1:2::3"), network_of("-")
    ('203.0.113.0/24', '2001:db8:1::/48', '')
    """
    from ipaddress import ip_address, ip_network

    try:
        version = ip_address(address).version
    except ValueError:
        return ""
    return str(ip_network(f"{address}/{_NETWORKS[version]}", strict=False))


def source_of(address: str | None, *, raw_values: bool) -> str | None:
    """What is shown of the address of a client: its network, or itself; None for none.

    Args:
        address: the address, as a log has it.
        raw_values: whether it is shown itself.
    """
    if address in (None, "", ABSENT):
        return None
    return address if raw_values else network_of(address) or None
