"""22: answers kept for everybody. Here one caller's kept answer reaches no other, nor themselves with fewer rights."""

import httpx
import pytest_asyncio
from integration.kit.cache.shelf import SHELF
from sqlalchemy import delete

from fondasi.access.models import UserGroup
from fondasi.app import create_app
from fondasi.runtime import platform_modules
from fondasi.testing import running

SHELF_PATH = "/api/v1/shelf"


@pytest_asyncio.fixture
async def shelf(settings, account):
    """An application that keeps answers, and the headers of two users of it."""
    people = [await account(name) for name in ("ani", "budi")]
    app = create_app(settings, [*platform_modules(), SHELF])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client, *people


async def get(client, path, headers=None):
    return await client.get(SHELF_PATH + path, headers=headers)


async def test_each_caller_gets_their_own(shelf):
    client, ani, budi = shelf
    for _ in range(2):
        for name, headers in (("ani", ani), ("budi", budi)):
            answer = await get(client, "/mine", headers)
            assert answer.json()["username"] == name
            assert answer.headers["cache-control"] == "private, no-cache"
    assert "; hit" in answer.headers["cache-status"]


async def test_kept_answer_opens_no_door(shelf):
    client, ani, _ = shelf
    await get(client, "/mine", ani)
    assert (await get(client, "/mine")).status_code == 401
    assert (await get(client, "/guarded", ani)).status_code == 403


async def test_lost_right_is_gone_from_kept_answers_at_once(shelf, clean_database):
    client, ani, _ = shelf
    before = (await get(client, "/mine", ani)).json()["rights"]
    assert before
    async with clean_database.unit_of_work() as session:
        await session.execute(delete(UserGroup))
    answer = await get(client, "/mine", ani)
    assert answer.json()["rights"] == []


async def test_route_that_finds_the_caller_by_itself_is_not_kept_for_them(shelf):
    client, ani, budi = shelf
    for path in ("/guest", "/guest-shared"):
        for name, headers in (("nobody", None), ("ani", ani), ("budi", budi), ("nobody", None)):
            answer = await get(client, path, headers)
            assert answer.json() == name, path


async def test_answer_for_one_host_is_not_given_for_another(shelf):
    client, *_ = shelf
    evil = await get(client, "/host", {"Host": "evil.example"})
    assert "evil.example" in evil.text
    assert "evil.example" not in (await get(client, "/host")).text


async def test_cookie_of_one_caller_reaches_no_other(shelf):
    client, *_ = shelf
    for _ in range(2):
        assert "; hit" not in (await get(client, "/cookie")).headers["cache-status"]


async def test_colons_in_a_name_reach_no_other_names_entries(shelf):
    """A name cannot pretend to be the beginning of another key, nor make a lookup long."""
    client, *_ = shelf
    answer = await get(client, "/lines/" + "a:" * 2000)
    assert answer.status_code == 200
