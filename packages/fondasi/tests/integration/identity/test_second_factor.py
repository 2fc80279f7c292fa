"""Second factors: setting one up, signing in with it, recovery codes, and proving again who one is."""

import asyncio
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from fondasi.identity.accounts import commands
from fondasi.identity.factors.models import RecoveryCode, SecondFactor
from fondasi.identity.models import User
from fondasi.identity.sessions import Device, SecondFactorRequired, open_session
from fondasi.identity.sessions.models import SignInChallenge, UserSession
from fondasi.identity.sessions.repository import delete_spent
from fondasi.kit import clock
from fondasi.kit.audit import ActivityRecord

API = "/api/v1"
FACTOR, STEP_UP, ME, LOGIN = (
    f"{API}/auth/second-factor",
    f"{API}/auth/step-up",
    f"{API}/users/me",
    f"{API}/login",
)
PASSWORD = "correct horse battery staple"


def bearer(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code")


@pytest.fixture
def count(clean_database):
    async def rows(table, *conditions) -> int:
        async with clean_database.read_session() as session:
            return await session.scalar(select(func.count()).select_from(table).where(*conditions))

    return rows


class TestSettingUp:
    async def test_counts_once_a_code_has_confirmed_it(self, client, account):
        headers = await account("ani")
        begun = await client.post(FACTOR, headers=headers)
        assert begun.status_code == 201
        assert begun.headers["cache-control"] == "no-store"
        assert f"secret={begun.json()['secret']}" in begun.json()["uri"]
        wrong = await client.post(f"{FACTOR}/confirm", json={"code": "000000"}, headers=headers)
        assert told(wrong) == (403, "WRONG_CODE")
        assert (await client.get(FACTOR, headers=headers)).json()["enabled"] is False
        bearer(await client.post(LOGIN, json={"username": "ani", "password": PASSWORD}))

    async def test_tells_the_owner_ends_other_sessions_and_is_audited(
        self, client, account, protected, letters, count
    ):
        ani = await protected("ani", email="ani@example.com")
        status = (await client.get(FACTOR, headers=ani.headers)).json()
        assert (status["enabled"], status["recovery_codes_left"]) == (True, 10)
        assert len(set(ani.codes)) == 10
        assert [letter.template for letter in await letters("ani@example.com")] == ["second-factor-on"]
        assert await count(ActivityRecord, ActivityRecord.action == "second_factor.enable") == 1

    async def test_other_sessions_end(self, client, account, protected):
        ani = await protected("ani")
        await client.request("DELETE", FACTOR, headers=ani.headers)
        other = bearer(await client.post(LOGIN, json={"username": "ani", "password": PASSWORD}))
        ani.secret = (await client.post(FACTOR, headers=ani.headers)).json()["secret"]
        body = {"code": await ani.code()}
        assert (await client.post(f"{FACTOR}/confirm", json=body, headers=ani.headers)).status_code == 200
        assert (await client.get(ME, headers=other)).status_code == 401
        assert (await client.get(ME, headers=ani.headers)).status_code == 200

    async def test_database_holds_neither_secret_nor_codes(self, protected, clean_database):
        ani = await protected("ani")
        async with clean_database.read_session() as session:
            kept = (await session.scalars(select(SecondFactor.sealed))).one()
            hashes = (await session.scalars(select(RecoveryCode.code_hash))).all()
        assert ani.secret.encode() not in kept
        assert not any(code.replace("-", "").encode() in digest for code in ani.codes for digest in hashes)

    async def test_second_one_is_refused_and_nothing_can_be_confirmed_twice(self, client, protected):
        ani = await protected("ani")
        assert told(await client.post(FACTOR, headers=ani.headers)) == (409, "SECOND_FACTOR_EXISTS")
        again = await client.post(f"{FACTOR}/confirm", json={"code": await ani.code()}, headers=ani.headers)
        assert told(again) == (409, "NO_SECOND_FACTOR")

    async def test_switched_off_it_asks_no_more(self, client, protected, letters, count):
        ani = await protected("ani", phone="+6281234567890")
        assert (await client.request("DELETE", FACTOR, headers=ani.headers)).status_code == 204
        assert told(await client.request("DELETE", FACTOR, headers=ani.headers)) == (409, "NO_SECOND_FACTOR")
        assert await count(RecoveryCode) == await count(SecondFactor) == 0
        assert [letter.template for letter in await letters("+6281234567890")][-1] == "second-factor-off"
        bearer(await client.post(LOGIN, json={"username": "ani", "password": PASSWORD}))


class TestSigningIn:
    async def test_password_opens_nothing_and_the_code_opens_the_session(
        self, client, protected, clean_database, count
    ):
        ani = await protected("ani")
        before = await count(UserSession)
        asked = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
        assert told(asked) == (401, "SECOND_FACTOR_REQUIRED")
        assert asked.json()["methods"] == ["totp", "recovery_code"]
        assert asked.json()["expires_in"] == 300
        assert await count(UserSession) == before
        assert not client.cookies
        answer = await ani.answer(asked.json()["challenge"], await ani.code())
        sessions = (await client.get(f"{API}/sessions", headers=bearer(answer))).json()["data"]
        current = next(item for item in sessions if item["current"])
        assert current["methods"] == ["password", "totp"]
        assert set(answer.json()) >= {"access_token", "session_token", "refresh_token"}
        assert "refresh" in client.cookies

    async def test_one_time_password_is_used_up_and_asks_too(self, client, protected, ask):
        ani = await protected("ani", email="ani@example.com")
        proof = await ask("ani@example.com", "login")
        asked = await client.post(f"{API}/auth/otp/login", json=proof)
        assert told(asked) == (401, "SECOND_FACTOR_REQUIRED")
        again = await client.post(f"{API}/auth/otp/login", json=proof)
        assert told(again) == (403, "WRONG_CODE")
        bearer(await ani.answer(asked.json()["challenge"], await ani.code()))

    async def test_every_way_to_sign_in_asks(self, app, protected, clean_database, count):
        await protected("ani")
        with pytest.raises(SecondFactorRequired):
            async with clean_database.unit_of_work() as session:
                user = (await session.scalars(select(User))).one()
                await open_session(session, app.state.platform, user, Device("", "192.0.2.1"))
        assert await count(SignInChallenge, SignInChallenge.method == "federation") == 1

    async def test_recovery_code_serves_once_however_it_is_typed(self, client, protected, letters):
        ani = await protected("ani", email="ani@example.com")
        typed = f" {ani.codes[0].upper().replace('0', 'O').replace('-', ' ')} "
        answer = await ani.answer(await ani.challenge(), typed)
        assert (await client.get(FACTOR, headers=bearer(answer))).json()["recovery_codes_left"] == 9
        last = (await letters("ani@example.com"))[-1]
        assert last.template == "recovery-code-used"
        assert "Codes left: 9." in last.text
        again = await ani.answer(await ani.challenge(), ani.codes[0])
        assert told(again) == (403, "WRONG_CODE")

    async def test_new_recovery_codes_void_the_old_ones(self, client, protected):
        ani = await protected("ani")
        fresh = await client.post(f"{FACTOR}/recovery-codes", headers=ani.headers)
        codes = fresh.json()["recovery_codes"]
        assert not set(codes) & set(ani.codes)
        assert told(await ani.answer(await ani.challenge(), ani.codes[1])) == (403, "WRONG_CODE")
        bearer(await ani.answer(await ani.challenge(), codes[1]))

    async def test_wrong_code_leaves_the_challenge_open(self, protected):
        ani = await protected("ani")
        challenge = await ani.challenge()
        assert told(await ani.answer(challenge, "000000")) == (403, "WRONG_CODE")
        bearer(await ani.answer(challenge, await ani.code()))

    async def test_answer_is_in_the_language_of_the_caller(self, client, protected):
        await protected("ani")
        body = {"username": "ani", "password": PASSWORD}
        asked = await client.post(LOGIN, json=body, headers={"Accept-Language": "id"})
        assert asked.json()["title"] == "Faktor kedua diperlukan"

    async def test_expired_challenges_are_purged(self, protected, clean_database, count):
        ani = await protected("ani")
        await ani.challenge()
        async with clean_database.unit_of_work() as session:
            await delete_spent(session, now=clock.now(), limit=10)
        assert await count(SignInChallenge) == 1
        async with clean_database.unit_of_work() as session:
            await delete_spent(session, now=clock.now() + timedelta(minutes=6), limit=10)
        assert await count(SignInChallenge) == 0


class TestStepUp:
    async def test_old_proof_is_renewed_by_the_password(self, client, account, proofs_age):
        ani = await account("ani")
        assert (await client.post(FACTOR, headers=ani)).status_code == 201
        await proofs_age(minutes=11)
        refused = await client.post(FACTOR, headers=ani)
        assert told(refused) == (403, "STEP_UP_REQUIRED")
        assert refused.headers["www-authenticate"].endswith('max_age="600"')
        assert (await client.get(ME, headers=ani)).status_code == 200
        proved = await client.post(STEP_UP, json={"password": PASSWORD}, headers=ani)
        assert (proved.status_code, proved.json()["expires_in"]) == (200, 600)
        assert (await client.post(FACTOR, headers=ani)).status_code == 201

    async def test_account_with_a_second_factor_proves_by_its_codes(self, client, protected, proofs_age):
        ani = await protected("ani")
        await proofs_age(minutes=11)
        by_password = await client.post(STEP_UP, json={"password": PASSWORD}, headers=ani.headers)
        assert by_password.json()["field_errors"][0]["field"] == "body.code"
        proved = await client.post(STEP_UP, json={"code": await ani.code()}, headers=ani.headers)
        assert proved.status_code == 200
        assert (await client.request("DELETE", FACTOR, headers=ani.headers)).status_code == 204

    async def test_wrong_proofs_renew_nothing(self, client, account, proofs_age):
        ani = await account("ani")
        await proofs_age(minutes=11)
        wrong = await client.post(STEP_UP, json={"password": "wrong"}, headers=ani)
        assert told(wrong) == (403, "WRONG_PASSWORD")
        assert (await client.post(STEP_UP, json={}, headers=ani)).status_code == 422
        assert told(await client.post(FACTOR, headers=ani)) == (403, "STEP_UP_REQUIRED")

    async def test_account_without_a_password_proves_by_signing_in(self, client, ask, proofs_age):
        proof = await ask("eva@example.com", "signup")
        assert (await client.post(f"{API}/auth/otp/signup", json=proof)).status_code == 201
        proof = await ask("eva@example.com", "login")
        eva = bearer(await client.post(f"{API}/auth/otp/login", json=proof))
        await proofs_age(minutes=11)
        assert told(await client.post(STEP_UP, json={"password": "x"}, headers=eva)) == (
            409,
            "NOTHING_TO_PROVE_WITH",
        )
        refused = await client.post(f"{API}/settings/delete-account", json={}, headers=eva)
        assert told(refused) == (403, "STEP_UP_REQUIRED")

    async def test_token_info_says_when_the_proof_was(self, client, account):
        ani = await account("ani")
        info = (await client.get(f"{API}/auth/token-info", headers=ani)).json()
        assert info["authenticated_at"] <= info["expires_at"]


class TestShell:
    @pytest.fixture
    def remove(self, settings, monkeypatch):
        module = sys.modules["fondasi.identity.accounts.commands"]  # its name is that of the commands, too
        monkeypatch.setattr(module, "get_settings", lambda: settings)

        async def run(name: str):
            return await asyncio.to_thread(CliRunner().invoke, commands, ["remove-second-factor", name])

        return run

    async def test_removes_a_lost_factor_and_ends_the_sessions(self, client, protected, letters, remove):
        ani = await protected("ani", email="ani@example.com")
        result = await remove("ani@example.com")
        assert (result.exit_code, result.stdout) == (
            0,
            "The account ani@example.com has no second factor any more.\n",
        )
        assert (await client.get(ME, headers=ani.headers)).status_code == 401
        assert [letter.template for letter in await letters("ani@example.com")][-1] == "second-factor-off"
        bearer(await client.post(LOGIN, json={"username": "ani", "password": PASSWORD}))
        assert (
            await remove("ani")
        ).stderr == "There is no second factor to do that with. Set one up first.\n"
        assert (await remove("nobody")).exit_code == 1
