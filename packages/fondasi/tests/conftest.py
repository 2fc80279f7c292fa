"""What tests share with the attacks: accounts, the outbox, the trail, time that passes, commands."""

import asyncio
import re
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.identity.sessions.models import SignInFailure, UserSession
from fondasi.kit.audit import ActivityRecord
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
def failures_age(clean_database):
    """Let failed sign-ins get older: `await failures_age(minutes=1)`."""

    async def shift(**age: float) -> None:
        by = timedelta(**age)
        values = {"began_at": SignInFailure.began_at - by, "updated_at": SignInFailure.updated_at - by}
        async with clean_database.unit_of_work() as session:
            await session.execute(update(SignInFailure).values(**values))

    return shift


@pytest.fixture
def account(client, clean_database):
    """A user with `PASSWORD`, signed in: their headers."""

    async def make(username: str, **fields) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, **fields)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make


@pytest.fixture
def trail(app):
    """Entries of the audit trail with an action, oldest first."""

    async def read(action: str):
        query = select(ActivityRecord).where(ActivityRecord.action == action).order_by(ActivityRecord.id)
        async with app.state.platform.database.read_session() as session:
            return (await session.scalars(query)).all()

    return read


@pytest.fixture
def proofs_age(clean_database):
    """Let the users' last proofs of who they are get older: `await proofs_age(minutes=11)`."""

    async def shift(**age: float) -> None:
        older = UserSession.authenticated_at - timedelta(**age)
        async with clean_database.unit_of_work() as session:
            await session.execute(update(UserSession).values(authenticated_at=older))

    return shift


@pytest.fixture
def command(settings, monkeypatch):
    """Run a command in this process, as `fondasi` does: `await command("fondasi.quotas.commands", "create", "pro")`.

    Gives the exit code and what was printed, and saves the two seconds that a process of its own takes to start.
    """

    async def run(name: str, *arguments: str) -> tuple[int, str]:
        module = import_module(name)
        monkeypatch.setattr(module, "get_settings", lambda: settings)
        result = await asyncio.to_thread(CliRunner().invoke, module.commands, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return run
