"""3: tokens that work after what should have ended them. Each is tried on another worker, at once."""

import pytest
from sqlalchemy import delete, update

from fondasi.app import create_app
from fondasi.identity import set_password
from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock
from fondasi.testing import running

ME, REFRESH = "/api/v1/users/me", "/api/v1/refresh"


@pytest.fixture
async def other_worker(settings, modules, client):
    """A client of a second application on the same database: what it keeps in memory is its own."""
    import httpx

    app = create_app(settings, modules)
    async with running(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
            yield opened


async def sign_out(client, database, tokens) -> None:
    await client.post("/api/v1/logout", headers={"Authorization": f"Bearer {tokens['access_token']}"})


async def revoke_by_another_session(client, database, tokens) -> None:
    answer = await client.post(
        "/api/v1/login", json={"username": "ani", "password": "correct horse battery staple"}
    )
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.delete("/api/v1/sessions", headers=headers)).status_code == 204


async def change_password(client, database, tokens) -> None:
    async with database.unit_of_work() as session:
        await set_password(session, "ani", "quite another password")


def account(**values):
    async def change(client, database, tokens) -> None:
        async with database.unit_of_work() as session:
            await session.execute(update(User).values(**values))

    return change


async def delete_the_row(client, database, tokens) -> None:
    async with database.unit_of_work() as session:
        await session.execute(delete(User))


async def let_it_expire(client, database, tokens) -> None:
    async with database.unit_of_work() as session:
        await session.execute(update(UserSession).values(expires_at=clock.now()))


ENDINGS = {
    "sign-out": sign_out,
    "revocation": revoke_by_another_session,
    "new password": change_password,
    "deactivation": account(status=UserStatus.INACTIVE),
    "suspension": account(status=UserStatus.SUSPENDED),
    "deletion": account(status=UserStatus.DELETED),
    "soft deletion": account(deleted_at=clock.now()),
    "removal": delete_the_row,
    "expiry": let_it_expire,
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
async def test_no_token_works_on_any_worker_after(client, other_worker, clean_database, login, end):
    tokens = await login()
    ways = [
        {"Authorization": f"Bearer {tokens['access_token']}"},
        {"Authorization": f"Bearer {tokens['session_token']}"},
        {"X-Session-Token": tokens["session_token"]},
    ]
    for worker in (client, other_worker):
        for headers in ways:
            assert (await worker.get(ME, headers=headers)).status_code == 200
    await end(client, clean_database, tokens)
    for worker in (other_worker, client):
        for headers in ways:
            assert (await worker.get(ME, headers=headers)).status_code == 401
        answer = await worker.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
        assert answer.status_code == 401
