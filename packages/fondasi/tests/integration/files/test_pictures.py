"""Pictures over HTTP: shown as they were, and nothing but the picture is kept of them."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

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
