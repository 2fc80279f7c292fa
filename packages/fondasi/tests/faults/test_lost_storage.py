"""Disks and object stores that are full, refuse, stand still or break off in the middle.

Whatever happens: no file without a row, no row without a file, half a file is none, and the answer says what it is.
"""

import asyncio
import os
import re
import resource
import secrets
import subprocess
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic

import pytest
from faults.conftest import API
from fixtures.disks import mounted
from integration.files.conftest import PDF, stored, swept, upload
from integration.files.test_object_store import bucket, s3, server
from sqlalchemy import text, update

from fondasi.files.checking import check
from fondasi.files.jobs import purge
from fondasi.files.models import StoredObject
from fondasi.kit.jobs import JobContext
from fondasi.kit.storage import LocalStorage, ObjectStorage, Storage

__all__ = ["bucket", "server", "stored", "swept", "upload"]

PATIENCE = 0.5  # seconds that the storage has for a step
OTHERS = [f"{API}/users/me", f"{API}/settings", "/health/live", f"{API}/files"]


async def agree(platform) -> int:
    """That the storage has what the database knows, and nothing else: how many files."""
    found = await check(platform, remove=False)
    assert (found.unknown, found.lacking) == (0, [])
    return found.files


@pytest.fixture
def local(app, monkeypatch):
    """Have files lie in a folder."""

    def use(folder) -> LocalStorage:
        storage = LocalStorage(folder / "files", timeout=PATIENCE)
        monkeypatch.setitem(app.state.platform._resources, Storage, storage)
        return storage

    return use


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as folder:
        yield folder


async def test_full_disk_keeps_whole_files_and_says_the_rest(
    app, client, sign_in, upload, local, *, small_disk, swept
):
    local(small_disk)
    people = [await sign_in(name) for name in ("ani", "budi", "citra")]
    kept: dict[str, tuple[dict, bytes]] = {}
    said: dict[str, int] = {}

    async def send(headers) -> None:
        for _ in range(6):
            content = PDF + secrets.token_bytes(150_000)
            answer = await upload(headers, content=content)
            code = "kept" if answer.status_code == 201 else answer.json()["error_code"]
            said[code] = said.get(code, 0) + 1
            if answer.status_code == 201:
                kept[answer.json()["id"]] = headers, content
            else:
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), answer.text

    await asyncio.gather(*(send(headers) for headers in people for _ in range(2)))
    print(f"36 uploads of 160 kB to a disk of 1 MB: {said}")  # noqa: T201
    assert set(said) == {"kept", "STORAGE_UNAVAILABLE"}
    assert await agree(app.state.platform) == len(kept)
    assert not list(small_disk.rglob("*.part"))
    for file_id, (headers, content) in kept.items():
        file = (await client.get(f"{API}/files/{file_id}", headers=headers)).json()
        assert (await client.get(file["url"])).content == content
        assert (await client.delete(f"{API}/files/{file_id}", headers=headers)).status_code == 204
    await swept()
    assert await agree(app.state.platform) == 0
    assert (await upload(people[0], content=PDF + bytes(500_000))).status_code == 201


async def test_limit_of_the_process_is_a_full_disk(app, sign_in, upload, local, tmp_path):
    """`ulimit -f`: anybody can set it, so this runs everywhere."""
    local(tmp_path)
    ani = await sign_in("ani")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
    try:
        answers = await asyncio.gather(
            *(upload(ani, content=PDF + bytes(size * 10**6)) for size in (0, 3, 1, 9))
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [answer.status_code for answer in answers] == [201, 503, 201, 503]
    assert await agree(app.state.platform) == 2
    assert not list(tmp_path.rglob("*.part"))


@pytest.fixture
def frozen_disk(tmp_path):
    """A disk of its own, and a way to let it stand still: writes to it wait until it goes on."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(32 * 1024 * 1024)
    try:
        subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    except OSError:
        pytest.skip("needs mkfs.ext4")
    with mounted(tmp_path / "disk", "-o", "loop", str(image)) as folder:

        @contextmanager
        def freeze():
            subprocess.run(["fsfreeze", "-f", str(folder)], check=True)
            try:
                yield
            finally:
                subprocess.run(["fsfreeze", "-u", str(folder)], check=True)

        yield folder, freeze


async def test_disk_that_stands_still_is_said_in_time_and_leaves_nothing(
    app, client, sign_in, upload, local, *, frozen_disk, swept
):
    folder, freeze = frozen_disk
    storage = local(folder)
    ani, budi = await sign_in("ani"), await sign_in("budi")
    good = (await upload(ani)).json()
    with freeze():
        began = monotonic()
        sent = [asyncio.create_task(upload(who)) for who in (ani, budi) for _ in range(2)]
        for path in OTHERS:
            assert (await client.get(path, headers=ani)).status_code == 200
        answers = await asyncio.gather(*sent)
        print(f"a disk that stands still was said after {monotonic() - began:.1f} s")  # noqa: T201
        assert {answer.status_code for answer in answers} == {503}
        assert monotonic() - began < 30
    async with asyncio.timeout(30):
        while storage._undoing:  # noqa: ASYNC110 - the threads go on with the disk
            await asyncio.sleep(0.02)
    await swept()
    assert await agree(app.state.platform) == 1
    assert not list(folder.rglob("*.part"))
    assert (await client.get(good["url"])).content == PDF
    assert (await upload(ani)).status_code == 201


async def test_reader_of_a_disk_that_never_answers_is_told(client, sign_in, upload, local, tmp_path):
    """A pipe in the file's place: whoever opens it waits for somebody to write."""
    local(tmp_path)
    ani = await sign_in("ani")
    made = (await upload(ani)).json()
    (path,) = (each for each in tmp_path.rglob("*") if each.is_file())
    path.unlink()
    os.mkfifo(path)
    try:
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*(client.get(made["url"]) for _ in range(12)))
        assert {(each.status_code, each.json()["error_code"]) for each in answers} == {
            (503, "STORAGE_UNAVAILABLE")
        }
        for other in OTHERS:
            assert (await client.get(other, headers=ani)).status_code == 200
    finally:
        for _ in range(12):  # let the threads go
            os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
            await asyncio.sleep(0.02)


async def test_data_folder_that_never_answers_holds_one_thread_and_is_said(client, monkeypatch):
    """Strangers ask for the health of the storage as often as they like."""
    stuck = asyncio.Event()
    loop = asyncio.get_running_loop()

    def never(_):
        asyncio.run_coroutine_threadsafe(stuck.wait(), loop).result()
        raise OSError

    monkeypatch.setattr("shutil.disk_usage", never)
    monkeypatch.setattr("fondasi.health.service.CHECK_TIMEOUT", PATIENCE)
    try:
        async with asyncio.timeout(30):
            answers = await asyncio.gather(*(client.get("/health/storage") for _ in range(40)))
            assert {answer.status_code for answer in answers} == {503}
            assert await asyncio.to_thread(lambda: "others have threads") == "others have threads"
    finally:
        stuck.set()


class Way:
    """A proxy before an S3 server that can fail at one kind of request.

    Attributes:
        fails: what the first line of a request has to match for it to fail.
        how: an answer; or `cut`, in the middle of the request; or `lost`, behind the request, which is done.
        times: how often it fails; the client tries again by itself.
        failed: how often it did.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.fails = re.compile(r"(?!)")
        self.how = ""
        self.times = self.failed = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._pass(reader, writer)
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: (\d+)", head)
        hit = self.failed < self.times and self.fails.search(head.split(b"\r\n")[0].decode())
        self.failed += bool(hit)
        if hit and self.how == "cut":
            await reader.read(100)
            return
        body = await reader.readexactly(int(size[1])) if size else b""
        answer = self.how.encode()
        if not hit or self.how == "lost":
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            back.write(
                re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", head[:-2]) + b"Connection: close\r\n\r\n" + body
            )
            answer = await there.read()
            back.close()
        if not (hit and self.how == "lost"):
            writer.write(answer)
            await writer.drain()


@pytest.fixture
async def way(server, bucket, app, monkeypatch):
    way = Way(server)
    listening = await asyncio.start_server(way, "127.0.0.1", 0)
    storage = ObjectStorage(s3(listening.sockets[0].getsockname()[1], bucket.name))
    monkeypatch.setitem(app.state.platform._resources, Storage, storage)
    yield way
    listening.close()


def refusal(status: str, body: str = "<Error><Code>X</Code></Error>") -> str:
    head = ["Content-Type: application/xml", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([f"HTTP/1.1 {status}", *head, "", body])


LARGE = PDF + bytes(range(256)) * 50_000  # three parts
BEGIN, SECOND, COMPLETE, ABORT = (
    r"^POST .*uploads",
    r"^PUT .*partNumber=2",
    r"^POST .*uploadId",
    r"^DELETE .*uploadId",
)
MIDDLES = {
    "first request refused": (BEGIN, refusal("503 Slow Down")),
    "second part refused": (SECOND, refusal("403 Forbidden")),
    "second part: full": (SECOND, refusal("507 Insufficient Storage")),
    "second part broken off": (SECOND, "cut"),
    "end refused": (COMPLETE, refusal("403 Forbidden")),
    "end refused with 200": (COMPLETE, refusal("200 OK")),  # S3 does so, and the error is in the body
    "end broken off": (COMPLETE, "cut"),
    "end done, and its answer lost": (COMPLETE, "lost"),
    "only part done, and its answer lost": (r"^PUT ", "lost"),
}


@pytest.mark.parametrize("middle", MIDDLES)
async def test_store_that_breaks_off_in_the_middle(
    app, client, sign_in, upload, way, *, middle, bucket, swept
):
    ani = await sign_in("ani")
    pattern, way.how = MIDDLES[middle]
    way.fails, way.times = re.compile(pattern), 1000
    answer = await upload(ani, content=LARGE if pattern != r"^PUT " else PDF)
    print(f"{middle}: {answer.status_code} after {way.failed} tries")  # noqa: T201
    assert way.failed
    assert (answer.status_code, answer.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")
    way.times = 0
    await swept()
    assert await agree(app.state.platform) == 0
    assert bucket.sizes() == []
    made = await upload(ani, content=LARGE)
    assert (await client.get(made.json()["url"])).content == LARGE


@pytest.mark.parametrize("middle", MIDDLES)
async def test_fault_that_passes_costs_nobody_a_file(app, client, sign_in, upload, way, *, middle, bucket):
    ani = await sign_in("ani")
    pattern, way.how = MIDDLES[middle]
    way.fails, way.times = re.compile(pattern), 1
    content = LARGE if pattern != r"^PUT " else PDF
    answer = await upload(ani, content=content)
    assert way.failed == 1
    if answer.status_code == 201:
        assert (await client.get(answer.json()["url"])).content == content
        assert await agree(app.state.platform) == 1
        assert bucket.sizes() == [len(content)]
    else:
        assert (answer.status_code, answer.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")
        assert await agree(app.state.platform) == 0
        assert bucket.sizes() == []


async def test_store_that_does_not_delete_forgets_nothing(
    app, client, sign_in, upload, way, *, bucket, swept
):
    ani = await sign_in("ani")
    made = (await upload(ani)).json()
    way.fails, way.how, way.times = re.compile("^(DELETE|POST .*delete)"), refusal("403 Forbidden"), 1000
    assert (await client.delete(f"{API}/files/{made['id']}", headers=ani)).status_code == 204
    assert (await client.get(made["url"])).status_code == 404
    await swept()
    assert await agree(app.state.platform) == 0
    assert bucket.sizes() == [len(PDF)]
    way.times = 0
    await purged(app.state.platform)  # the job that failed is tried again later
    assert bucket.sizes() == []


async def test_database_lost_in_the_middle_of_an_upload_leaves_no_file_without_a_row(
    behind_proxy, clean_database, stored, tmp_path
):
    async with behind_proxy() as (proxy, client, headers):
        platform = client._transport.app.state.platform
        platform._resources[Storage] = LocalStorage(tmp_path / "files", timeout=30)

        async def body():
            yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
            while not list(tmp_path.rglob("*.part")):  # noqa: ASYNC110 - the storage begins
                await asyncio.sleep(0.02)
            proxy.refuse()
            proxy.cut()
            yield b"\r\n--b--\r\n"

        more = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = await client.post(f"{API}/files", content=body(), headers=headers | more)
        assert answer.status_code == 503, answer.text
        proxy.refuse(False)
        assert (await check(platform, remove=False)).unknown == 0  # what lies there has a row
        async with clean_database.unit_of_work() as session:
            long_ago = StoredObject.updated_at - timedelta(hours=25)
            await session.execute(update(StoredObject).values(updated_at=long_ago))
        await purged(platform)
        assert not [path for path in tmp_path.rglob("*") if path.is_file()]
        async with clean_database.read_session() as session:
            assert (await session.execute(text("SELECT count(*) FROM stored_object"))).scalar_one() == 0


async def purged(platform) -> None:
    async def ignore(_) -> None:
        pass

    async with platform.database.unit_of_work() as session:
        context = JobContext(lambda: session, platform, None, 1, report=ignore, is_cancelled=lambda: False)
        await purge.function(context)
