"""Files in an object store: a real S3 server over HTTP, and a way to it that can be spoiled."""

import asyncio
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from io import StringIO
from pathlib import Path
from time import sleep

import httpx
import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import text

from fondasi.doctor import diagnose
from fondasi.kit.ids import new_id
from fondasi.kit.storage import ObjectStorage, Storage, StorageError
from fondasi.settings import StorageSettings

API = "/api/v1"
MOTO = Path(sys.prefix) / "s3"  # `make setup` puts it there
LARGE = b"%PDF-1.7\n" + bytes(range(256)) * 50_000  # three parts


class Way:
    """A TCP proxy in front of the server that refuses, is full, or never answers."""

    def __init__(self, port: int) -> None:
        self._port, self.answer, self.silent, self.ended = port, b"", False, asyncio.Event()

    async def __call__(self, reader, writer) -> None:
        if self.silent:
            await self.ended.wait()
            writer.close()
        elif self.answer:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % self.answer)
            writer.close()
        else:
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, reader, writer) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


class Bucket:
    """A new bucket, looked at past the service."""

    def __init__(self, port: int) -> None:
        self.name = f"uploads-{new_id().hex}"
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}/{self.name}")
        self._client.put("").raise_for_status()

    def sizes(self) -> list[int]:
        """Fails where an upload in parts was begun and forgotten, or something lies elsewhere."""
        assert "<UploadId>" not in self._client.get("", params={"uploads": ""}).raise_for_status().text
        listed = self._client.get("", params={"list-type": 2}).raise_for_status().text
        assert all(key.startswith("files/") for key in re.findall("<Key>([^<]*)", listed))
        return [int(size) for size in re.findall("<Size>([^<]*)", listed)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of the S3 server."""
    assert MOTO.is_dir(), "The S3 server of the tests is missing: run `make setup`."
    printed = tmp_path_factory.mktemp("s3") / "printed"
    with (
        printed.open("w") as said,
        subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            env={**os.environ, "PYTHONPATH": str(MOTO), "PYTHONUNBUFFERED": "1"},
            stdout=said,
            stderr=said,
        ) as process,
    ):
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", printed.read_text())):
            assert process.poll() is None, printed.read_text()
            sleep(0.05)
        yield int(found[1])
        process.terminate()


@pytest.fixture
def bucket(server):
    return Bucket(server)


@asynccontextmanager
async def spoilable(port: int):
    way = Way(port)
    listening = await asyncio.start_server(way, "127.0.0.1", 0)
    yield way, listening.sockets[0].getsockname()[1]
    way.ended.set()
    listening.close()


@pytest.fixture
async def way(server, bucket, app, monkeypatch):
    async with spoilable(server) as (way, port):
        storage = ObjectStorage(s3(port, bucket.name))
        monkeypatch.setitem(app.state.platform._resources, Storage, storage)
        yield way


def s3(port: int, bucket: str) -> StorageSettings:
    return StorageSettings(
        url=f"s3://{bucket}/files",
        endpoint=f"http://127.0.0.1:{port}",
        region="us-east-1",
        access_key_id="key",
        secret_access_key="secret",
        timeout=2,
    )


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.mark.usefixtures("way")
async def test_file_is_stored_in_parts_read_in_ranges_and_deleted(client, upload, ani, bucket, swept):
    answer = await upload(ani, content=LARGE)
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert bucket.sizes() == [len(LARGE)]
    whole = await client.get(file["url"])
    assert whole.content == LARGE
    for start, end in ((0, 1), (5_000_000, 6_500_000), (len(LARGE) - 3, len(LARGE))):
        part = await client.get(file["url"], headers={"Range": f"bytes={start}-{end - 1}"})
        assert (part.status_code, part.content) == (206, LARGE[start:end])
    assert (await client.delete(f"{API}/files/{file['id']}", headers=ani)).status_code == 204
    await swept()
    assert bucket.sizes() == []


async def test_keys_are_listed(app, upload, ani, way):
    file_id = (await upload(ani)).json()["id"].replace("-", "")
    storage = app.state.platform.get(Storage)
    assert [key async for keys in storage.listed() for key in keys] == [f"{file_id[-2:]}/{file_id}"]
    way.answer = b"403 Forbidden"
    with pytest.raises(StorageError):
        await anext(storage.listed())


@pytest.mark.usefixtures("way")
async def test_upload_that_breaks_off_leaves_nothing(client, ani, bucket):
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    headers = ani | {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post(f"{API}/files", content=head + LARGE, headers=headers)
    assert answer.status_code == 422
    assert bucket.sizes() == []


@pytest.fixture
def left(clean_database, swept):
    """The states of what the database knows of in the store, after the purge."""

    async def read() -> list[str]:
        await swept()
        async with clean_database.read_session() as session:
            return list((await session.execute(text("SELECT state FROM stored_object"))).scalars())

    return read


@pytest.fixture(params=["refuses", "is full", "is slow", "forbids"])
def fault(request, way):
    """Spoil the way, or mend it."""
    answers = {
        "refuses": b"503 Slow Down",
        "is full": b"507 Insufficient Storage",
        "forbids": b"403 Forbidden",
    }

    def spoil(spoilt: bool) -> None:
        way.answer = answers.get(request.param, b"") if spoilt else b""
        way.silent = spoilt and request.param == "is slow"

    return spoil


@pytest.mark.parametrize("size", [9000, len(LARGE)], ids=["one part", "several"])
async def test_store_that_fails_is_said_and_half_a_file_is_no_file(
    client, upload, ani, bucket, *, left, fault, size
):
    good = (await upload(ani, content=LARGE[:9000])).json()
    fault(True)
    answer = await upload(ani, content=LARGE[:size])
    assert (answer.status_code, answer.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")
    assert answer.headers["retry-after"] == "30"
    fetched = await client.get(good["url"])
    assert (fetched.status_code, fetched.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")
    assert len((await client.get(f"{API}/files", headers=ani)).json()["data"]) == 1
    fault(False)
    assert await left() == ["kept"]
    assert bucket.sizes() == [9000]
    assert (await client.get(good["url"])).content == LARGE[:9000]


async def test_doctor_tries_the_store(settings, server, bucket):
    async def said(name: str) -> str:
        printed = Console(file=StringIO(), width=300)
        await diagnose(settings.model_copy(update={"storage": s3(server, name)}), printed)
        lines = printed.file.getvalue().splitlines()
        return next((line for line in lines if line.strip().startswith("storage")), "nothing")

    assert "ok" in await said(bucket.name)
    assert "could not be written, read and deleted" in await said("another")


def test_keys_are_masked_and_addresses_without_keys():
    assert "hidden" not in repr(
        s3(1, "uploads").model_copy(update={"secret_access_key": SecretStr("hidden")})
    )
    with pytest.raises(ValueError, match="keys go beside it"):
        StorageSettings(url="s3://key:secret@uploads")
