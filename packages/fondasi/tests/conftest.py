"""What tests of identity and the attacks on it share: the outbox, and time that passes."""

import re
import time
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.identity.factors import totp
from fondasi.identity.factors.models import SecondFactor
from fondasi.identity.sessions.models import UserSession
from fondasi.kit.db import Database
from fondasi.messages import Messenger

API = "/api/v1"
PASSWORD = "correct horse battery staple"


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
    """A user with `PASSWORD`, signed in: his headers."""

    async def make(username: str, **fields) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, **fields)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make


@dataclass
class Protected:
    """An account with a second factor: `secret` is in the app, `codes` are for recovery."""

    client: httpx.AsyncClient
    database: Database
    username: str
    headers: dict[str, str]
    secret: str
    codes: list[str]

    async def code(self, *, steps: int = 0) -> str:
        """The code of the app now, which was not used; or that of another time step."""
        async with self.database.unit_of_work() as session:
            await session.execute(update(SecondFactor).values(last_step=None))
        return totp.code_at(self.secret, int(time.time()) // totp.PERIOD + steps)

    async def challenge(self, **headers: str) -> str:
        """Sign in with the password; the challenge."""
        body = {"username": self.username, "password": PASSWORD}
        answer = await self.client.post(f"{API}/login", json=body, headers=headers)
        assert answer.json()["error_code"] == "SECOND_FACTOR_REQUIRED", answer.text
        return answer.json()["challenge"]

    async def answer(self, challenge: str, code: str, **headers: str) -> httpx.Response:
        """Sign in with the code."""
        body = {"challenge": challenge, "code": code, "refresh_in_body": True}
        return await self.client.post(f"{API}/login/second-factor", json=body, headers=headers)


@pytest.fixture
def protected(client, clean_database, account):
    """An account with a second factor: `ani = await protected("ani")`."""

    async def make(username: str, **fields) -> Protected:
        headers = await account(username, **fields)
        begun = (await client.post(f"{API}/auth/second-factor", headers=headers)).json()
        made = Protected(client, clean_database, username, headers, begun["secret"], [])
        body = {"code": await made.code()}
        answer = await client.post(f"{API}/auth/second-factor/confirm", json=body, headers=headers)
        made.codes = answer.json()["recovery_codes"]
        await made.code()  # the code that confirmed may be used again
        client.cookies.clear()
        return made

    return make


@pytest.fixture
def proofs_age(clean_database):
    """Let the users' last proofs of who they are get older: `await proofs_age(minutes=11)`."""

    async def shift(**age: float) -> None:
        older = UserSession.authenticated_at - timedelta(**age)
        async with clean_database.unit_of_work() as session:
            await session.execute(update(UserSession).values(authenticated_at=older))

    return shift
