"""Whose word about the client's address counts: that of the proxies in `HTTP_TRUSTED_PROXIES`, and nobody else's.

Anybody can send `X-Forwarded-For`. It is read only when the connection itself comes from a trusted proxy, from the
right, where that proxy wrote, up to the first address that is not a trusted proxy's. The rest of it is the client's
own text. Everything below sees the result as `request.client` and `request.url.scheme`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MAX_HOPS = 20
# Bits of an IPv6 address that one customer gets at least, and at most (RIPE-690): the rest is free to choose.
CUSTOMER_PREFIX, SITE_PREFIX = 64, 48
MAPPED = "::ffff:"  # how a socket that speaks both protocols writes clients of IPv4
TRANSLATED = IPv6Network(
    "64:ff9b::/96"
)  # how a translator in front of a network of IPv6 writes them (RFC 6052)
WITH_PORT = re.compile(r"\[([^]]*)\](?::\d{1,5})?|([^:]*):\d{1,5}")  # 203.0.113.5:4711, [2001:db8::5]:4711
FORWARDED_FOR, FORWARDED_PROTO = b"x-forwarded-for", b"x-forwarded-proto"
SCHEMES = {"http": {b"http": "http", b"https": "https"}, "websocket": {b"http": "ws", b"https": "wss"}}


def parse_address(text: str) -> Address | None:
    """An address; one of IPv4 that is written as IPv6 is the IPv4 one."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def counted_address(text: str) -> str:
    """An address as everything counts it: IPv4 whole, however it is written; of IPv6 the network that one customer has.

    Whatever limits callers by their address (limits, lockout, codes) asks this, so that they agree on who is who.

    Args:
        text: the client's address; what is none counts as it is.
    """
    return _counted(text, CUSTOMER_PREFIX)


def counted_site(text: str) -> str:
    """An address as it is counted where somebody may have asked for the largest network: of IPv6 a /48."""
    return _counted(text, SITE_PREFIX)


@lru_cache(maxsize=4096)
def _counted(text: str, prefix: int) -> str:
    address = parse_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address in TRANSLATED:
            return str(IPv4Address(address.packed[-4:]))
        return str(IPv6Network((address, prefix), strict=False))
    return text if address is None else str(address)


class TrustedProxies:
    """Puts the client's address and scheme in the place of the proxy's.

    Args:
        app: what comes next.
        networks: the proxies' networks.
    """

    def __init__(self, app: ASGIApp, *, networks: Sequence[Network]) -> None:
        self.app = app
        self.networks = list(networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in SCHEMES and (client := scope.get("client")):
            if client[0].startswith(MAPPED):
                scope = {**scope, "client": (str(parse_address(client[0]) or client[0]), client[1])}
            if self.networks and self._trusts(parse_address(client[0])):
                scope = {**scope, **self._told(scope)}
        await self.app(scope, receive, send)

    def _told(self, scope: Scope) -> dict[str, object]:
        told: dict[str, object] = {}
        hops = b",".join(value for name, value in scope["headers"] if name == FORWARDED_FOR)
        client = None
        for hop in reversed(hops.split(b",")[-MAX_HOPS:]):
            if (address := _of_hop(hop.decode("latin-1").strip())) is None:
                break
            client = address
            if not self._trusts(address):
                break
        if client is not None:
            told["client"] = (str(client), 0)
        for name, value in scope["headers"]:
            if name == FORWARDED_PROTO and (scheme := SCHEMES[scope["type"]].get(value.strip().lower())):
                told["scheme"] = scheme
        return told

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self.networks)


def _of_hop(text: str) -> Address | None:
    """The address of a hop; some proxies write their client's port behind it."""
    match = WITH_PORT.fullmatch(text)
    return parse_address(text if match is None else match[1] or match[2])
