"""What tests of identity and the attacks on it share: the outbox, and time that passes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.messages import Messenger

API = "/api/v1"


@pytest.fixture
def letters(app, client):
    """What would have been sent: `await letters("ani@example.com")`, oldest first."""

    async def read(recipient: str | None = None):
        platform = app.state.platform
        async with platform.database.read_session() as session:
            found = await platform.get(Messenger).letters(session)
        return [item for item in found if recipient in {None, item.recipient}]

    return read


@pytest.fixture
def ask(client, letters):
    """Ask for a code and receive it: the proof to send back, or None for its code when nothing came."""

    async def request(identifier: str, purpose: str, *, recipient: str | None = None, **fields) -> dict:
        before = len(await letters())
        body = {"identifier": identifier, "purpose": purpose, **fields}
        answer = await client.post(f"{API}/auth/otp", json=body)
        assert answer.status_code == 202, answer.text
        arrived = (await letters())[before:]
        code = re.search(r"\b\d{6}\b", arrived[0].text) if arrived else None
        assert recipient is None or [item.recipient for item in arrived] == [recipient]
        return {
            "identifier": identifier,
            "request_id": answer.json()["request_id"],
            "code": code[0] if code else None,
        }

    return request


@pytest.fixture
def time_passes(clean_database):
    """Let codes get older: `await time_passes(minutes=2)`."""

    async def shift(**age: float) -> None:
        by = timedelta(**age)
        values = {
            "created_at": OneTimePassword.created_at - by,
            "expires_at": OneTimePassword.expires_at - by,
        }
        async with clean_database.unit_of_work() as session:
            await session.execute(update(OneTimePassword).values(**values))

    return shift


@pytest.fixture
def account(client, clean_database):
    """A user with the password `correct horse battery staple`, signed in: his headers."""

    async def make(username: str, **fields) -> dict[str, str]:
        password = "correct horse battery staple"
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=password, **fields)
        answer = await client.post(f"{API}/login", json={"username": username, "password": password})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make
