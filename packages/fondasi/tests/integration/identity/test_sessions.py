"""Sessions and their tokens: the answer of a sign-in, refreshing, the list of devices, and the key ring."""

import asyncio
import base64
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from fondasi.identity import create_user
from fondasi.identity.sessions import LastUse
from fondasi.identity.sessions.devices import describe
from fondasi.identity.sessions.keys import KeyRing, rotate
from fondasi.identity.sessions.models import RefreshToken, SigningKey, UserSession
from fondasi.identity.sessions.repository import delete_ended, delete_spent
from fondasi.kit import clock
from fondasi.settings import Environment

LOGIN, REFRESH, LOGOUT = "/api/v1/login", "/api/v1/refresh", "/api/v1/logout"
ME, SESSIONS, INFO = "/api/v1/users/me", "/api/v1/sessions", "/api/v1/auth/token-info"
PASSWORD = "correct horse battery staple"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
ASKED = {"X-Requested-With": "fetch"}


@pytest.fixture
async def ani(clean_database):
    async with clean_database.unit_of_work() as session:
        return await create_user(session, username="ani", email="ani@example.com", password=PASSWORD)


@pytest.fixture
def login(client, ani):
    async def post(*, user_agent: str = "", in_body: bool = True, username: str = "ani") -> dict:
        body = {"username": username, "password": PASSWORD, "refresh_in_body": in_body}
        answer = await client.post(LOGIN, json=body, headers={"User-Agent": user_agent})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


def bearer(tokens: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def part(token: str, number: int) -> dict:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[number] + "=="))


class TestSignIn:
    async def test_gives_the_tokens_of_the_contract(self, client, ani):
        answer = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
        body = answer.json()
        assert set(body) == {
            "access_token",
            "session_token",
            "token_type",
            "expires_in",
            "session_id",
            "refresh_token",
        }
        assert body["refresh_token"] is None
        assert answer.headers["cache-control"] == "no-store"
        assert "refresh" in client.cookies

    async def test_session_token_carries_the_profile_and_no_permissions(self, login, ani):
        payload = part((await login())["session_token"], 1)
        assert payload["profile"] == {
            "username": "ani",
            "name": "ani",
            "email": "ani@example.com",
            "language": "en",
        }
        assert set(payload) == {"iss", "aud", "sub", "sid", "iat", "exp", "profile"}
        assert payload["exp"] - payload["iat"] == 7 * 24 * 3600
        assert payload["sub"] == str(ani.id)

    async def test_session_token_is_taken_in_either_header(self, client, login):
        token = (await login())["session_token"]
        for headers in ({"X-Session-Token": token}, {"Authorization": f"Bearer {token}"}):
            assert (await client.get(ME, headers=headers)).json()["username"] == "ani"

    async def test_bad_authorization_is_not_made_good_by_the_other_header(self, client, login):
        token = (await login())["session_token"]
        headers = {"X-Session-Token": token, "Authorization": "Bearer x"}
        assert (await client.get(ME, headers=headers)).status_code == 401

    async def test_cookie_outside_of_local_is_bound_to_the_host_and_to_https(self, settings, running, ani):
        own = settings.model_copy(update={"environment": Environment.STAGING})
        async with running(own) as client:
            answer = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-refresh=")
        assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie

    async def test_access_token_lives_no_longer_than_its_session(self, settings, running, ani):
        own = settings.model_copy(
            update={"token": settings.token.model_copy(update={"access_minutes": 1440, "refresh_days": 1})}
        )
        async with running(own) as client:
            tokens = (await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})).json()
        for name in ("access_token", "session_token"):
            payload = part(tokens[name], 1)
            assert payload["exp"] - payload["iat"] <= 24 * 3600


class TestRefresh:
    async def test_cookie_is_replaced_and_the_session_stays(self, client, login):
        first = await login(in_body=False)
        before = client.cookies["refresh"]
        answer = await client.post(REFRESH, headers=ASKED)
        assert answer.status_code == 200
        assert answer.json()["session_id"] == first["session_id"]
        assert answer.json()["refresh_token"] is None
        assert client.cookies["refresh"] != before
        assert (await client.get(ME, headers=bearer(answer.json()))).status_code == 200

    async def test_body_needs_no_cookie(self, client, login):
        tokens = await login()
        client.cookies.clear()
        body = {"refresh_token": tokens["refresh_token"], "refresh_in_body": True}
        answer = await client.post(REFRESH, json=body)
        assert answer.json()["refresh_token"] not in {None, tokens["refresh_token"]}

    async def test_without_a_token_it_says_sign_in(self, client):
        answer = await client.post(REFRESH, headers={"Accept-Language": "id"})
        assert (answer.status_code, answer.json()["error_code"]) == (401, "INVALID_REFRESH_TOKEN")
        assert answer.json()["detail"].endswith("Silakan masuk lagi.")

    async def test_use_prolongs_the_session_up_to_its_absolute_end(self, client, clean_database, login):
        tokens = await login()
        opened = clock.now() - timedelta(days=80)
        async with clean_database.unit_of_work() as session:
            await session.execute(update(UserSession).values(created_at=opened))
        await client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
        async with clean_database.read_session() as session:
            kept = (await session.scalars(select(UserSession))).one()
            child = select(RefreshToken.expires_at).where(RefreshToken.used_at.is_(None))
            newest = await session.scalar(child)
        assert kept.expires_at == opened + timedelta(days=90)
        assert newest == kept.expires_at


class TestDevices:
    async def test_list_says_where_and_which_is_this_one(self, client, login):
        await login(user_agent="curl/8.5.0")
        tokens = await login(user_agent=FIREFOX)
        page = (await client.get(SESSIONS, headers=bearer(tokens))).json()
        assert page["total_count"] == 2
        this, other = page["data"]
        assert (this["current"], this["device"], this["browser"]) == (True, "Windows", "Firefox 140")
        assert (other["current"], other["browser"]) == (False, "curl 8.5.0")
        assert this["place"] == "127.0.0.1"

    async def test_one_is_ended(self, client, login):
        first, second = await login(), await login()
        path = f"{SESSIONS}/{first['session_id']}"
        assert (await client.delete(path, headers=bearer(second))).status_code == 204
        assert (await client.get(ME, headers=bearer(first))).status_code == 401
        assert (await client.delete(path, headers=bearer(second))).status_code == 404
        assert (await client.get(SESSIONS, headers=bearer(second))).json()["total_count"] == 1

    async def test_all_others_are_ended(self, client, login):
        sessions = [await login() for _ in range(4)]
        assert (await client.delete(SESSIONS, headers=bearer(sessions[0]))).status_code == 204
        statuses = [(await client.get(ME, headers=bearer(item))).status_code for item in sessions]
        assert statuses == [200, 401, 401, 401]

    async def test_a_stranger_sees_and_ends_none(self, client, clean_database, login):
        async with clean_database.unit_of_work() as session:
            await create_user(session, username="budi", password=PASSWORD)
        mine, budis = await login(), await login(username="budi")
        page = (await client.get(SESSIONS, headers=bearer(budis))).json()
        assert [item["id"] for item in page["data"]] == [budis["session_id"]]
        foreign = await client.delete(f"{SESSIONS}/{mine['session_id']}", headers=bearer(budis))
        missing = await client.delete(f"{SESSIONS}/{uuid4()}", headers=bearer(budis))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["detail"] == missing.json()["detail"]
        await client.delete(SESSIONS, headers=bearer(budis))
        assert (await client.get(ME, headers=bearer(mine))).status_code == 200

    @pytest.mark.parametrize(
        ("user_agent", "expected"),
        [
            (FIREFOX, ("Windows", "Firefox 140")),
            (
                (
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
                ),
                ("iPhone", "Safari 18"),
            ),
            (
                (
                    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/131.0.0.0 Mobile Safari/537.36"
                ),
                ("Android", "Chrome 131"),
            ),
            (
                (
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51"
                ),
                ("Mac", "Edge 131"),
            ),
            ("python-httpx/0.28.1", ("unknown", "python-httpx 0.28.1")),
            ("", ("unknown", "unknown")),
            ("<script>alert(1)</script>", ("unknown", "unknown")),
        ],
    )
    def test_header_is_told_in_words(self, user_agent, expected):
        assert describe(user_agent) == expected


class TestTokenInfo:
    async def test_says_what_the_token_says(self, client, login, ani):
        tokens = await login()
        info = (await client.get(INFO, headers=bearer(tokens))).json()
        assert (info["type"], info["username"]) == ("access", "ani")
        assert (info["user_id"], info["session_id"]) == (str(ani.id), tokens["session_id"])
        assert 14 * 60 < info["expires_in"] <= 15 * 60
        headers = {"X-Session-Token": tokens["session_token"]}
        assert (await client.get(INFO, headers=headers)).json()["type"] == "session"
        assert (await client.get(INFO)).status_code == 401


class TestKeys:
    async def test_rotation_is_taken_up_by_every_worker_without_a_restart(
        self, client, settings, running, clean_database, login
    ):
        old = await login()
        async with running(settings) as other:
            assert (await other.get(ME, headers=bearer(old))).status_code == 200
            async with clean_database.unit_of_work() as session:
                key_id = await rotate(session, overlap=timedelta(days=7))
            new = await login()
            assert part(new["access_token"], 0)["kid"] == key_id != part(old["access_token"], 0)["kid"]
            for tokens in (old, new):
                assert (await other.get(ME, headers=bearer(tokens))).status_code == 200

    async def test_rotation_at_once_ends_older_tokens_but_not_the_sessions(
        self, client, clean_database, login
    ):
        old = await login()
        assert (await client.get(ME, headers=bearer(old))).status_code == 200
        async with clean_database.unit_of_work() as session:
            await rotate(session, overlap=timedelta(0))
        assert (await client.get(ME, headers=bearer(old))).status_code == 401
        new = await client.post(REFRESH, json={"refresh_token": old["refresh_token"]})
        assert (await client.get(ME, headers=bearer(new.json()))).status_code == 200

    async def test_processes_that_start_together_make_one_key(self, clean_database):
        async def start() -> str:
            async with clean_database.unit_of_work() as session:
                return await KeyRing("x" * 32).current(session)

        assert len(set(await asyncio.gather(*(start() for _ in range(8))))) == 1

    async def test_neither_the_database_nor_the_secret_alone_signs(self, clean_database):
        ring = KeyRing("a" * 32)
        async with clean_database.unit_of_work() as session:
            key_id = await ring.current(session)
            salt = (await session.get_one(SigningKey, key_id)).salt
        assert ring.key(key_id, "at+jwt") == ring.derive("at+jwt", salt)
        different = {
            ring.derive("at+jwt", salt),
            ring.derive("st+jwt", salt),
            ring.derive("at+jwt", b"0" * 32),
            KeyRing("b" * 32).derive("at+jwt", salt),
        }
        assert len(different) == 4

    async def test_another_secret_ends_everything(self, settings, running, login):
        tokens = await login()
        own = settings.model_copy(update={"secret_key": SecretStr("9f" * 32)})
        async with running(own) as client:
            assert (await client.get(ME, headers=bearer(tokens))).status_code == 401
            answer = await client.post(REFRESH, json={"refresh_token": tokens["refresh_token"]})
            assert answer.status_code == 401


class TestLastUse:
    async def set(self, database, minutes: float):
        moment = clock.now() - timedelta(minutes=minutes)
        async with database.unit_of_work() as session:
            await session.execute(update(UserSession).values(last_used_at=moment))
        return moment

    async def read(self, database):
        async with database.read_session() as session:
            return await session.scalar(select(UserSession.last_used_at))

    async def test_is_noted_after_a_minute_and_beside_the_request(self, client, app, clean_database, login):
        tokens = await login()
        before = await self.set(clean_database, 5)
        await client.get(ME, headers=bearer(tokens))
        assert await self.read(clean_database) == before
        await app.state.platform.get(LastUse).write()
        assert await self.read(clean_database) > before + timedelta(minutes=4)

    async def test_is_left_alone_within_the_minute(self, client, app, clean_database, login):
        tokens = await login()
        before = await self.set(clean_database, 0.5)
        await client.get(ME, headers=bearer(tokens))
        await app.state.platform.get(LastUse).write()
        assert await self.read(clean_database) == before

    async def test_is_written_at_the_end_of_the_process(self, settings, running, clean_database, login):
        tokens = await login()
        before = await self.set(clean_database, 5)
        async with running(settings) as client:
            await client.get(ME, headers=bearer(tokens))
        assert await self.read(clean_database) > before


async def test_own_account_costs_one_statement(client, login, statements):
    tokens = await login()
    await client.get(ME, headers=bearer(tokens))  # their rights are read once, and kept
    with statements() as sent:
        assert (await client.get(ME, headers=bearer(tokens))).status_code == 200
    assert len(sent) == 1


async def test_purge_removes_what_ended_long_ago_and_nothing_else(clean_database, login):
    old, recent, alive = [UUID((await login())["session_id"]) for _ in range(3)]
    now = clock.now()
    async with clean_database.unit_of_work() as session:
        for session_id, days in ((old, 31), (recent, 29)):
            await session.execute(
                update(UserSession)
                .where(UserSession.id == session_id)
                .values(revoked_at=now - timedelta(days=days))
            )
        assert await delete_ended(session, before=now - timedelta(days=30), limit=10) == 1
        assert set(await session.scalars(select(UserSession.id))) == {recent, alive}
        await session.execute(
            update(RefreshToken).where(RefreshToken.session_id == recent).values(expires_at=now)
        )
        assert await delete_spent(session, now=now + timedelta(seconds=1), limit=10) == 1
        assert set(await session.scalars(select(RefreshToken.session_id))) == {alive}
