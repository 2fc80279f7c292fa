"""Which IP addresses are public: IANA's registries of special-purpose addresses, whatever this Python knows of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network

_SPECIAL = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' translators, and metadata of some clouds
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public address that Azure answers with its machines' metadata
        "169.254.0.0/16",  # link-local, and metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation, as the next two
        "198.51.100.0/24",
        "203.0.113.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# Nothing is public in IPv6 but global unicast, and of that not these.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL_6 = [
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols, Teredo among them, which carries an IPv4 address
        "2001:db8::/32",  # documentation, as the last
        "2002::/16",  # 6to4, which carries one too
        "3fff::/20",
    )
]
_TRANSLATED = IPv6Network(
    "64:ff9b::/96"
)  # NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is reached


def is_public(text: str, besides: Collection[Network] = ()) -> bool:
    """Whether an IP address is public, or in one of the networks that are allowed besides.

    Args:
        text: the address.
        besides: networks.

    Raises:
        ValueError: it is no IP address.
    """
    address = _reached(ip_address(text))
    if any(address in network for network in besides):
        return True
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL)
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL_6)


def _reached(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, if that is all that it says."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
