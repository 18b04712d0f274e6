"""The network that is shown in place of an address."""

from __future__ import annotations

from typing import Final

#: The lengths of the networks that are shown in place of addresses.
_NETWORKS: Final = {4: 24, 6: 48}


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
