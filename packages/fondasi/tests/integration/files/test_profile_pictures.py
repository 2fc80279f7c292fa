"""Profile pictures over HTTP: uploaded, shown by an address that lasts, replaced, removed, kept while in use."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from fondasi.kit.events import EventRegistry

API = "/api/v1"
PATH = f"{API}/settings/profile-picture"


def picture(shade: int) -> bytes:
    made = BytesIO()
    Image.new("L", (20, 30), shade).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.fixture
def put(client, ani):
    async def send(content: bytes):
        return await client.put(PATH, headers=ani, files={"file": ("me.png", content, "image/png")})

    return send


@pytest.fixture
def shown(client, ani):
    """The address of ani's picture."""

    async def read() -> str | None:
        return (await client.get(f"{API}/users/me", headers=ani)).json()["profile_picture_url"]

    return read


async def test_uploaded_picture_is_shown_and_replaces_the_one_before(client, put, shown, stored, swept):
    first = await put(picture(1))
    assert first.status_code == 200, first.text
    former = await shown()
    assert (await client.get(former)).content == picture(1)
    assert (await put(picture(2))).status_code == 200
    assert (await client.get(await shown())).content == picture(2)
    assert (await client.get(former)).status_code == 404
    await swept()
    assert len(stored()) == 1


async def test_replacing_and_removing_tell_what_is_deleted(app, client, ani, put, monkeypatch):
    told: list[tuple[str, str]] = []

    async def listen(_, event, data):
        told.append((event.name, data["file_id"]))

    registry = app.state.platform.get(EventRegistry)
    monkeypatch.setattr(registry, "listeners", [*registry.listeners, listen])
    first, second = (await put(picture(1))).json()["id"], (await put(picture(2))).json()["id"]
    await client.delete(PATH, headers=ani)
    assert told == [
        ("file.created", first),
        ("file.created", second),
        ("file.deleted", first),
        ("file.deleted", second),
    ]


async def test_picture_in_use_is_not_deleted_but_removed(client, ani, put, shown, *, stored, swept):
    file_id = (await put(picture(1))).json()["id"]
    answer = await client.delete(f"{API}/files/{file_id}", headers=ani)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "FILE_IN_USE")
    former = await shown()
    assert (await client.delete(PATH, headers=ani)).status_code == 204
    assert await shown() is None
    assert (await client.get(former)).status_code == 404
    await swept()
    assert stored() == set()
    assert (await client.delete(PATH, headers=ani)).status_code == 204


async def test_what_is_no_picture_is_refused_and_the_picture_stays(client, put, shown):
    await put(picture(1))
    for content in (b"%PDF-1.7\n", b"<svg/>", picture(2)[:-9]):
        assert (await put(content)).status_code in {415, 422}
    assert (await client.get(await shown())).content == picture(1)


async def test_profile_is_written_back_with_its_picture(client, ani, put, shown):
    await put(picture(1))
    profile = {"name": "Ani", "profile_picture_url": await shown()}
    answer = await client.put(f"{API}/settings/profile", json=profile, headers=ani)
    assert (answer.status_code, answer.json()["profile_picture_url"]) == (200, profile["profile_picture_url"])


async def test_strangers_have_no_picture(client):
    assert (await client.put(PATH, files={"file": ("me.png", picture(1))})).status_code == 401
    assert (await client.delete(PATH)).status_code == 401


async def test_picture_goes_with_its_owner(put, clean_database, stored, swept):
    await put(picture(1))
    async with clean_database.unit_of_work() as session:
        await session.execute(text("DELETE FROM \"user\" WHERE username = 'ani'"))
    await swept()
    assert stored() == set()
