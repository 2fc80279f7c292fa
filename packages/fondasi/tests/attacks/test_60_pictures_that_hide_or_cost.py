"""60: pictures cut into the smallest parts that a format has, so that walking through them takes minutes; and what is
hidden where a format has room for it.

Here a part costs next to nothing, a picture has so many, and of each no more than the picture needs is kept.
"""

import time
import zlib

import pytest

from fondasi.files.pictures import InvalidPictureError, cleaned

API = "/api/v1"
PIECE = 64 * 1024  # bytes, as they come from a socket
SIZE = 2 * 1024 * 1024
HIDDEN = b"<script>alert(1)</script>" * 4
GIF = b"GIF89a\x01\0\x01\0\0\0\0"
FRAME = b",\0\0\0\0\x01\0\x01\0\0\x02"
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


HEAD = chunk(b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0")
DATA, END = chunk(b"IDAT", zlib.compress(b"\0\0")), chunk(b"IEND", b"")
JPEG_FRAME = b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0"
JPEG_SCAN = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + bytes(10) + b"\xff\xd9"
LOSSY = b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x01\0\x01\0"


def webp(*chunks: bytes) -> bytes:
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


CUT_SMALL = {
    "gif of pieces of a byte": ("image/gif", GIF + FRAME + b"\x01x" * (SIZE // 2) + b"\0;"),
    "gif of comments": ("image/gif", GIF + b"!\xfe\0" * (SIZE // 3) + FRAME + b"\x02D\x01\0;"),
    "gif of pieces in a comment": (
        "image/gif",
        GIF + b"!\xfe" + b"\x01x" * (SIZE // 2) + b"\0" + FRAME + b"\x02D\x01\0;",
    ),
    "png of empty chunks": ("image/png", PNG + HEAD + chunk(b"teXt", b"") * (SIZE // 12) + DATA + END),
    "png of empty data": ("image/png", PNG + HEAD + chunk(b"IDAT", b"") * (SIZE // 12) + DATA + END),
    "jpeg of fill bytes": ("image/jpeg", b"\xff\xd8" + b"\xff" * SIZE + JPEG_FRAME[1:] + JPEG_SCAN),
    "jpeg of empty segments": (
        "image/jpeg",
        b"\xff\xd8" + b"\xff\xe0\0\x02" * (SIZE // 4) + JPEG_FRAME + JPEG_SCAN,
    ),
    "jpeg of stuffed bytes": (
        "image/jpeg",
        b"\xff\xd8" + JPEG_FRAME + JPEG_SCAN[:-2] + b"\xff\0" * (SIZE // 2) + b"\xff\xd9",
    ),
    "webp of empty chunks": ("image/webp", webp(LOSSY, b"JUNK\0\0\0\0" * (SIZE // 8))),
}


@pytest.mark.parametrize("name", CUT_SMALL)
async def test_picture_in_the_smallest_parts_costs_little(name):
    """Two megabytes took five seconds of the event loop, in stretches of 170 ms."""
    media_type, content = CUT_SMALL[name]

    async def coming():
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]

    began = time.thread_time()
    try:
        async for _ in cleaned(media_type, coming(), 10**6):
            pass
    except InvalidPictureError:
        pass
    taken = time.thread_time() - began
    print(f"{name}: {taken:.2f} s")  # noqa: T201
    assert taken < 3


BESIDE = {
    "png, how large a pixel is": ("png", PNG + HEAD + chunk(b"pHYs", HIDDEN) + DATA + END),
    "png, colours that are suggested": ("png", PNG + HEAD + chunk(b"sPLT", HIDDEN) + DATA + END),
    "png, background": ("png", PNG + HEAD + chunk(b"bKGD", HIDDEN) + DATA + END),
    "gif, loops": (
        "gif",
        GIF + b"!\xff\x0bNETSCAPE2.0" + bytes([len(HIDDEN)]) + HIDDEN + b"\0" + FRAME + b"\x02D\x01\0;",
    ),
    "gif, behind the loops": (
        "gif",
        GIF
        + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0"
        + bytes([len(HIDDEN)])
        + HIDDEN
        + b"\0"
        + FRAME
        + b"\x02D\x01\0;",
    ),
    "gif, a long control": (
        "gif",
        GIF + b"!\xf9" + bytes([len(HIDDEN)]) + HIDDEN + b"\0" + FRAME + b"\x02D\x01\0;",
    ),
    "gif, behind a control": (
        "gif",
        GIF + b"!\xf9\x04\0\0\0\0" + bytes([len(HIDDEN)]) + HIDDEN + b"\0" + FRAME + b"\x02D\x01\0;",
    ),
    "jpeg, preview": (
        "jpg",
        b"\xff\xd8\xff\xe0"
        + (18 + len(HIDDEN)).to_bytes(2)
        + b"JFIF\0\1\1\0\0\1\0\1\2\2"
        + HIDDEN
        + b"\0\0"
        + JPEG_FRAME
        + JPEG_SCAN,
    ),
    "jpeg, transformation": (
        "jpg",
        b"\xff\xd8\xff\xee"
        + (14 + len(HIDDEN)).to_bytes(2)
        + b"Adobe\0d\0\0\0\0\1"
        + HIDDEN
        + JPEG_FRAME
        + JPEG_SCAN,
    ),
    "webp, in a frame": (
        "webp",
        webp(
            b"VP8X\x0a\0\0\0\x02" + bytes(9),
            b"ANIM\x06\0\0\0" + bytes(6),
            b"ANMF"
            + (16 + 18 + 8 + len(HIDDEN)).to_bytes(4, "little")
            + bytes(16)
            + LOSSY
            + b"zzZz"
            + len(HIDDEN).to_bytes(4, "little")
            + HIDDEN,
        ),
    ),
}


@pytest.mark.parametrize("name", BESIDE)
async def test_nothing_hides_where_a_format_has_room(client, account, name):
    ending, content = BESIDE[name]
    ani = await account("ani")
    answer = await client.post(
        f"{API}/files", headers=ani, files={"file": (f"a.{ending}", content, "image/png")}
    )
    assert answer.status_code == 201, answer.text
    fetched = await client.get(answer.json()["url"])
    assert b"script" not in fetched.content


async def test_frame_that_says_another_size_than_its_picture_is_looked_at(client, account):
    large = b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\xff\x3f\xff\x3f"
    frame = b"ANMF" + (16 + len(large)).to_bytes(4, "little") + bytes(16) + large
    content = webp(b"VP8X\x0a\0\0\0\x02" + bytes(9), frame)
    ani = await account("ani")
    answer = await client.post(f"{API}/files", headers=ani, files={"file": ("a.webp", content, "image/webp")})
    assert (answer.status_code, answer.json()["error_code"]) == (413, "PICTURE_TOO_LARGE")
