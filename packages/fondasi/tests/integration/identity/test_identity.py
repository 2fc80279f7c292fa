"""Signing in and out: one answer for every failure, tokens that end with their session, hashing beside the loop."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import select, update

from fondasi.identity import create_user, passwords, set_password, user_exists
from fondasi.identity.models import User, UserStatus
from fondasi.identity.sessions.models import UserSession
from fondasi.kit.http import Problem

LOGIN, ME = "/api/v1/login", "/api/v1/users/me"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def ani(clean_database):
    async with clean_database.unit_of_work() as session:
        return await create_user(session, username="ani", email="Ani@Example.com", password=PASSWORD)


async def change(database, **values) -> None:
    async with database.unit_of_work() as session:
        await session.execute(update(User).values(**values))


def stable(answer) -> dict:
    """A problem without what differs in every answer."""
    return {key: value for key, value in answer.json().items() if key not in {"request_id", "timestamp"}}


class TestLogin:
    @pytest.mark.parametrize("kind", ["data", "json"])
    @pytest.mark.parametrize("name", ["ani", "ANI", " ani ", "ani@example.com", "Ani@Example.COM"])
    async def test_form_and_json_open_a_session_by_name_or_address(self, client, ani, kind, name):
        answer = await client.post(LOGIN, **{kind: {"username": name, "password": PASSWORD}})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["token_type"], body["expires_in"]) == ("bearer", 15 * 60)
        me = await client.get(ME, headers={"authorization": f"bearer {body['access_token']}"})
        assert me.json()["username"] == "ani"
        assert "password" not in me.text

    async def test_oauth_client_may_send_its_fields(self, client, ani):
        form = {
            "username": "ani",
            "password": PASSWORD,
            "grant_type": "password",
            "scope": "",
            "client_id": "x",
        }
        assert (await client.post(LOGIN, data=form)).status_code == 200
        assert (await client.post(LOGIN, data={**form, "grant_type": "other"})).status_code == 422

    @pytest.mark.parametrize("flag", [0, 1, "true", "yes", None])
    async def test_a_flag_in_json_is_true_or_false(self, client, ani, flag):
        body = {"username": "ani", "password": PASSWORD, "refresh_in_body": flag}
        refused = await client.post(LOGIN, json=body)
        assert refused.status_code == 422
        assert refused.json()["field_errors"][0]["field"] == "body.refresh_in_body"

    @pytest.mark.parametrize(("flag", "status"), [("true", 200), ("false", 200), ("0", 422), ("on", 422)])
    async def test_a_flag_in_a_form_is_true_or_false(self, client, ani, flag, status):
        form = {"username": "ani", "password": PASSWORD, "refresh_in_body": flag}
        answer = await client.post(LOGIN, data=form)
        assert answer.status_code == status
        assert bool(answer.json().get("refresh_token")) == (flag == "true")

    async def test_every_failure_has_the_same_answer(self, client, ani, clean_database):
        async def attempt(username: str, password: str) -> dict:
            answer = await client.post(LOGIN, json={"username": username, "password": password})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            return stable(answer)

        unknown = await attempt("nobody", PASSWORD)
        assert unknown["error_code"] == "WRONG_CREDENTIALS"
        assert await attempt("ani", "wrong") == unknown
        for status in (UserStatus.SUSPENDED, UserStatus.INACTIVE, UserStatus.DELETED):
            await change(clean_database, status=status)
            assert await attempt("ani", PASSWORD) == unknown
        await change(clean_database, status=UserStatus.ACTIVE, password_hash=None)
        assert await attempt("ani", PASSWORD) == unknown
        await change(clean_database, deleted_at=datetime.now(UTC))
        assert await attempt("ani", PASSWORD) == unknown

    @pytest.mark.parametrize(
        "wrong",
        [
            {"content": b"username=ani", "headers": {"content-type": "text/plain"}},
            {"data": {"username": "ani"}},
            {"json": {"username": "ani", "password": ""}},
            {"json": {"username": "ani", "password": "x" * 1025}},
            {"json": {"username": "ani", "password": "x", "is_superuser": True}},
            {"json": {"username": ["ani"], "password": "x"}},
            {"json": []},
            {"json": {"username": "a\0b", "password": "x"}},
            {"data": {"username": "a\0b", "password": "x"}},
            {
                "content": b"username=%ff&password=x",
                "headers": {"content-type": "application/x-www-form-urlencoded"},
            },
        ],
    )
    async def test_wrong_form_is_refused_without_repeating_it(self, client, wrong):
        answer = await client.post(LOGIN, **wrong)
        assert answer.status_code == 422, answer.text
        assert "x" * 20 not in answer.text

    async def test_broken_multipart_is_refused(self, client):
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = await client.post(LOGIN, content=b"--x\r\nnonsense", headers=headers)
        assert answer.status_code in {400, 422}

    async def test_session_remembers_the_device(self, client, ani, clean_database):
        headers = {"user-agent": "x" * 2000}
        await client.post(LOGIN, json={"username": "ani", "password": PASSWORD}, headers=headers)
        async with clean_database.read_session() as session:
            opened = (await session.scalars(select(UserSession))).one()
        assert opened.user_agent == "x" * 500
        assert opened.expires_at - opened.created_at == timedelta(days=30)


class TestSessionsEnd:
    async def test_logout_ends_the_token_at_once_and_that_of_no_other_session(self, client, ani):
        first, second = [
            {
                "Authorization": "Bearer "
                + (await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})).json()[
                    "access_token"
                ]
            }
            for _ in range(2)
        ]
        assert (await client.post("/api/v1/logout", headers=first)).status_code == 204
        assert (await client.get(ME, headers=first)).status_code == 401
        assert (await client.post("/api/v1/logout", headers=first)).status_code == 204
        assert (await client.get(ME, headers=second)).status_code == 200

    @pytest.mark.parametrize(
        "values",
        [{"status": UserStatus.SUSPENDED}, {"status": UserStatus.DELETED}, {"deleted_at": datetime.now(UTC)}],
    )
    async def test_account_that_may_not_be_used_ends_them_at_once(
        self, client, sign_in, clean_database, values
    ):
        headers = await sign_in("ani")
        await change(clean_database, **values)
        assert (await client.get(ME, headers=headers)).status_code == 401

    async def test_new_password_ends_them_at_once(self, client, sign_in, clean_database):
        headers = await sign_in("ani")
        async with clean_database.unit_of_work() as session:
            await set_password(session, "ani", "another password")
        assert (await client.get(ME, headers=headers)).status_code == 401
        answer = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
        assert answer.status_code == 401

    async def test_session_expires(self, client, sign_in, clean_database):
        headers = await sign_in("ani")
        async with clean_database.unit_of_work() as session:
            await session.execute(update(UserSession).values(expires_at=datetime.now(UTC)))
        assert (await client.get(ME, headers=headers)).status_code == 401


class TestPasswords:
    async def test_hashing_does_not_block_the_loop(self):
        longest, ticking = 0.0, True

        async def tick() -> None:
            nonlocal longest
            while ticking:
                began = perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, perf_counter() - began)

        task = asyncio.create_task(tick())
        began = perf_counter()
        await asyncio.gather(*(passwords.verify_password("x", None) for _ in range(16)))
        total = perf_counter() - began
        ticking = False
        await task
        assert longest < total / 2

    async def test_hash_is_argon2id_and_differs_each_time(self):
        first, second = [await passwords.hash_password("x") for _ in range(2)]
        assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert first != second
        assert await passwords.verify_password("x", first)
        assert not await passwords.verify_password("y", first)

    async def test_flood_is_refused_before_it_queues(self, client, monkeypatch):
        monkeypatch.setattr(passwords, "MAX_WAITING", 0)
        answer = await client.post(LOGIN, json={"username": "ani", "password": "x"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"]


class TestAccounts:
    @pytest.mark.parametrize(
        "name", ["", "a", "-ani", "ani budi", "ani@example.com", "é" * 5, "a" * 51, "a\0b"]
    )
    async def test_name_that_could_be_taken_for_another_is_refused(self, clean_database, name):
        with pytest.raises(Problem, match="2 to 50"):
            async with clean_database.unit_of_work() as session:
                await create_user(session, username=name, password=PASSWORD)

    async def test_name_and_address_are_unique_whatever_their_case(self, clean_database, ani):
        for fields, message in [
            ({"username": "ANI"}, "account named ani exists"),
            ({"username": "budi", "email": "ANI@example.com"}, "e-mail address belongs to another"),
        ]:
            with pytest.raises(Problem, match=message):
                async with clean_database.unit_of_work() as session:
                    await create_user(session, password=PASSWORD, **fields)
        async with clean_database.read_session() as session:
            assert await user_exists(session, "Ani")
            assert not await user_exists(session, "budi")
