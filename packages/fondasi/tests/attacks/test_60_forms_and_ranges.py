"""60: forms and ranges that no client sends, names that are headers, and links that were changed."""

import asyncio
import hashlib
import time

import pytest
from sqlalchemy import text

API = "/api/v1"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
MIB = 1024 * 1024


@pytest.fixture
async def ani(account):
    return await account("ani")


@pytest.fixture
def send(client, ani):
    """A form with a boundary, as it comes: `await send(b"b", b"...")`."""

    async def post(boundary: str | bytes, content, path="/files"):
        boundary = boundary.encode("latin-1") if isinstance(boundary, str) else boundary
        headers = [*ani.items(), ("Content-Type", b"multipart/form-data; boundary=" + boundary)]
        return await client.post(f"{API}{path}", content=content, headers=headers)

    return post


async def nothing_is_left(database) -> bool:
    async with database.read_session() as session:
        rows = (await session.execute(text("SELECT 1 FROM stored_object UNION ALL SELECT 1 FROM file"))).all()
    return not rows


def form(
    boundary: bytes, disposition: bytes = b'name="file"; filename="a.pdf"', content: bytes = PDF
) -> bytes:
    head = b"--" + boundary + b"\r\ncontent-disposition: form-data; " + disposition + b"\r\n\r\n"
    return head + content + b"\r\n--" + boundary + b"--\r\n"


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ('"b c"', b"b c"),
        ("-", b"-"),
        ("----", b"----"),
        ("b" * 70, b"b" * 70),
        ("b; boundary=c", b"b"),
        ('"--b--"', b"--b--"),
        ("'b'", b"'b'"),
        ("=_?:/.,()+", b"=_?:/.,()+"),
    ],
)
async def test_odd_boundaries_are_a_form_or_refused(send, client, clean_database, said, used):
    answer = await send(said, form(used))
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 201:
        assert (await client.get(answer.json()["url"])).content == PDF
    else:
        assert await nothing_is_left(clean_database)


@pytest.mark.parametrize("boundary", ["", "b" * 71, "\xff", '"', '"b', "%0d%0a", "b\tc", "b,c"])
async def test_boundary_that_is_none_is_no_fault_of_ours(send, boundary):
    assert (await send(boundary, form(b"b"))).status_code in {201, 422}


@pytest.mark.parametrize("where", ["before", "behind"])
async def test_what_is_beside_the_file_is_bounded(send, clean_database, where):
    """A gigabyte of line breaks before the first part, or of anything behind the last one, was read to its end."""
    sent = 0

    async def endless():
        nonlocal sent
        if where == "behind":
            yield form(b"b")
        while sent < 64 * MIB:
            sent += 65536
            yield b"\r\n" * 32768
        yield form(b"b")

    answer = await send("b", endless())
    assert answer.status_code == 422, answer.text
    assert sent <= MIB
    assert await nothing_is_left(clean_database)


@pytest.mark.parametrize(
    "piece", [b"\r", b"\r\n-", b"\r\n--", b"\r\n--b", b"\r\n--b-", b"\r\n--bb--", b"--b\r\n--b"], ids=ascii
)
@pytest.mark.parametrize("step", [1, 7, 65536])
async def test_content_that_looks_like_boundaries_is_kept_as_it_is_and_costs_little(
    send, client, piece, step
):
    content = PDF + piece * (20_000 if step == 1 else 200_000)
    body = form(b"bbb", content=content)

    async def coming():
        for start in range(0, 200, step):
            yield body[start : min(start + step, 200)]
        for start in range(200, len(body), 65536):
            yield body[start : start + 65536]

    began = time.thread_time()
    answer = await send("bbb", coming())
    assert time.thread_time() - began < 10
    assert answer.status_code == 201, answer.text
    fetched = await client.get(answer.json()["url"])
    assert hashlib.sha256(fetched.content).digest() == hashlib.sha256(content).digest()


NAMES = [
    b"a\r\nX-Evil: 1.pdf",
    b"a\nSet-Cookie: a=b.pdf",
    b"a\x00.pdf",
    b'a\\";x=y.pdf',
    b"a;filename=b.pdf",
    b"\xff\xfe.pdf",
    "\u2028\u2029.pdf".encode(),
    "\u0085.pdf".encode(),
    "a\ud7ff\U000e0041.pdf".encode(),
    b"%0d%0aX-Evil%3a1.pdf",
    b"CON.pdf",
    b"",
    b".",
    b"..",
    b"/",
    b"\\",
    b"   ",
    b"a/..",
    "\u202e".encode(),
    b"..%2f..%2fetc%2fpasswd",
    b"C:\\a.pdf",
    b"~/.ssh/x",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("star", [False, True])
async def test_no_name_is_a_header_or_a_path(send, client, name, star):
    quoted = b"filename*=UTF-8''" + name if star else b'filename="' + name + b'"'
    answer = await send("b", form(b"b", b'name="file"; ' + quoted))
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 422:
        return
    kept = answer.json()["name"]
    assert kept.endswith(".pdf")
    assert not set(kept) & set("/\\\r\n\x00\x85\u2028\u2029\u202e")
    assert kept.isprintable()
    fetched = await client.get(answer.json()["url"])
    assert "x-evil" not in fetched.headers
    assert "set-cookie" not in fetched.headers
    said = fetched.headers["content-disposition"]
    assert said.isascii()
    assert said.isprintable()
    assert said.startswith('attachment; filename="')
    assert (said.count('"'), said.count(";")) == (2, 2 + kept.count(";"))


@pytest.fixture
async def file(send):
    return (await send("b", form(b"b"))).json()


SIZE = len(PDF)
WHOLE = [
    "bytes=0-0,1-1",
    "bytes=" + ",".join(["0-"] * 1000),
    "bytes=" + ",".join(f"{at}-{at}" for at in range(1000)),
    "bytes=5-1",
    "bytes=-",
    "bytes=a-b",
    "bytes=0-0;1-1",
    "bytes",
    "items=0-1",
    "bytes=0x0-0x1",
    "bytes=\u0660-\u0669",
    "bytes= 0-1",
    "bytes=0--1",
    "bytes=--1",
    "bytes=" + "9" * 4000 + "-",
    "bytes=0-" + "9" * 4000,
    "bytes=1.5-2",
    "bytes=+1-2",
]
PARTS = {
    "bytes=0-": (0, SIZE),
    "bytes=0-0": (0, 1),
    f"bytes={SIZE - 1}-": (SIZE - 1, SIZE),
    "bytes=-1": (SIZE - 1, SIZE),
    "bytes=-999999999999999999": (0, SIZE),
    "bytes=3-999999999999999999": (3, SIZE),
}
NOWHERE = ["bytes=-0", f"bytes={SIZE}-", "bytes=999999999999999999-", f"bytes={SIZE}-{SIZE + 5}"]


@pytest.mark.parametrize("asked", [*WHOLE, *PARTS, *NOWHERE], ids=lambda text: ascii(text[:40]))
async def test_no_range_gives_more_than_the_file_or_a_fault(client, file, asked):
    fetched = await client.get(file["url"], headers=[(b"Range", asked.encode())])
    if asked in PARTS:
        start, end = PARTS[asked]
        assert (fetched.status_code, fetched.content) == (206, PDF[start:end])
        assert fetched.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    elif asked in NOWHERE:
        assert (fetched.status_code, fetched.headers["content-range"]) == (416, f"bytes */{SIZE}")
    else:
        assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["content-disposition" if fetched.status_code != 416 else "content-type"]


async def test_two_headers_of_ranges_are_one_range_or_none(client, file):
    fetched = await client.get(file["url"], headers=[("Range", "bytes=0-0"), ("Range", "bytes=1-1")])
    assert fetched.content in {PDF, PDF[:1], PDF[1:2]}


async def test_link_that_was_changed_in_any_place_is_no_link(client, file):
    url, link = file["url"][:-96], file["url"][-96:]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for at in range(96):
        other = alphabet[(alphabet.index(link[at]) + 1) % 64]
        fetched = await client.get(url + link[:at] + other + link[at + 1 :])
        assert (fetched.status_code, fetched.json()["error_code"]) == (404, "LINK_ENDED"), at


CHANGES = {
    "shorter": lambda link: link[:-1],
    "longer": lambda link: link + "A",
    "padded": lambda link: link[:-1] + "=",
    "padded more": lambda link: link[:-4] + "====",
    "empty": lambda _: "A" * 96,
    "zeros": lambda link: link[:48] + "%00" * 48,
    "reversed": lambda link: link[::-1],
    "other case": lambda link: link.swapcase(),
    "no text": lambda _: "%ff" * 96,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_text_that_is_no_link_is_no_fault(client, file, change):
    assert (await client.get(file["url"][:-96] + change(file["url"][-96:]))).status_code in {404, 422}


async def test_link_ends_with_its_file_also_for_whoever_is_reading(client, ani, file, account):
    budi = await account("budi")
    assert (await client.get(file["url"], headers=budi)).status_code == 200  # who has the link has the file
    assert (await client.get(f"{API}/files/{file['id']}", headers=budi)).status_code == 404
    gone = await asyncio.gather(
        client.delete(f"{API}/files/{file['id']}", headers=ani), *(client.get(file["url"]) for _ in range(5))
    )
    assert {answer.status_code for answer in gone} <= {200, 204, 404, 503}
    assert (await client.get(file["url"])).status_code == 404
