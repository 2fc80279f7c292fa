"""51: an address as a way inside: files that the service is asked to fetch from its own network, or without end.

Each is counted at a socket that really listens.
"""

import pytest
from sqlalchemy import text

API = "/api/v1"
PDF = b"%PDF-1.7\n" + b"x" * 5000
WAYS_INSIDE = [
    *(
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "017700000001",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "localhost",
    ),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *(
        "user@127.0.0.1",
        "8.8.8.8@127.0.0.1",
        "127.0.0.1\\@8.8.8.8",
        "127。0。0。1",
        "inside.test",
        "chain.test",
    ),
    *("mixed.test", "mapped.test", "metadata.test", "nowhere.test"),
]


@pytest.fixture
def names(name_server):
    name_server.add("inside.test", "127.0.0.1")
    name_server.add("chain.test", "two.test")
    name_server.add("two.test", "three.test")
    name_server.add("three.test", "127.0.0.1")
    name_server.add("mixed.test", ["8.8.8.8", "127.0.0.1"])
    name_server.add("mapped.test", "::ffff:127.0.0.1")
    name_server.add("metadata.test", "169.254.169.254")
    return name_server


@pytest.fixture
async def fetched(client, account):
    ani = await account("ani")

    async def send(url, **fields):
        return await client.post(f"{API}/files/by-url", json={"url": url, **fields}, headers=ani)

    return send


async def nothing_is_left(database) -> bool:
    async with database.read_session() as session:
        rows = (await session.execute(text("SELECT 1 FROM stored_object UNION ALL SELECT 1 FROM file"))).all()
    return not rows


@pytest.mark.usefixtures("names", "outgoing")
@pytest.mark.parametrize("host", WAYS_INSIDE)
async def test_nothing_inside_is_fetched_however_it_is_written(fetched, receiver, clean_database, host):
    receiver.answers = [(200, {}, PDF)]
    answer = await fetched(f"http://{host}:{receiver.port}/report.pdf")
    assert answer.status_code == 422, answer.text
    assert answer.json()["field_errors"][0]["field"] == "body.url"
    assert receiver.connections == 0
    assert await nothing_is_left(clean_database)


@pytest.mark.usefixtures("outgoing")
async def test_what_is_inside_and_what_is_not_there_answer_the_same(fetched, receiver, names):
    answers = [(await fetched(receiver.url(name))).json() for name in ("inside.test", "nowhere.test")]
    assert answers[0]["detail"] == answers[1]["detail"]


@pytest.mark.usefixtures("near")
async def test_name_that_is_rebound_after_it_was_looked_at(fetched, receiver, names):
    receiver.answers = [(200, {}, PDF)]
    names.add("rebound.test", "127.0.0.1", "169.254.169.254", "127.0.0.1")
    assert (await fetched(receiver.url("rebound.test", "/report.pdf"))).status_code == 201
    assert (await fetched(receiver.url("rebound.test", "/report.pdf"))).status_code == 422
    assert names.asked == ["rebound.test", "rebound.test"]
    assert receiver.connections == 1


@pytest.mark.usefixtures("near", "names")
@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "metadata.test", "chain6.test", "2130706433"])
async def test_redirect_leads_nowhere_inside(fetched, receiver, receiver_at, clean_database, host):
    receiver.answers = [(302, {"location": f"http://{host}:{receiver.port}/report.pdf"}, b"")]
    assert (await fetched(receiver.url(path="/report.pdf"))).status_code == 422
    assert receiver.connections == 1
    assert await nothing_is_left(clean_database)


@pytest.mark.usefixtures("near")
async def test_redirects_without_end(fetched, receiver):
    receiver.answers = [(302, {"location": "/again"}, b"")]
    assert (await fetched(receiver.url())).status_code == 422
    assert len(receiver.requests) == 4


async def endless(writer):
    writer.write(b"HTTP/1.1 200 X\r\n\r\n" + PDF)
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


@pytest.mark.usefixtures("near")
async def test_file_without_end_is_cut_at_the_limit(fetched, receiver, clean_database, app, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings.file, "limit", 1024 * 1024)
    receiver.answers = [endless]
    answer = await fetched(receiver.url())
    assert (answer.status_code, answer.json()["error_code"]) == (413, "FILE_TOO_LARGE")
    assert await nothing_is_left(clean_database)


@pytest.mark.usefixtures("near")
async def test_file_that_comes_drop_by_drop_ends_with_its_time(
    fetched, receiver, clean_database, app, monkeypatch
):
    async def drop_by_drop(writer):
        import asyncio

        writer.write(b"HTTP/1.1 200 X\r\n\r\n" + PDF)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    monkeypatch.setattr(app.state.platform.settings.file, "fetch_seconds", 0.5)
    receiver.answers = [drop_by_drop]
    answer = await fetched(receiver.url())
    assert answer.status_code == 422
    assert "did not answer in time" in answer.json()["detail"]
    assert await nothing_is_left(clean_database)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((200, {"content-type": "application/pdf"}, b"<html><script>alert(1)</script></html>"), 415),
        ((200, {"content-encoding": "gzip"}, PDF), 422),
        ((404, {}, PDF), 422),
        ((204, {}, b""), 422),
        ((200, {"content-length": "100000"}, PDF), 422),  # less than it said
    ],
    ids=str,
)
async def test_what_is_no_file_is_not_kept(fetched, receiver, clean_database, answer, status):
    receiver.answers = [answer]
    assert (await fetched(receiver.url())).status_code == status
    assert await nothing_is_left(clean_database)


@pytest.mark.usefixtures("near")
async def test_no_secret_goes_out_and_none_comes_back(fetched, receiver, client):
    receiver.answers = [(200, {"set-cookie": "a=b", "content-type": "text/html"}, PDF)]
    made = (await fetched(receiver.url(path="/a/..%2f..%2fetc%2fpasswd?key=secret"))).json()
    assert (made["name"], made["media_type"]) == ("passwd.pdf", "application/pdf")
    (request,) = receiver.requests
    assert request.headers.keys() == {"host", "accept", "accept-encoding", "user-agent"}
    assert (await client.get(made["url"])).content == PDF
