"""Threat 42: strangers' failures kept owners out of signing in for as long as the strangers liked."""

import asyncio
import heapq
from datetime import timedelta

import httpx
import pytest

from fondasi.identity import create_user
from fondasi.identity.sessions import Device, lockout
from fondasi.identity.sessions.errors import TooManyTries
from fondasi.kit import clock

API = "/api/v1"
LOGIN = f"{API}/login"
PASSWORD = "correct horse battery staple"
HOME, ELSEWHERE = "192.0.2.1", "203.0.113.5"
BROWSER = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def at(app, ani):
    """A client at an address: `async with at("192.0.2.1") as client`."""

    def opened(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=BROWSER)

    return opened


@pytest.fixture
def sign_in(at):
    """The answer to a try: `await sign_in(address, password)`, from a new device."""

    async def post(address: str, password: str, username: str = "ani") -> httpx.Response:
        async with at(address) as client:
            return await client.post(LOGIN, json={"username": username, "password": password})

    return post


@pytest.fixture
def guesses(sign_in):
    """Wrong passwords from that many addresses, so often each; how many were looked at."""

    async def post(addresses: int, times: int, username: str = "ani") -> int:
        answers = [
            await sign_in(f"198.51.100.{number}", "wrong", username)
            for _ in range(times)
            for number in range(addresses)
        ]
        assert {answer.status_code for answer in answers} <= {401, 429}
        return sum(answer.status_code == 401 for answer in answers)

    return post


@pytest.fixture
def soon(monkeypatch):
    """Fewer failures make an attack, and fewer close the account to strangers."""
    monkeypatch.setattr(lockout, "ATTACKED_FROM", 5)
    monkeypatch.setattr(lockout, "CLOSED_FROM", 40)


async def test_owner_gets_in_at_once_while_strangers_guess_on(soon, sign_in, guesses):
    assert (await sign_in(HOME, PASSWORD)).status_code == 200
    for number in range(3):
        await guesses(8, 4)
        assert (await sign_in(HOME, PASSWORD)).status_code == 200
        assert (await sign_in(f"203.0.113.{number}", PASSWORD)).status_code == 200


async def test_attacked_account_leaves_each_address_three_tries(soon, guesses, failures_age):
    assert await guesses(10, 5) == 30
    await failures_age(minutes=15)
    assert await guesses(10, 2) == 10
    await failures_age(minutes=29)
    assert await guesses(10, 1) == 0


async def test_known_device_is_not_asked_where_it_is(soon, at, guesses, sign_in):
    wrong, right = ({"username": "ani", "password": password} for password in ("wrong", PASSWORD))
    async with at(HOME) as client:
        assert (await client.post(LOGIN, json=right)).status_code == 200
        device = client.cookies["device"]
    assert await guesses(20, 2) == 40
    assert (await sign_in(ELSEWHERE, PASSWORD)).status_code == 429  # closed to strangers
    async with at(ELSEWHERE) as client:
        client.cookies.set("device", device)
        assert (await client.post(LOGIN, json=wrong)).status_code == 401
        assert (await client.post(LOGIN, json=right)).status_code == 200


async def test_device_of_one_account_is_none_of_another(soon, at, guesses, account):
    await account("eve")
    assert await guesses(20, 2) == 40
    async with at(ELSEWHERE) as client:
        answer = await client.post(LOGIN, json={"username": "eve", "password": PASSWORD})
        assert answer.status_code == 200
        assert "device" in client.cookies
        assert (await client.post(LOGIN, json={"username": "ani", "password": "x"})).status_code == 429


@pytest.mark.usefixtures("soon")
async def test_closed_account_opens_to_codes_at_once_and_to_strangers_after_a_day(
    sign_in, guesses, ask, client, failures_age
):
    assert await guesses(20, 2) == 40
    refused = await sign_in(ELSEWHERE, PASSWORD)
    assert (refused.status_code, refused.json()["error_code"]) == (429, "TOO_MANY_TRIES")
    assert int(refused.headers["retry-after"]) <= 86400
    proof = await ask("ani", "login")
    assert (await client.post(f"{API}/auth/otp/login", json=proof)).status_code == 200
    await failures_age(hours=24)
    assert (await sign_in(ELSEWHERE, PASSWORD)).status_code == 200


async def test_sites_of_ipv6_are_one_address_of_an_attacked_account(soon, sign_in):
    for number in range(8):
        await sign_in(f"2001:db8:0:{number:x}::1", "wrong")
    assert (await sign_in("2001:db8:0:ffff::1", "wrong")).status_code == 429
    assert (await sign_in("2001:db8:1::1", PASSWORD)).status_code == 200


async def test_neighbours_failures_on_other_accounts_do_not_keep_an_owner_out(sign_in, monkeypatch):
    day = timedelta(days=1)
    monkeypatch.setattr(lockout, "ADDRESS", lockout.Limit(free=3, longest=day, first=day))
    assert (await sign_in(HOME, PASSWORD)).status_code == 200
    guessed = [(await sign_in(HOME, "wrong", f"user{number}")).status_code for number in range(4)]
    assert guessed == [401] * 3 + [429]
    assert (await sign_in(HOME, PASSWORD)).status_code == 200


async def test_session_proves_its_password_whoever_guesses(soon, at, guesses):
    async with at(HOME) as client:
        answer = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    await guesses(20, 2)
    async with at(ELSEWHERE) as client:
        step_up = await client.post(f"{API}/auth/step-up", json={"password": PASSWORD}, headers=headers)
        body = {"current_password": PASSWORD, "new_password": "a new passphrase"}
        change = await client.post(f"{API}/auth/password/change", json=body, headers=headers)
    assert (step_up.status_code, change.status_code) == (200, 204)


async def test_administrator_enters_the_panel_whoever_guesses(soon, at, sign_in, guesses, clean_database):
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=PASSWORD, superuser=True)
    for address in (HOME, ELSEWHERE):
        await guesses(8, 2, "root")
        async with at(address) as client:
            answer = await client.post("/admin/login", data={"username": "root", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")


async def test_attack_tells_nothing_of_who_exists(soon, sign_in):
    async def told(username: str, network: str) -> list[tuple[int, bool]]:
        answers = [
            await sign_in(f"{network}.{number}", "wrong", username) for number in range(12) for _ in range(4)
        ]
        return [(answer.status_code, "retry-after" in answer.headers) for answer in answers]

    assert await told("ani", "198.51.100") == await told("nobody", "203.0.113")


async def test_nobody_waits_for_a_clock_that_was_ahead(sign_in, monkeypatch):
    right, ahead = clock.now, timedelta(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: right() + ahead)
        assert (await sign_in(HOME, PASSWORD)).status_code == 200
    for _ in range(3):
        assert (await sign_in(HOME, "wrong", "nobody")).status_code == 401
    assert (await sign_in(HOME, PASSWORD)).status_code == 200


async def test_failures_of_a_clock_that_was_ahead_are_waited_for_no_longer(
    sign_in, failures_age, monkeypatch
):
    day = timedelta(days=1)
    monkeypatch.setattr(lockout, "STRANGER", lockout.Limit(free=2, longest=day, first=day))
    for _ in range(2):
        await sign_in(HOME, "wrong")
    assert (await sign_in(HOME, PASSWORD)).status_code == 429
    await failures_age(hours=-1)
    assert (await sign_in(HOME, PASSWORD)).status_code == 200


@pytest.mark.long
async def test_thousand_addresses_for_an_hour(app, ani, sign_in, failures_age):
    """A stranger who tries whenever an address may, beside an owner at home, and on new devices at new places."""
    platform, looked_at = app.state.platform, 0
    waiting = [(0.0, number) for number in range(1000)]
    assert (await sign_in(HOME, PASSWORD)).status_code == 200
    for minute in range(60):
        async with platform.database.unit_of_work(audited=False) as session:
            while waiting[0][0] <= minute:
                _, number = heapq.heappop(waiting)
                device = Device("guesser", f"10.0.{number // 250}.{number % 250}")
                attempt = lockout.Try.of(platform, lockout.Kind.PASSWORD, str(ani.id), device)
                try:
                    while True:
                        await lockout.count(session, attempt)
                        looked_at += 1
                except TooManyTries as refused:
                    wait = int(refused.headers["Retry-After"]) / 60
                    heapq.heappush(waiting, (minute + wait, number))
        owner = await asyncio.gather(
            sign_in(HOME, PASSWORD),
            sign_in(f"203.0.113.{minute}", PASSWORD),
            sign_in("198.51.100.1", "wrong"),
        )
        assert [answer.status_code for answer in owner[:2]] == [200, 200], minute
        await failures_age(minutes=1)
    assert 4000 < looked_at <= 100 + 5 * 1000


def test_attacked_account_can_be_guessed_nine_times_a_day_from_an_address():
    day, tries, passed = timedelta(days=1), 0, timedelta(0)
    while passed < day:
        tries += 1
        passed += lockout.ATTACKED.wait(tries)
    assert tries == 9
    assert lockout.ATTACKED_FROM + 1000 * tries < lockout.CLOSED_FROM
