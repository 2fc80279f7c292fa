"""Threat 2, for second factors: guessed, replayed and borrowed codes, and challenges of others."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from fondasi.identity.sessions import lockout
from fondasi.identity.sessions.models import SignInChallenge

API = "/api/v1"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def ani(protected):
    return await protected("ani", email="ani@example.com")


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code")


@pytest.fixture
def long_waits(monkeypatch):
    """The first wait is shorter than a slow machine takes."""
    limit = lockout.Limit(free=5, longest=timedelta(hours=1), first=timedelta(minutes=1))
    monkeypatch.setattr(lockout, "SECOND_FACTOR", limit)


async def test_hundred_parallel_guesses_get_five_tries(long_waits, ani, letters, failures_age):
    challenge = await ani.challenge()
    answers = await asyncio.gather(*(ani.answer(challenge, f"{number:06}") for number in range(100)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(403), statuses.count(429)) == (5, 95)
    assert told(await ani.answer(challenge, await ani.code())) == (429, "TOO_MANY_TRIES")
    assert [letter.template for letter in await letters("ani@example.com")][-1] == "second-factor-guessed"
    await failures_age(hours=2)
    assert (await ani.answer(challenge, await ani.code())).status_code == 200


async def test_right_password_gives_no_new_tries(long_waits, ani, failures_age):
    for _ in range(4):
        assert told(await ani.answer(await ani.challenge(), "000000")) == (403, "WRONG_CODE")
    waits = []
    for _ in range(4):
        answer = await ani.answer(await ani.challenge(), "000000")
        assert answer.status_code == 403
        refused = await ani.answer(await ani.challenge(), "000000")
        waits.append(int(refused.headers["retry-after"]))
        await failures_age(hours=2)
    assert waits == sorted(waits)
    assert waits[-1] > 2 * waits[0]


async def test_other_addresses_give_no_new_tries(long_waits, app, ani):
    """The account is what is counted."""
    statuses = []
    for number in range(7):
        transport = httpx.ASGITransport(app, client=(f"198.51.100.{number}", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as ani.client:
            statuses.append((await ani.answer(await ani.challenge(), "000000")).status_code)
    assert statuses == [403] * 5 + [429] * 2


async def test_step_up_at_a_known_place_shares_its_count(long_waits, client, ani):
    assert (
        await ani.answer(await ani.challenge(), await ani.code())
    ).status_code == 200  # the place is known now
    challenge = await ani.challenge()
    for _ in range(3):
        await ani.answer(challenge, "000000")
    codes = [{"code": "000000"}, {"code": "zzzzz-zzzzz"}, {"code": await ani.code()}]
    statuses = [
        (await client.post(f"{API}/auth/step-up", json=body, headers=ani.headers)).status_code
        for body in codes
    ]
    assert statuses == [403, 403, 429]


async def test_code_is_taken_once_by_one_of_many(ani):
    challenges = [await ani.challenge() for _ in range(4)]
    code = await ani.code()
    answers = await asyncio.gather(*(ani.answer(challenge, code) for challenge in challenges))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert told(await ani.answer(await ani.challenge(), code)) == (403, "WRONG_CODE")


async def test_older_code_is_worth_nothing_once_a_newer_was_used(ani):
    older = await ani.code(steps=-1)
    assert (await ani.answer(await ani.challenge(), await ani.code())).status_code == 200
    assert told(await ani.answer(await ani.challenge(), older)) == (403, "WRONG_CODE")


@pytest.mark.parametrize("steps", [-3, 3])
async def test_code_of_another_time_fits_nothing(ani, steps):
    assert told(await ani.answer(await ani.challenge(), await ani.code(steps=steps))) == (403, "WRONG_CODE")


async def test_recovery_code_is_taken_once_by_one_of_many(ani):
    challenges = [await ani.challenge() for _ in range(4)]
    answers = await asyncio.gather(*(ani.answer(challenge, ani.codes[3]) for challenge in challenges))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]


async def test_challenge_serves_once_and_for_five_minutes(ani, clean_database):
    used, expired = await ani.challenge(), await ani.challenge()
    assert (await ani.answer(used, await ani.code())).status_code == 200
    assert told(await ani.answer(used, await ani.code())) == (401, "CHALLENGE_EXPIRED")
    async with clean_database.unit_of_work() as session:
        earlier = SignInChallenge.expires_at - timedelta(minutes=5)
        await session.execute(update(SignInChallenge).values(expires_at=earlier))
    assert told(await ani.answer(expired, await ani.code())) == (401, "CHALLENGE_EXPIRED")


async def test_challenge_of_another_user_takes_no_code_of_mine(protected, ani):
    eve = await protected("eve")
    assert told(await eve.answer(await ani.challenge(), await eve.code())) == (403, "WRONG_CODE")
    assert told(await eve.answer(await ani.challenge(), eve.codes[0])) == (403, "WRONG_CODE")
    assert told(await eve.answer("made up", await eve.code())) == (401, "CHALLENGE_EXPIRED")


async def test_challenge_is_worth_nothing_on_another_device(app, ani):
    challenge = await ani.challenge(**{"User-Agent": "Firefox"})
    code = await ani.code()
    assert told(await ani.answer(challenge, code, **{"User-Agent": "curl"})) == (401, "CHALLENGE_EXPIRED")
    transport = httpx.ASGITransport(app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as ani.client:
        elsewhere = await ani.answer(challenge, code, **{"User-Agent": "Firefox"})
    assert told(elsewhere) == (401, "CHALLENGE_EXPIRED")


async def test_challenge_opens_nothing_else(client, ani):
    challenge = await ani.challenge()
    for headers in ({"Authorization": f"Bearer {challenge}"}, {"X-Session-Token": challenge}):
        assert (await client.get(f"{API}/users/me", headers=headers)).status_code == 401
    assert (await client.post(f"{API}/refresh", json={"refresh_token": challenge})).status_code == 401


async def test_new_password_voids_the_challenges_of_the_old_one(client, ani):
    challenge = await ani.challenge()
    body = {"current_password": PASSWORD, "new_password": "a new passphrase"}
    changed = await client.post(f"{API}/auth/password/change", json=body, headers=ani.headers)
    assert changed.status_code == 204
    assert told(await ani.answer(challenge, await ani.code())) == (401, "CHALLENGE_EXPIRED")


async def test_reset_password_does_not_get_round_it(client, ani, ask):
    proof = await ask("ani@example.com", "reset_password")
    body = {**proof, "new_password": "a new passphrase"}
    assert (await client.post(f"{API}/auth/password/reset", json=body)).status_code == 204
    answer = await client.post(f"{API}/login", json={"username": "ani", "password": "a new passphrase"})
    assert told(answer) == (401, "SECOND_FACTOR_REQUIRED")


async def test_suspended_account_is_not_let_in_by_its_code(client, account, ani):
    root = await account("root", superuser=True)
    challenge = await ani.challenge()
    suspended = await client.patch(f"{API}/users/ani", json={"status": "suspended"}, headers=root)
    assert suspended.status_code == 200
    assert told(await ani.answer(challenge, await ani.code())) == (401, "CHALLENGE_EXPIRED")
