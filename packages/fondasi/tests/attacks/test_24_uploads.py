"""24: uploads without check of size or type, that anybody could delete, that lied or were written anywhere.

Here the content says what a file is, the service names where it lies, and what is not taken leaves nothing behind.
"""

import asyncio
import zlib

import pytest
from sqlalchemy import text

API = "/api/v1"
PDF = b"%PDF-1.7\n" + b"x" * 5000


@pytest.fixture
def stored(settings):
    """Names of what came into the storage, and of whatever else came into the data folder."""

    def paths() -> set[str]:
        return {
            str(path.relative_to(settings.data_dir))
            for path in settings.data_dir.rglob("*")
            if path.is_file()
        }

    before = paths()
    return lambda: paths() - before


@pytest.fixture
async def ani(account):
    return await account("ani")


@pytest.fixture
def upload(client, ani):
    async def send(name, content, kind="application/pdf"):
        return await client.post(f"{API}/files", headers=ani, files={"file": (name, content, kind)})

    return send


async def nothing_is_left(database, stored) -> bool:
    async with database.read_session() as session:
        rows = (await session.execute(text("SELECT 1 FROM stored_object UNION ALL SELECT 1 FROM file"))).all()
    return not rows and not stored()


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"  <!DOCTYPE html><p>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><svg/>',
        b"innocent text, then <script>alert(1)</script>",
        b"MZ\x90\x00" + b"\0" * 100,
        b"\x7fELF" + b"\0" * 100,
        b"#!/bin/sh\n\x00",
        b"%!PS-Adobe",
        b"\xff\xfe<\0h\0t\0m\0l\0",
    ],
)
async def test_no_type_that_runs_anywhere_is_taken_whatever_it_is_called(
    upload, clean_database, stored, content
):
    answer = await upload("picture.png", content + b"\0", "image/png")
    assert (answer.status_code, answer.json()["error_code"]) == (415, "FILE_TYPE_REFUSED")
    answer = await upload("picture.png", content, "image/png")
    assert answer.status_code == 415 or answer.json()["media_type"] == "text/plain"
    if answer.status_code == 415:
        assert await nothing_is_left(clean_database, stored)


async def test_polyglot_is_handed_out_as_what_it_begins_with_and_never_shown(client, upload):
    answer = await upload("page.html", PDF + b"<script>alert(1)</script>", "text/html")
    assert (answer.json()["name"], answer.json()["media_type"]) == ("page.html.pdf", "application/pdf")
    fetched = await client.get(answer.json()["url"])
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert fetched.headers["x-content-type-options"] == "nosniff"


def png(width: int, height: int, *chunks: tuple[bytes, bytes], kind: int = 0) -> bytes:
    """A grey picture; as large as it says, or not."""
    said = width.to_bytes(4) + height.to_bytes(4) + bytes([8, kind, 0, 0, 0])
    data = zlib.compress((b"\0" + bytes(width)) * height) if width * height < 10**7 else zlib.compress(b"\0")
    parts = [(b"IHDR", said), *chunks, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)
        for name, content in parts
    )


GIF = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
HIDDEN = b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    "content",
    [
        png(1, 1) + HIDDEN,
        png(1, 1) + b"PK\x03\x04" + HIDDEN,
        png(1, 1, (b"tEXt", b"Comment\0" + HIDDEN)),
        png(1, 1, (b"zzZz", HIDDEN)),
        GIF + HIDDEN,
        GIF[:-1] + b"!\xfe" + bytes([len(HIDDEN)]) + HIDDEN + b"\0;",
        GIF[:-1] + b"!\xff\x0bXMP DataXMP" + bytes([len(HIDDEN)]) + HIDDEN + b"\0;",
    ],
)
async def test_nothing_hides_beside_or_behind_a_picture(client, upload, content):
    answer = await upload("page.html", content, "text/html")
    assert answer.status_code == 201, answer.text
    fetched = await client.get(answer.json()["url"])
    assert fetched.content in {png(1, 1), GIF}


def jpeg(width: int, height: int) -> bytes:
    frame = b"\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    exif = (
        b"\xff\xe1" + (60_000).to_bytes(2) + b"Exif\0\0" + bytes(59_992)
    )  # sizes are not always near the start
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\0" * 10 + b"\xff\xd9"
    return b"\xff\xd8" + exif * 3 + b"\xff\xc0\0\x0b" + frame + scan


def webp(chunk: bytes) -> bytes:
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk


BOMBS = {
    "png": png(60_000, 60_000),
    "png of one line": png(2**31 - 1, 1),
    "jpeg": jpeg(65_000, 65_000),
    "gif": b"GIF89a" + b"\xff" * 4 + GIF[10:],
    "gif of a large frame": GIF[:18] + b"\xff" * 4 + GIF[22:],
    "webp": webp(b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f"),
    "webp, lossless": webp(b"VP8L\x0a\0\0\0\x2f" + b"\xff" * 9),
    "webp, extended": webp(b"VP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6),
}


@pytest.mark.parametrize("bomb", BOMBS)
async def test_picture_that_would_fill_the_memory_is_refused_by_its_head(
    upload, clean_database, stored, bomb
):
    answer = await upload("a.png", BOMBS[bomb], "image/png")
    assert (answer.status_code, answer.json()["error_code"]) == (413, "PICTURE_TOO_LARGE")
    assert await nothing_is_left(clean_database, stored)


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        png(1, 1)[:8] + png(1, 1)[33:],
        png(1, 1, (b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0")),
        png(0, 5),
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
        b"\xff\xd8\xff\xe0\0\0",
        b"\xff\xd8\xff\xff\xff\xff<script>",
        GIF[:13] + b"<script>",
        GIF[:13] + b";",
        webp(b"JUNK\x02\0\0\0<s"),
        webp(b"VP8 \xff\xff\xff\xff"),
    ],
)
async def test_what_only_begins_as_a_picture_is_refused(upload, clean_database, stored, content):
    answer = await upload("a.png", content, "image/png")
    assert (answer.status_code, answer.json()["error_code"]) == (422, "PICTURE_INVALID")
    assert await nothing_is_left(clean_database, stored)


@pytest.mark.parametrize("content", [PDF, png(1, 1), b"just text"])
@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/x-sh", "\xff", "x" * 900])
async def test_type_that_the_caller_says_counts_for_nothing(client, upload, content, kind):
    answer = await upload("a", content, kind)
    assert answer.json()["media_type"] in {"application/pdf", "image/png", "text/plain"}
    fetched = await client.get(answer.json()["url"])
    assert fetched.headers["content-type"].partition(";")[0] == answer.json()["media_type"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\win.ini", "win.ini.pdf"),
        ("/absolute.pdf", "absolute.pdf"),
        ("a\u202egnp.pdf", "agnp.pdf"),
        ("....pdf", "pdf.pdf"),
        ("x" * 900 + ".pdf", "x" * 196 + ".pdf"),
        ('quo"te.pdf', "quo%22te.pdf"),
    ],
)
async def test_names_lead_nowhere(client, upload, stored, name, kept):
    answer = await upload(name, PDF)
    assert answer.status_code == 201, answer.text
    assert answer.json()["name"] == kept
    object_id = answer.json()["id"].replace("-", "")
    assert stored() == {f"files/{object_id[-2:]}/{object_id}"}
    header = (await client.get(answer.json()["url"])).headers["content-disposition"]
    assert header.count('"') == 2


def form(*parts: bytes, end: bytes = b"--b--\r\n") -> dict:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end
    return {"content": body, "headers": {"content-type": "multipart/form-data; boundary=b"}}


def field(name: bytes, value: bytes = b"x") -> bytes:
    return b'content-disposition: form-data; name="' + name + b'"\r\n\r\n' + value


FILE = b'content-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF


@pytest.mark.parametrize(
    "sent",
    [
        form(*[field(b"a")] * 10_000, FILE),
        form(FILE, *[field(b"a")] * 10_000),
        form(FILE, FILE),
        form(field(b"a", b"x" * 100_000), FILE),
        form(b"x-long: " + b"x" * 50_000 + b"\r\n" + FILE),
        form(b"".join(b"x-%d: x\r\n" % number for number in range(1000)) + FILE),
        form(FILE, end=b""),
        form(field(b"file")),
        form(),
        {"content": b"", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        {"content": PDF, "headers": {"content-type": "application/pdf"}},
        {"content": PDF, "headers": {"content-type": "multipart/form-data; boundary=" + "b" * 200}},
    ],
    ids=str,
)
async def test_malformed_forms_are_refused_and_leave_nothing(client, ani, clean_database, stored, sent):
    answer = await client.post(f"{API}/files", content=sent["content"], headers=ani | sent["headers"])
    assert answer.status_code == 422, answer.text
    assert await nothing_is_left(clean_database, stored)


@pytest.fixture
def small_limit(app, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings.file, "limit", 1024 * 1024)


@pytest.mark.usefixtures("small_limit")
async def test_endless_file_is_cut_at_the_limit(client, ani, clean_database, stored):
    sent = 0

    async def endless():
        nonlocal sent
        yield form(FILE, end=b"")["content"][:-2]
        while sent < 64 * 1024 * 1024:
            sent += 65536
            yield b"x" * 65536

    headers = ani | {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post(f"{API}/files", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "FILE_TOO_LARGE")
    assert sent <= 1024 * 1024 + 2 * 65536
    assert await nothing_is_left(clean_database, stored)


async def test_storage_that_refuses_or_is_full_keeps_no_row(client, upload, clean_database, settings, stored):
    folder = settings.data_dir / "files"
    aside = folder.rename(folder.with_name("aside")) if folder.exists() else None
    folder.write_text("no folder")
    try:
        answer = await upload("a.pdf", PDF)
    finally:
        folder.unlink()
        if aside:
            aside.rename(folder)
    assert (answer.status_code, answer.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")
    async with clean_database.read_session() as session:
        assert (await session.execute(text("SELECT count(*) FROM file"))).scalar_one() == 0


async def test_nobody_deletes_or_reads_what_is_not_theirs(client, upload, account):
    made = (await upload("a.pdf", PDF)).json()
    budi = await account("budi")
    path = f"{API}/files/{made['id']}"
    assert (await client.delete(path, headers=budi)).status_code == 404
    assert (await client.get(path, headers=budi)).status_code == 404
    assert (await client.delete(path)).status_code == 401
    for position in (0, 30, 60, 95):  # the file, the tenant, the end, the signature
        changed = list(made["url"])
        at = len(changed) - 96 + position
        changed[at] = "A" if changed[at] != "A" else "B"
        assert (await client.get("".join(changed))).status_code == 404
    assert (await client.get(made["url"])).status_code == 200


async def test_uploads_that_never_end_do_not_fill_the_disk_past_the_quota(client, account, ani):
    """Each may write what is left of the quota, and none counts before it is complete."""
    budi, go_on = await account("budi"), asyncio.Event()

    async def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
        await go_on.wait()
        yield b"\r\n--x--\r\n"

    def send(who, content) -> asyncio.Task:
        headers = {**who, "Content-Type": "multipart/form-data; boundary=x"}
        return asyncio.create_task(client.post(f"{API}/files", headers=headers, content=content))

    uploads = [send(ani, endless()) for _ in range(6)]
    refused = set()
    while len(refused) < 2:
        done, _ = await asyncio.wait(uploads, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert done
        refused |= done
        uploads = [upload for upload in uploads if upload not in done]
    assert [upload.result().json()["error_code"] for upload in refused] == ["TOO_MANY_UPLOADS"] * 2
    other = send(budi, endless())
    go_on.set()
    assert [answer.status_code for answer in await asyncio.gather(*uploads, other)] == [201] * 5
    assert (await send(ani, endless())).status_code == 201
