"""Threat 42: strangers shut the codes of an account for its owner, or bombarded somebody with them."""

import asyncio
import re
from contextlib import asynccontextmanager

import httpx
import pytest

from fondasi.app import create_app
from fondasi.kit import clock
from fondasi.runtime import platform_modules
from fondasi.settings import OneTimePasswordSettings

API = "/api/v1"
OTP, RESET, LOGIN = f"{API}/auth/otp", f"{API}/auth/password/reset", f"{API}/login"
PASSWORD, NEW = "correct horse battery staple", "a new passphrase"
ADDRESS, PHONE = "ani@example.com", "+6281234567890"
HOME = "192.0.2.1"


@pytest.fixture
async def ani(account):
    return await account("ani", email=ADDRESS, phone=PHONE)


@pytest.fixture
def code_from(app):
    """The answer to a request for a code: `await code_from(address, name, purpose)`."""

    async def post(address: str, name: str, purpose: str, **fields) -> httpx.Response:
        transport = httpx.ASGITransport(fields.pop("app", app), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.post(OTP, json={"identifier": name, "purpose": purpose, **fields})

    return post


@pytest.fixture
def strangers(code_from):
    """That many requests of strangers for a purpose, each from an address of its own."""

    async def ask(number: int, purpose: str = "reset_password", start: int = 0) -> None:
        for count in range(start, start + number):
            assert (await code_from(f"198.51.100.{count}", "ani", purpose)).status_code == 202

    return ask


@pytest.fixture
def reset(client, code_from, letters):
    """Ask for a reset and do it, with the newest code for it that ever came."""

    async def do(address: str, password: str = NEW) -> int:
        answer = await code_from(address, "ani", "reset_password")
        assert answer.status_code == 202, answer.text
        texts = [letter.text for letter in await letters(ADDRESS) if "one-time-password" in letter.template]
        body = {
            "identifier": "ani",
            "request_id": answer.json()["request_id"],
            "code": re.search(r"\b\d{6,12}\b", texts[-1])[0],
            "new_password": password,
        }
        return (await client.post(RESET, json=body)).status_code

    return do


async def codes(letters) -> list[str]:
    found = [letter for letter in await letters() if "one-time-password" in letter.template]
    return [re.search(r"\b\d{6,12}\b", letter.text)[0] for letter in found]


async def test_owner_at_a_new_place_resets_the_password_whoever_asked_before(ani, strangers, reset):
    await strangers(20)
    assert await reset("203.0.113.5") == 204


async def test_owner_at_a_known_place_has_a_cap_of_their_own(client, ani, strangers, code_from, letters):
    await strangers(20)
    before = await codes(letters)
    answer = await code_from("127.0.0.1", "ani", "reset_password")  # where the account has signed in
    (code,) = (await codes(letters))[len(before) :]
    assert len(code) == 6
    body = {
        "identifier": "ani",
        "request_id": answer.json()["request_id"],
        "code": code,
        "new_password": NEW,
    }
    assert (await client.post(RESET, json=body)).status_code == 204


async def test_thousand_addresses_for_an_hour(ani, strangers, reset, letters, time_passes):
    """Owners reset their password every quarter of an hour; their mailbox is not flooded."""
    for quarter in range(4):
        await strangers(40, start=40 * quarter)
        assert await reset(f"203.0.113.{quarter}", f"{NEW} {quarter}") == 204
        await time_passes(minutes=15)
    # Five, and a shared one; each reset uses up the shared one, so the next request has another one sent.
    assert len(await codes(letters)) <= 5 + 4 + 1


async def test_strangers_alone_have_one_shared_code_an_hour_sent(ani, strangers, letters, time_passes):
    for quarter in range(4):
        await strangers(20, start=20 * quarter)
        await time_passes(minutes=12)
    assert [len(code) for code in await codes(letters)] == [6] * 5 + [12]
    await time_passes(minutes=12)
    await strangers(10)
    assert len(await codes(letters)) > 6


async def test_shared_code_works_once_for_all_its_requests(client, ani, strangers, code_from, letters):
    await strangers(6)
    code = (await codes(letters))[-1]
    bodies = []
    for number in range(4):
        answer = await code_from(f"203.0.113.{number}", "ani", "reset_password")
        request_id = answer.json()["request_id"]
        bodies.append(
            {"identifier": "ani", "request_id": request_id, "code": code, "new_password": f"{NEW} {number}"}
        )
    answers = await asyncio.gather(*(client.post(RESET, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [204, 403, 403, 403]


async def test_ticket_for_a_shared_code_leaves_it_used(client, ani, strangers, code_from, letters):
    await strangers(6)
    code = (await codes(letters))[-1]
    proofs = [
        {
            "identifier": "ani",
            "code": code,
            "request_id": (await code_from(f"203.0.113.{number}", "ani", "reset_password")).json()[
                "request_id"
            ],
        }
        for number in range(2)
    ]
    ticket = await client.post(f"{OTP}/verify", json={**proofs[0], "purpose": "reset_password"})
    assert ticket.status_code == 200
    assert (await client.post(RESET, json={**proofs[1], "new_password": NEW})).status_code == 403
    body = {**proofs[0], "code": ticket.json()["ticket"], "new_password": NEW}
    assert (await client.post(RESET, json=body)).status_code == 204


async def test_shared_code_serves_its_purpose_alone(client, ani, strangers, code_from, letters):
    await strangers(6)
    code = (await codes(letters))[-1]
    answer = await code_from("203.0.113.5", "ani", "login")
    body = {"identifier": "ani", "request_id": answer.json()["request_id"], "code": code}
    assert (await client.post(f"{OTP}/login", json=body)).status_code == 403


async def test_stranger_does_not_make_the_owner_wait(ani, code_from):
    assert (await code_from("198.51.100.1", "ani", "login")).status_code == 202
    assert (await code_from(HOME, "ani", "login")).status_code == 202
    assert (await code_from("198.51.100.1", "ani", "login")).status_code == 429


async def test_parallel_requests_do_not_pass_the_cap(ani, code_from, letters):
    wanted = [
        (name, purpose)
        for name in ("ani", ADDRESS, PHONE)
        for purpose in ("login", "reset_password", "verify_contact")
    ]
    answers = await asyncio.gather(
        *(code_from("198.51.100.1", name, purpose, channel="email") for name, purpose in wanted)
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len(await codes(letters)) == 5


async def test_nobody_learns_of_accounts_from_what_is_beyond_the_cap(ani, code_from):
    async def told(names: list[str], network: str) -> list[tuple]:
        answers = [
            await code_from(f"{network}.{number}", name, "login") for number, name in enumerate(names * 4)
        ]
        lives = [
            round(
                (clock.datetime.fromisoformat(answer.json()["expires_at"]) - clock.now()).total_seconds() / 60
            )
            for answer in answers
        ]
        return [(answer.status_code, sorted(answer.json())) for answer in answers] + lives

    known = await told(["ani", ADDRESS], "198.51.100")
    assert known == await told(["nobody", "no@example.com"], "203.0.113")


async def test_nobody_waits_for_a_clock_that_was_ahead(ani, code_from, time_passes):
    assert (await code_from(HOME, "ani", "login")).status_code == 202
    await time_passes(hours=-1)
    assert (await code_from(HOME, "ani", "login")).status_code == 202


@pytest.fixture
def capped(settings, clean_database):
    """An application with such caps: `async with capped(sms_address_per_day=3) as app`."""

    @asynccontextmanager
    async def serve(**caps):
        update = {"otp": OneTimePasswordSettings(**caps)}
        app = create_app(settings.model_copy(update=update), platform_modules())
        async with app.router.lifespan_context(app):
            yield app

    return serve


async def statuses(code_from, app, addresses, **fields) -> list[int]:
    return [
        (await code_from(address, f"+62812345678{number:02}", "signup", app=app, **fields)).status_code
        for number, address in enumerate(addresses)
    ]


async def test_address_has_so_many_messages_sent_a_day(capped, code_from, letters):
    async with capped(sms_address_per_day=3) as app:
        assert await statuses(code_from, app, [HOME] * 6) == [202] * 3 + [429] * 3
        assert await statuses(code_from, app, ["203.0.113.5"]) == [202]
    assert len(await letters()) == 4


async def test_all_together_have_so_many_messages_sent_to_new_numbers_a_day(capped, code_from, ani, letters):
    async with capped(sms_new_numbers_per_day=3) as app:
        addresses = [f"198.51.100.{number}" for number in range(6)]
        assert await statuses(code_from, app, addresses) == [202] * 3 + [429] * 3
        assert (await code_from(HOME, PHONE, "login", app=app)).status_code == 202
    assert len(await letters(PHONE)) == 1


async def test_new_numbers_of_other_countries_are_sent_nothing(capped, code_from, letters):
    async with capped(sms_calling_codes="62,65") as app:
        answers = [
            await code_from(HOME, number, "signup", app=app)
            for number in ("+6281234567891", "+8801712345678")
        ]
    assert [answer.status_code for answer in answers] == [202, 422]
    assert len(await letters()) == 1


async def test_address_asks_for_so_many_codes_an_hour_in_parallel_too(capped, code_from, letters):
    async with capped(address_per_hour=3) as app:
        answers = await asyncio.gather(
            *(code_from(HOME, f"user{number}@example.com", "signup", app=app) for number in range(9))
        )
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(refused) == 6
        assert {answer.json()["error_code"] for answer in refused} == {"TOO_MANY_CODES"}
        assert all(0 < int(answer.headers["retry-after"]) <= 3600 for answer in refused)
    assert len(await letters()) == 3


@pytest.mark.parametrize("email", ["citra@example.com", ADDRESS], ids=["nobody", "account"])
@pytest.mark.usefixtures("ani")
async def test_administrators_do_not_bombard_whom_they_invite(account, client, letters, time_passes, email):
    root = await account("root", superuser=True)

    async def invite() -> int:
        answer = await client.post(f"{API}/users/invitations", json={"email": email}, headers=root)
        return answer.status_code

    assert [await invite() for _ in range(3)] == [202, 429, 429]
    for _ in range(30):
        await time_passes(minutes=2)
        await invite()
    assert len(await letters(email)) <= 15
    await time_passes(minutes=24 * 60)
    assert await invite() == 202
