"""Threat 2, for passwords: each failure makes the next try wait longer, and nobody is locked out for good."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from fondasi.identity.sessions import lockout

LOGIN = "/api/v1/login"
PASSWORD = "correct horse battery staple"


@pytest.fixture
def attempt(app, client, ani):
    """A try to sign in, from any address."""

    async def post(password: str, *, username: str = "ani", address: str = "192.0.2.1"):
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
            return await opened.post(LOGIN, json={"username": username, "password": password})

    return post


@pytest.fixture
def few(monkeypatch):
    """Fewer free tries, for a quick test, and waits that are longer than a slow machine takes."""
    for name, free in [("KNOWN", 3), ("STRANGER", 3), ("ADDRESS", 8)]:
        limit = lockout.Limit(free=free, longest=timedelta(minutes=15), first=timedelta(minutes=1))
        monkeypatch.setattr(lockout, name, limit)


async def test_parallel_guesses_are_counted_before_they_are_checked(few, attempt):
    answers = await asyncio.gather(*(attempt(f"guess {number}") for number in range(20)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (3, 17)


async def test_right_password_is_not_looked_at_while_the_wait_lasts(few, attempt, failures_age):
    for _ in range(3):
        assert (await attempt("wrong")).status_code == 401
    blocked = await attempt(PASSWORD)
    assert (blocked.status_code, blocked.json()["error_code"]) == (429, "TOO_MANY_TRIES")
    assert 1 <= int(blocked.headers["retry-after"]) <= 60
    await failures_age(minutes=1)
    assert (await attempt(PASSWORD)).status_code == 200
    assert (await attempt("wrong")).status_code == 401


async def test_parallel_sign_ins_of_one_account_succeed(attempt):
    for _ in range(3):
        answers = await asyncio.gather(*(attempt(PASSWORD) for _ in range(9)))
        assert [answer.status_code for answer in answers] == [200] * 9


async def test_unknown_name_is_counted_like_an_account(few, attempt):
    known = [(await attempt("wrong", address="192.0.2.8")).status_code for _ in range(5)]
    unknown = [(await attempt("wrong", username="nobody", address="192.0.2.9")).status_code for _ in range(5)]
    assert known == unknown == [401, 401, 401, 429, 429]


async def test_another_name_of_the_account_is_no_way_round(few, attempt):
    for _ in range(3):
        await attempt("wrong")
    assert (await attempt("wrong", username="ANI@example.com")).status_code == 429


async def test_one_address_cannot_try_a_password_on_many_accounts(few, attempt):
    statuses = [(await attempt("wrong", username=f"user{number}")).status_code for number in range(12)]
    assert statuses == [401] * 8 + [429] * 4


async def test_neighbours_in_an_ipv6_network_are_one_address(few, attempt):
    for number in range(3):
        assert (await attempt("wrong", address=f"2001:db8::{number + 1}")).status_code == 401
    assert (await attempt("wrong", address="2001:db8::ffff")).status_code == 429
    assert (await attempt(PASSWORD, address="2001:db8:0:1::1")).status_code == 200


@pytest.mark.parametrize("limit", [lockout.KNOWN, lockout.STRANGER, lockout.ADDRESS])
def test_wait_doubles_up_to_its_longest(limit):
    waits = [limit.wait(limit.free + number) for number in range(-1, 30)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (0, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == limit.longest <= timedelta(minutes=15)
