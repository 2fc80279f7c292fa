"""60: more ways to write an address inside: for files by address, webhooks, redirects; and proxies of the environment.

Each is counted at sockets that really listen, on every loopback address of the machine.
"""

import socket

import pytest

from fondasi.kit.outgoing import is_public
from fondasi.webhooks.jobs import deliver

API = "/api/v1"
PDF = b"%PDF-1.7\n" + b"x" * 5000
HOSTS = [
    # IPv6 that leads to IPv4: mapped, compatible, translated (RFC 6052, 8215, 2765), 6to4, Teredo, ISATAP
    "[::ffff:7f00:1]",
    "[::ffff:127.0.0.1%25lo]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[64:ff9b:1:fffe::7f00:1]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::5efe:127.0.0.1]",
    # loopback, link-local, unique local, site-local, multicast, unspecified, with and without a zone
    "[::1%25lo]",
    "[::1%251]",
    "[::%2516]",
    "[0000::1]",
    "[fe80::1%25lo]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1%25lo]",
    # IPv4 in the forms that inet_aton takes
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7F000001",
    "0x7f000001.",
    "127.0x0.0.1",
    "017700000001.",
    "00",
    "0x0",
    "0.0.0.0.",
    "2852039166",
    "169.254.43518",
    "0251.0376.0251.0376",
    "0xa9fea9fe",
    "192.0.0.192",
    "100.100.100.200",
    "168.63.129.16",
    # letters that become digits, dots and names
    "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "127\uff0e0\uff0e0\uff0e1",
    "127\uff610\uff610\uff611",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",
    "\u0663\u0662\u0667.\u0660.\u0660.\u0661",
    "loc\u00adalhost",
    "localhost.",
    "LOCALHOST",
    "loc%61lhost",
    "127.0.0%2e1",
    "127.0.0.1%00.example.com",
    "127.0.0.1%2f.example.com",
    "127.0.0.1%0d%0aHost:example.com",
    "127.0.0.1 ",
    "127.0.0.1\t",
    "127.0.0.1\r\n",
    "127.0.0.1\x00",
    " 127.0.0.1",
    # what one parser takes for the host, and another for the rest
    "example.com:80@127.0.0.1",
    "@127.0.0.1",
    ":@127.0.0.1",
    "127.0.0.1%40example.com",
    "127.0.0.1;example.com",
    "[127.0.0.1]",
    "[::1].example.com",
    "[::1",
    "::1",
    "[v1.127.0.0.1]",
    "127.0.0.1,example.com",
    "127.0.0.1\\example.com",
    # names
    "short.test",
    "long.test",
    "six.test",
    "nat64.test",
    "mapped6.test",
    "both.test",
    "loop.test",
    "own.test",
]
URLS = [
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/info",
    "ftp://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Ftmp%2Fx/",
    "data:application/pdf,%25PDF-1.7",
    "jar:http://127.0.0.1:{port}!/",
    "javascript:alert(1)",
    "//127.0.0.1:{port}/",
    "http:127.0.0.1:{port}",
    "http:/127.0.0.1:{port}",
    "http:///127.0.0.1:{port}",
    "http://",
    "https://:{port}/",
    "http:\\\\127.0.0.1:{port}",
    "\thttp://127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://127.0.0.1:{port}?@example.com/",
    "http://127.0.0.1:0{port}/",
    "http://127.0.0.1:+{port}/",
    "http://127.0.0.1:{port}:80/",
    "http://localhost:{port}/",
    "http://0:{port}/",
    "http://example.com:{port}@127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/",
]


@pytest.fixture
def names(name_server):
    name_server.add("short.test", "127.1.2.3")
    name_server.add("long.test", "two.test")
    for number, name in enumerate(("two", "three", "four", "five", "six6", "seven")):
        following = ("three", "four", "five", "six6", "seven", "end")[number]
        name_server.add(f"{name}.test", f"{following}.test")
    name_server.add("end.test", "169.254.169.254")
    name_server.add("six.test", "::1")
    name_server.add("nat64.test", "64:ff9b::7f00:1")
    name_server.add("mapped6.test", "::ffff:10.0.0.1")
    name_server.add("both.test", ["2606:4700:4700::1111", "::1"])
    name_server.add("loop.test", "loop.test")
    name_server.add("own.test", "0.0.0.0")
    return name_server


@pytest.fixture
async def listening(receiver_at, outgoing, monkeypatch):
    """Servers on one port of 127.0.0.1 and of ::1, which may be asked."""
    found = [await receiver_at("127.0.0.1")]
    monkeypatch.setattr(outgoing, "ports", [80, 443, found[0].port])
    try:
        found.append(await receiver_at("::1", port=found[0].port))
    except OSError:
        print("this machine has no IPv6")  # noqa: T201
    return found


@pytest.fixture
async def fetched(client, account):
    ani = await account("ani")

    async def send(url):
        return await client.post(f"{API}/files/by-url", json={"url": url}, headers=ani)

    return send


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("host", HOSTS, ids=ascii)
async def test_no_host_inside_is_fetched(fetched, listening, host):
    answer = await fetched(f"http://{host}:{listening[0].port}/report.pdf")
    assert answer.status_code == 422, answer.text
    assert [each.connections for each in listening] == [0] * len(listening)


@pytest.mark.parametrize("url", URLS, ids=ascii)
async def test_no_other_scheme_and_no_odd_address_is_fetched(fetched, listening, url):
    answer = await fetched(url.replace("{port}", str(listening[0].port)))
    assert answer.status_code == 422, answer.text
    assert [each.connections for each in listening] == [0] * len(listening)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize(
    "url", [*URLS, "http://127.0.0.2:{port}/", "//127.0.0.2:{port}/", "http://[::1]:{port}/"], ids=ascii
)
async def test_no_redirect_leads_there(fetched, listening, receiver, *, outgoing, monkeypatch, url):
    monkeypatch.setattr(outgoing, "ports", [80, 443, receiver.port, listening[0].port])
    location = url.replace("{port}", str(listening[0].port)).replace("localhost", "127.0.0.1")
    location = location.replace("127.0.0.1", "127.0.0.2").strip()
    receiver.answers = [(302, {"location": location}, b"")]
    answer = await fetched(receiver.url())
    assert answer.status_code == 422, answer.text
    assert [each.connections for each in listening] == [0] * len(listening)


@pytest.mark.usefixtures("names", "outgoing")
async def test_no_webhook_is_sent_there(town, listening, run_jobs):
    """Nor taken, where the address says it itself."""
    root = await town.person("root", superuser=True)
    for host in HOSTS:
        body = {"url": f"http://{host}:{listening[0].port}/", "events": ["*"]}
        made = await root.call("POST", "/webhooks", json=body)
        assert made.status_code in {201, 422}, (host, made.text)
        if made.status_code == 201:
            path = f"/webhooks/{made.json()['id']}"
            await root.call("POST", f"{path}/ping")
            await run_jobs(deliver)
            (delivery,) = (await root.get(f"{path}/deliveries")).json()["data"]
            assert delivery["last_try"]["status_code"] is None, host
            assert (await root.call("DELETE", path)).status_code == 204
    assert [each.connections for each in listening] == [0] * len(listening)


@pytest.mark.usefixtures("near", "names")
async def test_answer_that_changes_between_the_tries_of_a_webhook(town, receiver, name_server, run_jobs):
    """Each try looks anew; and one look gives the addresses that are both checked and asked."""
    root = await town.person("root", superuser=True)
    name_server.add("turns.test", "127.0.0.1", ["127.0.0.1", "127.0.0.9"], "169.254.169.254")
    body = {"url": receiver.url("turns.test"), "events": ["*"]}
    path = f"/webhooks/{(await root.call('POST', '/webhooks', json=body)).json()['id']}"
    for _ in range(3):
        await root.call("POST", f"{path}/ping")
        await run_jobs(deliver)
    assert receiver.connections == 1
    assert name_server.asked.count("turns.test") == 3


@pytest.mark.usefixtures("near")
async def test_no_proxy_of_the_environment_takes_part(fetched, receiver, receiver_at, monkeypatch):
    proxy = await receiver_at()
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    receiver.answers = [(200, {}, PDF)]
    assert (await fetched(receiver.url(path="/a.pdf"))).status_code == 201
    assert (proxy.connections, receiver.connections) == (0, 1)


def test_no_address_of_this_machine_is_public_but_those_that_are():
    found = {item[4][0].partition("%")[0] for item in socket.getaddrinfo("localhost", 80)}
    assert found
    assert not any(is_public(each) for each in found)
