"""Pictures over HTTP: shown as they were, and nothing but the picture is kept of them."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from fondasi.files.jobs import thumbnails
from fondasi.files.thumbnails import SIDES, NotDecodedError, smaller

API = "/api/v1"
SECRET = b"Jalan Rahasia 5"
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F
ENDINGS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}


def picture(kind: str, *, animated: bool = False, **options) -> bytes:
    """A picture that tells where it was taken."""
    image = Image.effect_noise((61, 40), 90).convert("RGB")
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, SECRET.decode()
    exif[GPS] = {1: "S", 2: (6.0, 10.0, 30.0)}
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode(), zip=False)
    text.add_itxt("Place", SECRET.decode())
    told = {
        "JPEG": {"exif": exif, "comment": SECRET, "xmp": SECRET},
        "PNG": {"exif": exif, "pnginfo": text},
        "GIF": {"comment": SECRET},
        "WEBP": {"exif": exif, "xmp": SECRET, "lossless": True},
    }[kind]
    if animated:
        told |= {"save_all": True, "append_images": [image.rotate(90), image.rotate(180)], "loop": 0}
    made = BytesIO()
    image.save(made, kind, **told, **options)
    assert SECRET in made.getvalue()
    return made.getvalue()


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.fixture
def kept(client, upload, ani):
    """What is kept of a picture that is uploaded."""

    async def send(content: bytes, kind: str) -> bytes:
        answer = await upload(ani, f"a.{ENDINGS[kind]}", content)
        assert answer.status_code == 201, answer.text
        fetched = await client.get(answer.json()["url"])
        assert len(fetched.content) == answer.json()["size"]
        return fetched.content

    return send


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "quality": 95, "icc_profile": b"colours" * 9000}),
        ("PNG", {}),
        ("PNG", {"animated": True}),
        ("GIF", {}),
        ("GIF", {"animated": True}),
        ("WEBP", {}),
        ("WEBP", {"animated": True}),
    ],
    ids=str,
)
async def test_picture_is_the_same_and_tells_nothing_of_its_taker(kept, kind, options):
    before = picture(kind, **options)
    after = await kept(before, kind)
    assert SECRET not in after
    was, now = Image.open(BytesIO(before)), Image.open(BytesIO(after))
    assert getattr(was, "n_frames", 1) == getattr(now, "n_frames", 1)
    for frame in range(getattr(was, "n_frames", 1)):
        was.seek(frame)
        now.seek(frame)
        assert was.convert("RGBA").tobytes() == now.convert("RGBA").tobytes()
    assert (now.info.get("icc_profile"), now.info.get("loop")) == (
        was.info.get("icc_profile"),
        was.info.get("loop"),
    )
    assert dict(now.getexif()) == ({ORIENTATION: 6} if kind == "JPEG" else {})


@pytest.mark.parametrize("kind", ENDINGS)
async def test_half_a_picture_is_none(upload, ani, stored, kind):
    whole = picture(kind)
    for size in (20, len(whole) // 2, len(whole) - 3):
        answer = await upload(ani, "a.png", whole[:size])
        assert (answer.status_code, answer.json()["error_code"]) == (422, "PICTURE_INVALID")
    assert stored() == set()


async def test_large_picture_comes_in_pieces(kept):
    image = Image.effect_noise((1500, 1200), 100)
    for kind in ("JPEG", "PNG"):
        made = BytesIO()
        image.save(made, kind)
        assert len(made.getvalue()) > 1_000_000
        assert Image.open(BytesIO(await kept(made.getvalue(), kind))).size == image.size


@pytest.mark.parametrize("kind", ENDINGS)
async def test_smaller_pictures_are_made_and_go_with_their_picture(
    client, upload, ani, stored, run_jobs, *, swept, kind
):
    made = BytesIO()
    Image.effect_noise((1500, 500), 90).convert("RGB").save(made, kind, exif=turned())
    file = (await upload(ani, "wide", made.getvalue())).json()
    assert file["thumbnails"] == {}
    await run_jobs(thumbnails)
    path = f"{API}/files/{file['id']}"
    links = (await client.get(path, headers=ani)).json()["thumbnails"]
    assert list(links) == ["256", "1024"]
    for side, link in links.items():
        answer = await client.get(link)
        assert answer.headers["content-type"] == "image/webp"
        assert f"wide-{side}.webp" in answer.headers["content-disposition"]
        longest, short = int(side), round(int(side) / 3)
        expected = (short, longest) if kind == "JPEG" else (longest, short)  # the others are not turned
        assert Image.open(BytesIO(answer.content)).size == pytest.approx(expected, abs=1)
        part = await client.get(link, headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"RIFF")
    assert len(stored()) == 1 + len(SIDES)
    await client.delete(path, headers=ani)
    assert [(await client.get(link)).status_code for link in links.values()] == [404, 404]
    await swept()
    assert stored() == set()


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return exif


async def test_smaller_pictures_of_a_tenant_and_none_of_what_is_no_picture(client, upload, ani, run_jobs):
    tenant = (await client.post(f"{API}/tenants", json={"name": "One"}, headers=ani)).json()["id"]
    path = f"/tenants/{tenant}/files"
    made = [
        (await upload(ani, name, content, path=path)).json()
        for name, content in (("a.png", picture("PNG")), ("a.txt", b"text"))
    ]
    await run_jobs(thumbnails)
    listed = (await client.get(f"{API}{path}", headers=ani)).json()["data"]
    links = {row["id"]: row["thumbnails"] for row in listed}
    assert links[made[1]["id"]] == {}
    assert (await client.get(links[made[0]["id"]]["256"])).status_code == 200


async def test_picture_that_no_decoder_takes_is_kept_as_it_is(client, upload, ani, run_jobs, stored):
    whole = picture("JPEG")
    at = whole.index(b"\xff\xc4")  # its Huffman tables
    broken = whole[: at + 5] + b"\xfe" * 16 + whole[at + 21 :]
    file = (await upload(ani, "a.jpg", broken)).json()
    await run_jobs(thumbnails)
    assert (await client.get(f"{API}/files/{file['id']}", headers=ani)).json()["thumbnails"] == {}
    assert (await client.get(file["url"])).status_code == 200
    assert len(stored()) == 1


async def test_decoder_takes_no_more_memory_than_it_may():
    """What a check before it let through would still not fill the machine."""
    made = BytesIO()
    Image.new("1", (60_000, 60_000)).save(made, "PNG")

    async def content():
        yield made.getvalue()

    with pytest.raises(NotDecodedError):
        await smaller(content(), 60_000**2)
