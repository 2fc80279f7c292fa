"""What tests of identity and of the admin panel share with the attacks: the outbox, time that passes, browsers."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from fondasi.access import models as access
from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.identity.sessions import Device, open_session
from fondasi.kit.audit import ActivityRecord
from fondasi.kit.db import Database
from fondasi.messages import Messenger
from fondasi.platform import Platform
from fondasi.tenancy.models import Membership, MembershipPermission

API = "/api/v1"


@dataclass
class Person:
    """A signed-in user who makes requests."""

    client: httpx.AsyncClient
    id: UUID
    name: str
    email: str
    headers: dict[str, str]

    async def call(self, method: str, path: str, **options) -> httpx.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.client.request(method, API + path, headers=headers, **options)

    async def get(self, path: str, **options) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def creates(self, name: str) -> str:
        """The id of a new tenant that this person owns."""
        answer = await self.call("POST", "/tenants", json={"name": name})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


@dataclass
class Town:
    """People and tenants of a test."""

    client: httpx.AsyncClient
    platform: Platform

    @property
    def database(self) -> Database:
        return self.platform.database

    async def person(self, name: str, *, superuser: bool = False) -> Person:
        email = f"{name}@example.com"
        async with self.database.unit_of_work() as session:
            user = await create_user(session, username=name, password=None, email=email, superuser=superuser)
            issued = await open_session(session, self.platform, user, Device("", ""))
        return Person(self.client, user.id, name, email, {"Authorization": f"Bearer {issued.access_token}"})

    async def join(self, tenant: str, person: Person, role: str = "member", *permissions: str) -> None:
        """Make somebody a member behind the back of the API."""
        tenant_id = UUID(str(tenant))
        async with self.database.unit_of_work(tenant=tenant_id, audited=False) as session:
            session.add(Membership(tenant_id=tenant_id, user_id=person.id, role=role))
            await session.flush()
            for code in permissions:
                session.add(MembershipPermission(tenant_id=tenant_id, user_id=person.id, permission=code))

    async def staffed(self, name: str, **roles: str) -> tuple[str, dict[str, Person]]:
        """A tenant whose owner is called `NAME-owner`, and more people: `await town.staffed("a", adi="admin")`."""
        people = {"owner": await self.person(f"{name}-owner")}
        tenant = await people["owner"].creates(name)
        for who, role in roles.items():
            people[who] = await self.person(f"{name}-{who}")
            await self.join(tenant, people[who], role)
        return tenant, people


@pytest.fixture
def town(app, client) -> Town:
    return Town(client, app.state.platform)


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


class Browser:
    """A browser at the panel: it keeps the cookie and sends forms back with what they hold."""

    def __init__(self, http: httpx.AsyncClient, session_id: UUID) -> None:
        self.http = http
        self.session_id = session_id

    async def get(self, path: str, **options) -> httpx.Response:
        return await self.http.get(path, **options)

    async def token(self) -> str:
        return re.search(r'name="csrf-token" content="(\w+)"', (await self.get("/admin/")).text)[1]

    async def post(self, path: str, data: dict | None = None, **options) -> httpx.Response:
        return await self.http.post(path, data={"csrf_token": await self.token(), **(data or {})}, **options)

    async def edit(self, path: str, **changes) -> httpx.Response:
        """Load the form, change these fields of it and send it."""
        return await self.post(path, {**fields(await self.get(path)), **changes})

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(path, headers={"X-CSRF-Token": await self.token()})


def fields(page: httpx.Response) -> dict[str, str]:
    """What a form would send as it is."""
    assert page.status_code == 200, page.text
    text = page.text
    found = dict(re.findall(r'<input id="\w+" name="(\w+)"[^>]*?value="([^"]*)"', text))
    found |= dict(re.findall(r'<input type="hidden" name="(_version)" value="([^"]*)"', text))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)</textarea>', text))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        found[name] = re.search(r'value="([^"]*)" selected', options)[1]
    return found


@pytest.fixture
def browser(app, client):
    """A browser of somebody new: `await browser("ani", superuser=True)`, or with permissions of a group."""

    async def make(username: str = "root", *permissions: str, superuser: bool = False, **options) -> Browser:
        platform = app.state.platform
        async with platform.database.unit_of_work() as session:
            user = await create_user(session, username=username, password=None, superuser=superuser)
            session.add_all(access.UserPermission(user_id=user.id, permission=code) for code in permissions)
            issued = await open_session(session, platform, user, Device("Test", "127.0.0.1"))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, **options)
        http = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        http.cookies.set("admin", issued.session_token, path="/admin")
        return Browser(http, issued.session_id)

    return make


@pytest.fixture
def trail(app):
    """Entries of the audit trail with an action, oldest first."""

    async def read(action: str):
        query = select(ActivityRecord).where(ActivityRecord.action == action).order_by(ActivityRecord.id)
        async with app.state.platform.database.read_session() as session:
            return (await session.scalars(query)).all()

    return read
