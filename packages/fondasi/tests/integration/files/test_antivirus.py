"""ClamAV, asked over its protocol: a server that takes it to the letter, as clamd does."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from fondasi.files import antivirus_fault
from fondasi.files.antivirus import Antivirus
from fondasi.settings import ClamavSettings

API = "/api/v1"
VIRUS = b"a virus that is none"
PDF = b"%PDF-1.7\n" + b"x" * 900_000


class Clamd:
    """What clamd(8) says of zPING and zINSTREAM, with the test's own signature."""

    def __init__(self) -> None:
        self.limit, self.says, self.silent = 10_000_000, b"", False
        self.ended = asyncio.Event()
        self.seen: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            command = await reader.readuntil(b"\0")
            writer.write(await self._answer(command, reader))
            await writer.drain()
        writer.close()

    async def _answer(self, command: bytes, reader: asyncio.StreamReader) -> bytes:
        if command == b"zPING\0":
            return b"PONG\0"
        assert command == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(await reader.readexactly(4)):
            content += await reader.readexactly(size)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.seen.append(content)
        if self.silent:
            await self.ended.wait()
        if self.says:
            return self.says
        return b"stream: Test.Virus-1 FOUND\0" if VIRUS in content else b"stream: OK\0"


@pytest.fixture(params=["tcp", "unix"])
async def clamd(request, app, monkeypatch, tmp_path):
    server, path = Clamd(), tmp_path / "clamd"
    if request.param == "unix":
        listening = await asyncio.start_unix_server(server, path)
        server.url = f"unix://{path}"
    else:
        listening = await asyncio.start_server(server, "127.0.0.1", 0)
        server.url = f"tcp://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    use(app, monkeypatch, server.url)
    yield server
    server.ended.set()
    listening.close()


def use(app, monkeypatch, url: str) -> None:
    antivirus = Antivirus(ClamavSettings(url=url, timeout=2))
    monkeypatch.setitem(app.state.platform._resources, Antivirus, antivirus)


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.fixture
def nothing_is_kept(clean_database, stored):
    async def look() -> bool:
        query = text(
            "SELECT 1 FROM stored_object UNION ALL SELECT 1 FROM file UNION ALL SELECT 1 FROM tenant_file"
        )
        async with clean_database.read_session() as session:
            return not (await session.execute(query)).all() and not stored()

    return look


async def test_clean_file_was_seen_whole(client, upload, ani, clamd):
    answer = await upload(ani, content=PDF)
    assert answer.status_code == 201, answer.text
    assert clamd.seen == [PDF]
    assert (await client.get(answer.json()["url"])).content == PDF


async def test_infected_file_is_refused_told_and_not_kept(
    client, sign_in, upload, ani, clamd, *, nothing_is_kept
):
    answer = await upload(ani, "invoice.pdf", PDF + VIRUS)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "FILE_INFECTED")
    assert "Test.Virus" not in answer.text
    assert await nothing_is_kept()
    root = await sign_in("root", superuser=True)
    rows = (await client.get(f"{API}/activity?action=files.infected", headers=root)).json()["data"]
    assert [(row["metadata"]["name"], row["metadata"]["found"]) for row in rows] == [
        ("invoice.pdf", "Test.Virus-1")
    ]


async def test_infected_file_of_a_tenant_is_in_its_trail(client, upload, ani, clamd, nothing_is_kept):
    tenant = (await client.post(f"{API}/tenants", json={"name": "One"}, headers=ani)).json()["id"]
    answer = await upload(ani, content=PDF + VIRUS, path=f"/tenants/{tenant}/files")
    assert answer.json()["error_code"] == "FILE_INFECTED"
    assert await nothing_is_kept()


@pytest.mark.parametrize(
    "fault",
    ["limit", "silent", b"stream: Can't allocate memory ERROR\0", b"", b"stream: OK", b"OK\0", b"x" * 9000],
    ids=str,
)
async def test_without_an_answer_no_file_is_taken(upload, ani, clamd, nothing_is_kept, *, fault):
    if fault == "limit":
        clamd.limit = 1000
    elif fault == "silent":
        clamd.silent = True
    else:
        clamd.says = fault or b"\0"
    answer = await upload(ani, content=PDF)
    assert (answer.status_code, answer.json()["error_code"]) == (503, "ANTIVIRUS_UNAVAILABLE")
    assert answer.headers["retry-after"] == "30"
    assert await nothing_is_kept()


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "unix:///nothing/here"])
async def test_antivirus_that_is_away_opens_no_door(app, monkeypatch, upload, ani, *, nothing_is_kept, url):
    use(app, monkeypatch, url)
    answer = await upload(ani, content=PDF)
    assert (answer.status_code, answer.json()["error_code"]) == (503, "ANTIVIRUS_UNAVAILABLE")
    assert await nothing_is_kept()
    assert "files are refused" in await antivirus_fault(ClamavSettings(url=url))


async def test_doctor_asks_whether_it_is_there(clamd):
    assert await antivirus_fault(ClamavSettings(url=clamd.url)) is None


def test_address_is_checked():
    for url in ("http://clamav:3310", "tcp://clamav", "unix://clamd"):
        with pytest.raises(ValueError, match="must be tcp"):
            ClamavSettings(url=url)
    assert Path(ClamavSettings(url="unix:///run/clamd.ctl").url).name == "clamd.ctl"
