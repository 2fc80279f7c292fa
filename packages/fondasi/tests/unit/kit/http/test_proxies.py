"""Whose word about the client's address counts."""

from ipaddress import ip_network

import pytest

from fondasi.kit.http.proxies import TrustedProxies

TRUSTED = [ip_network(item) for item in ("10.0.0.0/24", "2001:db8:5::/48")]


async def seen(
    peer: str | None, *forwarded: str, kind="http", proto: str | None = None
) -> tuple[str | None, str]:
    """Address and scheme that the application sees."""
    found = {}

    async def app(scope, receive, send):
        found.update(scope)

    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    if proto is not None:
        headers.append((b"x-forwarded-proto", proto.encode()))
    client = (peer, 1234) if peer is not None else None
    scope = {"type": kind, "client": client, "headers": headers, "scheme": "http"}
    await TrustedProxies(app, networks=TRUSTED)(scope, None, None)
    return found["client"] and found["client"][0], found["scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.1, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.1", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
        ("10.0.0.1", ["10.0.0.9"], "10.0.0.9"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:5::1", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", ["203.0.113.1, 198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["198.51.100.7, 203.0.113.1:"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["\xff\xfe"], "10.0.0.1"),
        ("10.0.0.1", [", ".join(["198.51.100.7"] + ["10.0.0.2"] * 5000)], "10.0.0.2"),
        ("10.0.1.1", ["198.51.100.7"], "10.0.1.1"),
        ("198.51.100.7", ["10.0.0.1"], "198.51.100.7"),
        ("not an address", ["198.51.100.7"], "not an address"),
        (None, ["198.51.100.7"], None),
    ],
)
async def test_only_what_trusted_proxies_wrote_is_believed(peer, forwarded, address):
    assert (await seen(peer, *forwarded))[0] == address


async def test_scheme_comes_from_a_trusted_proxy_alone():
    assert (await seen("10.0.0.1", proto="https"))[1] == "https"
    assert (await seen("10.0.0.1", proto="https", kind="websocket"))[1] == "wss"
    assert (await seen("10.0.0.1", proto="gopher"))[1] == "http"
    assert (await seen("198.51.100.7", proto="https"))[1] == "http"
