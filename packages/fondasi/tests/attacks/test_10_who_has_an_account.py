"""Attack 10: answers told who has an account; "availability" told first and last names."""

import pytest
from sqlalchemy import func, select

from fondasi.identity.codes.models import OneTimePassword
from fondasi.messages.models import MessageRecord

OTP, USERS, AVAILABILITY = "/api/v1/auth/otp", "/api/v1/users", "/api/v1/auth/availability"
VOLATILE = {
    "request_id",
    "expires_at",
    "timestamp",
    "id",
    "created_at",
    "updated_at",
    "username",
    "name",
    "instance",
}


def told(answer) -> tuple:
    """Status, headers and body, without what differs in every answer."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if key not in VOLATILE}
        return value

    headers = {
        key: value
        for key, value in answer.headers.items()
        if key in {"content-type", "retry-after", "cache-control"}
    }
    return answer.status_code, headers, plain(answer.json())


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com", phone="+6281234567890")


@pytest.mark.parametrize("purpose", ["login", "reset_password", "verify_contact"])
@pytest.mark.parametrize(
    "names",
    [("ani", "nobody"), ("ani@example.com", "no@example.com"), ("+6281234567890", "+6281234567891")],
)
async def test_code_is_promised_to_everybody(client, ani, letters, purpose, names):
    answers = [told(await client.post(OTP, json={"identifier": name, "purpose": purpose})) for name in names]
    again = [told(await client.post(OTP, json={"identifier": name, "purpose": purpose})) for name in names]
    assert answers[0] == answers[1]
    assert [item[0] for item in again] == [429, 429]
    assert len(await letters()) == 1


async def test_unknown_account_costs_the_same_work(client, ani, clean_database):
    async def rows() -> tuple[int, int]:
        async with clean_database.read_session() as session:
            codes = await session.scalar(select(func.count()).select_from(OneTimePassword))
            messages = await session.scalar(select(func.count()).select_from(MessageRecord))
        return codes, messages

    await client.post(OTP, json={"identifier": "ani@example.com", "purpose": "login"})
    assert await rows() == (1, 1)
    await client.post(OTP, json={"identifier": "no@example.com", "purpose": "login"})
    assert await rows() == (2, 2)


async def test_no_code_fits_a_request_for_nobody(client, ask):
    proof = await ask("no@example.com", "reset_password")
    assert proof["code"] is None
    wrong = {**proof, "code": "123456", "new_password": "a new passphrase"}
    answer = await client.post("/api/v1/auth/password/reset", json=wrong)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "WRONG_CODE")


async def test_sign_up_by_code_tells_its_owner_alone(client, ani, letters):
    answers = [
        told(await client.post(OTP, json={"identifier": name, "purpose": "signup"}))
        for name in ("ani@example.com", "no@example.com")
    ]
    assert answers[0] == answers[1]
    (letter,) = await letters("ani@example.com")
    assert letter.template == "account-exists"
    assert (await letters("no@example.com"))[0].template == "one-time-password"


async def test_sign_up_by_password_tells_its_owner_alone(client, ani, letters):
    answers = [
        told(
            await client.post(
                USERS, json={"username": username, "password": "a long passphrase", "email": email}
            )
        )
        for username, email in (("eve", "ani@example.com"), ("eva", "no@example.com"))
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 201
    assert answers[0][2]["email"] is None
    assert [item.template for item in await letters("ani@example.com")] == ["account-exists"]


async def test_change_of_email_to_a_taken_one_tells_its_owner_alone(client, account, ani, letters):
    eve = await account("eve")
    answers = [
        told(
            await client.post(
                "/api/v1/settings/change-email",
                json={"email": email, "password": "correct horse battery staple"},
                headers=eve,
            )
        )
        for email in ("ani@example.com", "no@example.com")
    ]
    assert answers[0] == answers[1]
    assert [item.template for item in await letters("ani@example.com")] == ["account-exists"]


async def test_availability_tells_of_user_names_alone(client, ani):
    async def ask(**body) -> dict:
        return (await client.post(AVAILABILITY, json=body)).json()

    assert (await ask(username="ANI"))["username_available"] is False
    assert (await ask(username="eve"))["username_available"] is True
    assert await ask(email="ani@example.com", phone="+6281234567890") == await ask(
        email="no@example.com", phone="+6281234567891"
    )
    assert set(await ask(username="ani")) == {"username_available", "email_acceptable", "phone_acceptable"}
