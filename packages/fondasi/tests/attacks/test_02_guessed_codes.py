"""Attack 2: endless guesses, codes used twice, codes of another purpose, identity or request."""

import asyncio

import pytest
from sqlalchemy import select

from fondasi.identity.codes.models import OneTimePassword

OTP, VERIFY, RESET = "/api/v1/auth/otp", "/api/v1/auth/otp/verify", "/api/v1/auth/password/reset"
NEW = "a new passphrase"


@pytest.fixture
async def proof(account, ask):
    await account("ani", email="ani@example.com")
    return await ask("ani@example.com", "reset_password", recipient="ani@example.com")


async def reset(client, proof, **changes) -> int:
    body = {**proof, "new_password": NEW, **changes}
    return (await client.post(RESET, json=body)).status_code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_right_code_works_once(client, proof):
    assert await reset(client, proof) == 204
    assert await reset(client, proof, new_password="yet another passphrase") == 403


async def test_code_is_void_after_five_wrong_tries(client, proof):
    for _ in range(5):
        assert await reset(client, proof, code=wrong(proof["code"])) == 403
    assert await reset(client, proof) == 403


async def test_parallel_guesses_count_each(client, proof):
    guesses = [f"{(int(proof['code']) + step) % 10**6:06d}" for step in range(1, 21)]
    assert set(await asyncio.gather(*(reset(client, proof, code=guess) for guess in guesses))) == {403}
    assert await reset(client, proof) == 403


async def test_right_code_sent_twenty_times_at_once_works_once(client, proof):
    answers = await asyncio.gather(*(reset(client, proof) for _ in range(20)))
    assert sorted(answers) == [204] + [403] * 19


@pytest.mark.parametrize("minutes", [10.1, 60])
async def test_code_expires(client, proof, time_passes, minutes):
    await time_passes(minutes=minutes)
    assert await reset(client, proof) == 403


async def test_code_of_another_purpose_is_refused(client, account, ask):
    await account("ani", email="ani@example.com")
    login = await ask("ani@example.com", "login")
    assert await reset(client, login) == 403
    body = {**login, "purpose": "reset_password"}
    assert (await client.post(VERIFY, json=body)).status_code == 403
    assert (await client.post("/api/v1/auth/contacts/verify", json=login)).status_code == 403


async def test_code_of_another_identity_or_request_is_refused(client, account, ask, proof):
    await account("budi", email="budi@example.com")
    theirs = await ask("budi@example.com", "reset_password")
    assert await reset(client, proof, identifier="budi@example.com") == 403
    assert await reset(client, proof, request_id=theirs["request_id"]) == 403
    assert await reset(client, {**theirs, "code": proof["code"]}) == 403 or proof["code"] == theirs["code"]
    assert await reset(client, proof, identifier="ani") == 403


async def test_ticket_serves_the_same_request_once_and_the_code_no_more(client, proof):
    answer = await client.post(VERIFY, json={**proof, "purpose": "reset_password"})
    assert answer.status_code == 200, answer.text
    assert (await client.post(VERIFY, json={**proof, "purpose": "reset_password"})).status_code == 403
    assert await reset(client, proof) == 403
    assert await reset(client, proof, code=answer.json()["ticket"]) == 204
    assert await reset(client, proof, code=answer.json()["ticket"]) == 403


async def test_code_is_stored_as_a_keyed_hash(client, proof, clean_database):
    async with clean_database.read_session() as session:
        row = (await session.scalars(select(OneTimePassword))).one()
    assert len(row.code_hash) == 32
    assert proof["code"] not in repr(vars(row))


async def test_second_code_has_to_wait(client, proof, ask, time_passes):
    body = {"identifier": "ani@example.com", "purpose": "reset_password"}
    answer = await client.post(OTP, json=body)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 60
    await time_passes(seconds=61)
    await ask("ani@example.com", "reset_password", recipient="ani@example.com")


async def test_account_is_sent_five_codes_and_a_shared_one_an_hour_by_whatever_name(
    client, account, ask, letters, time_passes
):
    await account("ani", email="ani@example.com")
    for name in ["ani", "ani@example.com"] * 4:
        await ask(name, "login")
        await time_passes(seconds=61)
    templates = [letter.template for letter in await letters("ani@example.com")]
    assert templates == ["one-time-password"] * 5 + ["shared-one-time-password"]
    await time_passes(hours=1)
    await ask("ani", "login", recipient="ani@example.com")


async def test_codes_are_six_digits_and_differ(account, ask, time_passes):
    await account("ani", email="ani@example.com")
    codes = []
    for _ in range(5):
        codes.append((await ask("ani", "login"))["code"])
        await time_passes(seconds=61)
    assert len(set(codes)) > 1
    assert all(len(code) == 6 for code in codes)
