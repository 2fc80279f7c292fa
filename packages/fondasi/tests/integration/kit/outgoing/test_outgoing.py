"""Addresses that callers name: none of the list of ways inside opens a connection, and what is asked is bounded."""

import asyncio
from ipaddress import ip_network

import pytest

from fondasi.kit.outgoing import Outgoing, RefusedAddressError, UnreachableError, is_public
from fondasi.settings import OutgoingSettings, Settings

LOOPBACK = [ip_network("127.0.0.1/32")]
PUBLIC = [
    "8.8.8.8",
    "172.15.255.255",
    "100.63.0.1",
    "193.0.0.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
NOT_PUBLIC = [
    *(
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
    ),
    *(
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
    ),
    *(
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
    ),
    *(
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
    ),
    *(
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
    ),
    *("fec0::1", "ff02::1", "fe80::1%lo"),
]
WAYS_INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "127.0.0.1."),
    *("0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]"),
    *("[2002:7f00:1::]", "localhost", "LOCALHOST", "127。0。0。1", "①②⑦.⓪.⓪.①", "0x7f.1"),
    *("user@127.0.0.1", "8.8.8.8@127.0.0.1"),
    *("127.0.0.1\\@example.com", "127.0.0.1%00.example.com", "127.0.0.1 .example.com", "127.0.0.1\t"),
]  # fmt: skip


@pytest.fixture
def client(receiver):
    """One that may ask the receiver's port, and public addresses alone."""
    return Outgoing(OutgoingSettings(ports=[80, 443, receiver.port]))


@pytest.fixture
def near(receiver):
    """One that may ask the receiver too."""
    return Outgoing(OutgoingSettings(ports=[receiver.port], networks=LOOPBACK))


async def ask(client, url, **options):
    async with client.request("GET", url, **{"seconds": 20, **options}) as answer:
        return answer.status, await answer.read(1000)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


def test_network_that_is_allowed_besides():
    assert is_public("127.0.0.1", LOOPBACK)
    assert is_public("::ffff:127.0.0.1", LOOPBACK)
    assert not is_public("127.0.0.2", LOOPBACK)


@pytest.mark.parametrize("host", WAYS_INSIDE)
async def test_no_way_of_writing_an_address_leads_inside(client, receiver, host):
    with pytest.raises(RefusedAddressError):
        await ask(client, f"http://{host}:{receiver.port}/")
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["::1"],
        ["8.8.8.8", "127.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["one.test"],
        ["169.254.169.254"],
        [],
    ],
    ids=str,
)
async def test_name_of_something_inside_opens_no_connection(client, receiver, name_server, found):
    name_server.add("outside.test", found)
    name_server.add("one.test", "two.test")  # a chain of aliases
    name_server.add("two.test", "127.0.0.1")
    with pytest.raises(RefusedAddressError, match="has no public address"):
        await ask(client, receiver.url("outside.test"))
    assert name_server.asked == ["outside.test"]
    assert receiver.connections == 0


async def test_name_is_looked_up_once_and_what_was_looked_at_is_connected_to(near, receiver, name_server):
    name_server.add("rebound.test", "127.0.0.1", "169.254.169.254")
    assert await ask(near, receiver.url("rebound.test")) == (200, b"")
    assert name_server.asked == ["rebound.test"]
    assert receiver.requests[0].headers["host"] == f"rebound.test:{receiver.port}"
    with pytest.raises(RefusedAddressError):
        await ask(near, receiver.url("rebound.test"))
    assert receiver.connections == 1


async def test_second_address_is_tried_when_the_first_takes_no_connection(receiver, receiver_at, name_server):
    client = Outgoing(OutgoingSettings(ports=[receiver.port], networks=[ip_network("127.0.0.0/8")]))
    name_server.add("two.test", ["127.0.0.2", "127.0.0.1"])
    assert (await ask(client, receiver.url("two.test")))[0] == 200


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.2:{port}/", "http://inside.test:{port}/", "http://[::1]:{port}/", "http://8.8.8.8:22/"],
)
async def test_redirect_is_looked_at_as_the_first_address(near, receiver, receiver_at, name_server, location):
    name_server.add("inside.test", "10.0.0.1")
    receiver.answers = [(302, {"location": location.format(port=receiver.port)}, b"")]
    with pytest.raises(RefusedAddressError):
        await ask(near, receiver.url(), redirects=3)
    assert receiver.connections == 1


async def test_redirects_are_followed_as_often_as_is_said(near, receiver):
    receiver.answers = [
        (302, {"location": "/next"}, b""),
        (307, {"location": "more"}, b""),
        (200, {}, b"there"),
    ]
    assert await ask(near, receiver.url(), redirects=2) == (200, b"there")
    assert [request.path for request in receiver.requests] == ["/", "/next", "/more"]
    receiver.answers = [(302, {"location": "/again"}, b"")]
    assert (await ask(near, receiver.url(), redirects=3))[0] == 302
    assert len(receiver.requests) == 3 + 4
    assert (await ask(near, receiver.url()))[0] == 302
    assert len(receiver.requests) == 3 + 4 + 1


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "//example.com",
            "example.com",
            "",
        ),
        *(
            "http://",
            "http:///path",
            "http://example.com:22/",
            "https://example.com:6379/",
            "http://example.com:0/",
        ),
        *("http://example.com:99999/", "http://example.com/" + "x" * 2000, "http://ani@example.com/"),
        *(
            "http://ani:secret@example.com/",
            "http://exa mple.com/",
            "http://exa%6dple.com:/x\r\nHost: inside",
        ),
    ],
)
async def test_what_is_no_address_to_be_asked(client, url):
    with pytest.raises(RefusedAddressError):
        client.check(url)


async def endless(writer):
    writer.write(b"HTTP/1.1 200 X\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def silent(writer):
    await asyncio.sleep(60)


async def drop_by_drop(writer):
    writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def no_http(writer):
    writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")


async def huge_head(writer):
    writer.write(b"HTTP/1.1 200 X\r\n" + b"x: y\r\n" * 100_000 + b"\r\n")


@pytest.mark.parametrize("answer", [silent, drop_by_drop])
async def test_what_is_slow_ends_when_its_time_is_over(near, receiver, answer):
    receiver.answers = [answer]
    with pytest.raises(UnreachableError, match="did not answer in time"):
        await ask(near, receiver.url(), seconds=0.5)


@pytest.mark.parametrize("answer", [no_http, huge_head])
async def test_what_speaks_no_http(near, receiver, answer):
    receiver.answers = [answer]
    with pytest.raises(UnreachableError, match="does not answer as HTTP is spoken"):
        await ask(near, receiver.url())


async def test_no_more_is_read_than_was_wanted(near, receiver):
    receiver.answers = [endless]
    assert await ask(near, receiver.url()) == (200, b"x" * 1000)


async def test_nobody_listens(near, receiver_at, receiver):
    client = Outgoing(OutgoingSettings(ports=[1], networks=LOOPBACK))
    with pytest.raises(UnreachableError, match="cannot be connected to"):
        await ask(client, "http://127.0.0.1:1/")


async def test_certificate_is_verified_for_the_name(receiver_at, certified, name_server):
    server, trusting = certified("hooks.test")
    receiver = await receiver_at(tls=server)
    settings = OutgoingSettings(ports=[receiver.port], networks=LOOPBACK)
    for name in ("hooks.test", "other.test"):
        name_server.add(name, "127.0.0.1")
    assert (await ask(Outgoing(settings, tls=trusting), receiver.url("hooks.test", scheme="https")))[0] == 200
    for client, name in (
        (Outgoing(settings, tls=trusting), "other.test"),
        (Outgoing(settings), "hooks.test"),
    ):
        with pytest.raises(UnreachableError, match="has no valid certificate"):
            await ask(client, receiver.url(name, scheme="https"))
    assert len(receiver.requests) == 1


async def test_redirect_from_https_to_http_is_refused(receiver_at, certified, name_server):
    server, trusting = certified("hooks.test")
    receiver = await receiver_at(tls=server)
    name_server.add("hooks.test", "127.0.0.1")
    receiver.answers = [(302, {"location": receiver.url("hooks.test")}, b"")]
    client = Outgoing(OutgoingSettings(ports=[receiver.port], networks=LOOPBACK), tls=trusting)
    with pytest.raises(RefusedAddressError, match="from https to http"):
        await ask(client, receiver.url("hooks.test", scheme="https"), redirects=3)


async def test_proxy_of_the_environment_is_not_used(near, receiver, receiver_at, monkeypatch):
    proxy = await receiver_at()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url())
    assert (await ask(near, receiver.url()))[0] == 200
    assert proxy.connections == 0


@pytest.mark.parametrize(
    "network", ["127.0.0.0/8", "0.0.0.0/0", "::/0", "::1/128", "169.254.169.254/32", "fe80::/10"]
)
def test_production_refuses_networks_with_the_machine_itself(monkeypatch, network):
    monkeypatch.setenv("OUTGOING_NETWORKS", f"10.1.0.0/16,{network}")
    monkeypatch.setenv("OUTGOING_PORTS", "443,8443")
    settings = Settings(_env_file=None)
    assert settings.outgoing.ports == [443, 8443]
    found = [fault for fault in settings.unsafe_values() if "OUTGOING_NETWORKS" in fault]
    assert len(found) == 1
    assert network in found[0]
