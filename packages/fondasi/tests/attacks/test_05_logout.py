"""Threat 5: one sign-out made the next sign-in useless for 30 days; a second one answered 500."""

from sqlalchemy import update

from fondasi.identity.sessions.models import UserSession

LOGIN, LOGOUT, ME, REFRESH = "/api/v1/login", "/api/v1/logout", "/api/v1/users/me", "/api/v1/refresh"
ASKED = {"X-Requested-With": "fetch"}
PASSWORD = "correct horse battery staple"


def bearer(tokens: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_any_number_of_sign_outs_and_the_next_sign_in_works(client, login):
    tokens = await login()
    for _ in range(3):
        assert (await client.post(LOGOUT, headers=bearer(tokens))).status_code == 204
    assert (await client.post(LOGOUT)).status_code == 204
    again = await login()
    assert (await client.get(ME, headers=bearer(again))).status_code == 200
    assert (await client.get(ME, headers=bearer(tokens))).status_code == 401


async def test_sign_out_ends_every_token_of_the_session(client, login):
    tokens = await login()
    await client.post(LOGOUT, headers=bearer(tokens))
    assert (await client.get(ME, headers=bearer(tokens))).status_code == 401
    assert (await client.get(ME, headers={"X-Session-Token": tokens["session_token"]})).status_code == 401
    answer = await client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 401


async def test_sign_out_with_an_expired_access_token_works_by_the_cookie(client, ani, monkeypatch):
    tokens = (await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})).json()
    from time import time

    with monkeypatch.context() as later:
        later.setattr("fondasi.identity.sessions.tokens.time", lambda: time() + 3600)
        assert (await client.get(ME, headers=bearer(tokens))).status_code == 401
        answer = await client.post(LOGOUT, headers=bearer(tokens) | ASKED)
        assert answer.status_code == 204
        assert 'refresh=""' in answer.headers["set-cookie"]
    assert (await client.get(ME, headers=bearer(tokens))).status_code == 401


async def test_sign_out_works_with_a_refresh_token_that_was_used(client, login):
    first = await login()
    second = (await client.post(REFRESH, json={"refresh_token": first["refresh_token"]})).json()
    client.cookies.clear()
    await client.post(LOGOUT, json={"refresh_token": first["refresh_token"]})
    assert (await client.get(ME, headers=bearer(second))).status_code == 401


async def test_sign_out_of_an_ended_session_is_no_fault(client, clean_database, login):
    tokens = await login()
    async with clean_database.unit_of_work() as session:
        await session.execute(update(UserSession).values(revoked_at=UserSession.created_at))
    answer = await client.post(
        LOGOUT, headers=bearer(tokens), json={"refresh_token": tokens["refresh_token"]}
    )
    assert answer.status_code == 204
