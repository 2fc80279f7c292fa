"""31: timestamps frozen at import, and the server's local time in statistics."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def admin(client, clean_database):
    """Headers of an administrator."""
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=PASSWORD, superuser=True)
    answer = await client.post("/api/v1/login", json={"username": "root", "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def far_away(monkeypatch):
    """A server whose clock shows the local time of an island that is 14 hours ahead."""
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_every_entry_has_the_time_of_its_own_change(client, admin):
    for _ in range(2):
        before = datetime.now(UTC)
        answer = await client.post("/api/v1/activity", json={"action": "a", "message": "b"}, headers=admin)
        entry = (await client.get(f"/api/v1/activity/{answer.json()['id']}", headers=admin)).json()
        assert before <= datetime.fromisoformat(entry["created_at"]) <= datetime.now(UTC)
        await asyncio.sleep(0.01)


async def test_statistics_do_not_depend_on_where_the_server_is(client, admin, far_away):
    span = {"from": str(datetime.now(UTC).date()), "to": str(datetime.now(UTC).date())}
    found = (await client.get("/api/v1/activity/statistics", params=span, headers=admin)).json()
    assert found["days"] == [{"day": span["from"], "count": found["total"]}]
    assert found["total"] > 0
