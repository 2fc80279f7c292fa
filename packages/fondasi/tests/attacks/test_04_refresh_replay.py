"""Threat 4: refresh tokens used twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from fondasi.identity.sessions.models import RefreshToken
from fondasi.kit import clock

REFRESH, ME = "/api/v1/refresh", "/api/v1/users/me"


async def use(client, token: str, **headers: str):
    body = {"refresh_token": token, "refresh_in_body": True}
    answer = await client.post(REFRESH, json=body, headers=headers)
    client.cookies.clear()
    return answer


async def age(database, seconds: float) -> None:
    """As if the tokens had been used that long ago."""
    async with database.unit_of_work() as session:
        await session.execute(
            update(RefreshToken)
            .where(RefreshToken.used_at.is_not(None))
            .values(used_at=clock.now() - timedelta(seconds=seconds))
        )


async def status(client, tokens: dict) -> int:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return (await client.get(ME, headers=headers)).status_code


async def test_of_100_parallel_refreshes_all_have_the_same_child(client, clean_database, login):
    token = (await login())["refresh_token"]
    answers = await asyncio.gather(*(use(client, token) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    (child,) = {answer.json()["refresh_token"] for answer in answers}
    async with clean_database.read_session() as session:
        assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 2
    assert await status(client, answers[0].json()) == 200
    assert (await use(client, child)).status_code == 200


async def test_of_100_parallel_refreshes_of_other_devices_one_has_a_child(client, clean_database, login):
    token = (await login())["refresh_token"]
    answers = await asyncio.gather(
        *(use(client, token, **{"User-Agent": f"device {nth}"}) for nth in range(100))
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 99]
    assert {answer.json()["error_code"] for answer in answers if answer.status_code == 409} == {
        "REFRESH_TOKEN_JUST_USED"
    }
    async with clean_database.read_session() as session:
        assert await session.scalar(select(func.count()).select_from(RefreshToken)) == 2


async def test_lost_answer_is_given_again_to_the_same_device(client, clean_database, login):
    first = await login()
    lost = (await use(client, first["refresh_token"])).json()
    await age(clean_database, 5)
    again = (await use(client, first["refresh_token"])).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert again["session_id"] == lost["session_id"]
    assert await status(client, again) == 200
    await age(clean_database, 11)
    assert (await use(client, again["refresh_token"])).status_code == 200


@pytest.mark.parametrize(
    "foreign", [{"User-Agent": "another"}, {"Cookie": f"device={'a' * 32}"}], ids=["agent", "cookie"]
)
async def test_replay_within_the_grace_gives_other_devices_nothing_and_ends_nothing(client, login, foreign):
    first = await login()
    second = (await use(client, first["refresh_token"])).json()
    assert (await use(client, first["refresh_token"], **foreign)).status_code == 409
    assert await status(client, second) == 200
    assert (await use(client, second["refresh_token"])).status_code == 200


async def test_cookie_of_another_device_stands_for_no_address(client, login):
    first = await login()
    mine, other = ({"Cookie": f"device={letter * 32}"} for letter in "ab")
    second = (await use(client, first["refresh_token"], **mine)).json()
    for foreign in (other, {}, {"Cookie": "device=127.0.0.1"}):
        assert (await use(client, first["refresh_token"], **foreign)).status_code == 409
    again = (await use(client, first["refresh_token"], **mine)).json()
    assert again["refresh_token"] == second["refresh_token"]


async def test_used_successor_is_not_given_again(client, login):
    first = await login()
    second = (await use(client, first["refresh_token"])).json()
    third = (await use(client, second["refresh_token"])).json()
    assert (await use(client, first["refresh_token"])).status_code == 409
    assert await status(client, third) == 200


async def test_asking_again_does_not_lengthen_the_grace(client, clean_database, login):
    first = await login()
    await use(client, first["refresh_token"])
    await age(clean_database, 9)
    again = (await use(client, first["refresh_token"])).json()
    assert again["refresh_token"]
    await age(clean_database, 11)
    assert (await use(client, first["refresh_token"])).status_code == 401
    assert await status(client, again) == 401


async def test_thief_and_owner_with_the_same_successor_end_the_session(client, clean_database, login):
    first = await login()
    owner = (await use(client, first["refresh_token"])).json()
    thief = (await use(client, first["refresh_token"])).json()
    stolen = (await use(client, thief["refresh_token"])).json()
    await age(clean_database, 11)
    assert (await use(client, owner["refresh_token"])).status_code == 401
    for tokens in (owner, thief, stolen):
        assert await status(client, tokens) == 401


async def test_lost_answer_of_an_ended_session_is_not_given_again(client, login):
    first = await login()
    second = (await use(client, first["refresh_token"])).json()
    headers = {"Authorization": f"Bearer {second['access_token']}"}
    assert (await client.post("/api/v1/logout", headers=headers)).status_code == 204
    client.cookies.clear()
    again = await use(client, first["refresh_token"])
    assert again.status_code == 409
    assert "access_token" not in again.json()


async def test_replay_outside_the_grace_revokes_the_family(client, clean_database, login):
    first, bystander = await login(), await login()
    second = (await use(client, first["refresh_token"])).json()
    third = (await use(client, second["refresh_token"])).json()
    await age(clean_database, 11)
    replayed = await use(client, first["refresh_token"])
    assert (replayed.status_code, replayed.json()["error_code"]) == (401, "INVALID_REFRESH_TOKEN")
    for tokens in (first, second, third):
        assert await status(client, tokens) == 401
    assert (await use(client, third["refresh_token"])).status_code == 401
    assert await status(client, bystander) == 200


@pytest.mark.parametrize("token", ["x", "x" * 43, "\ud800", "é", "' OR 1=1 --", "x" * 200])
async def test_guessed_token_tells_nothing(client, ani, token):
    answer = await client.post(REFRESH, content=_json(token), headers={"Content-Type": "application/json"})
    assert answer.status_code in {401, 422}
    assert token not in answer.text or token == "x"


async def test_expired_token_is_refused(client, clean_database, login):
    tokens = await login()
    async with clean_database.unit_of_work() as session:
        await session.execute(update(RefreshToken).values(expires_at=clock.now()))
    assert (await use(client, tokens["refresh_token"])).status_code == 401


async def test_database_holds_no_token(clean_database, login):
    tokens = await login()
    async with clean_database.read_session() as session:
        kept = (await session.scalars(select(RefreshToken.token_hash))).one()
    assert tokens["refresh_token"].encode() not in kept
    assert len(kept) == 32


def _json(token: str) -> bytes:
    import json

    return json.dumps({"refresh_token": token}).encode()
