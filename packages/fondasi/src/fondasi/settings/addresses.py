"""Addresses of PostgreSQL servers: what is wrong with one, and which host it names; never its password."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")
LARGEST_PORT = 65535


def check_database_address(address: str) -> None:
    """Refuse what is no address of a PostgreSQL server.

    Raises:
        ValueError: a sentence with the remedy.
    """
    scheme, found, rest = address.partition("://")
    if not found or scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        named = f", and not with {scheme}://" if found and SCHEME.fullmatch(scheme) else ""
        raise ValueError(
            f"It has to begin with postgresql://{named}. PostgreSQL is the only database that is supported."
        )
    authority, beyond = _authority(rest)
    if "#" in rest:
        raise ValueError("Write # in a user name or password as %23.")
    if "@" not in authority and ":" in authority and "@" in beyond:
        raise ValueError("Write / in a user name or password as %2F, and ? as %3F.")
    if authority.count("@") > 1:
        raise ValueError(
            f"Write @ in a user name or password as %40; the host was taken to be {_hosts(rest)}."
        )
    for host in authority.rpartition("@")[2].split(","):
        port = re.sub(r"\[[^\]]*\]", "", host).partition(":")[2]
        if port and not (port.isdecimal() and 0 < int(port) <= LARGEST_PORT):
            raise ValueError(
                f"The port of the host {host.removesuffix(f':{port}')} is no number up to {LARGEST_PORT}."
            )


def host_of(address: str) -> str:
    """The host that an address names, with its port; several are separated by commas."""
    return _hosts(address.partition("://")[2])


def _hosts(rest: str) -> str:
    authority, beyond = _authority(rest)
    query = parse_qs(beyond.partition("?")[2])
    return authority.rpartition("@")[2] or ",".join(query.get("host", [])) or "localhost"


def _authority(rest: str) -> tuple[str, str]:
    """User, password, host and port; and what follows them."""
    end = min((place for sign in "/?#" if (place := rest.find(sign)) >= 0), default=len(rest))
    return rest[:end], rest[end:]
