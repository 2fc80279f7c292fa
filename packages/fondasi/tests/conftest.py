"""What tests share with the attacks: the outbox, time that passes, a real server, providers, browsers at the panel."""

import asyncio
import re
import runpy
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
import uvicorn
from pydantic import SecretStr
from sqlalchemy import select, update

from fondasi.access import models as access
from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.identity.factors import totp
from fondasi.identity.factors.models import SecondFactor
from fondasi.identity.sessions import Device, open_session
from fondasi.identity.sessions.models import UserSession
from fondasi.kit.audit import ActivityRecord
from fondasi.kit.db import Database
from fondasi.kit.http.server import PROTOCOL
from fondasi.messages import Letter, Messenger
from fondasi.platform import Platform
from fondasi.runtime import migrate_modules, platform_modules
from fondasi.settings import OAuthSettings
from fondasi.tenancy.models import Membership, MembershipPermission
from fondasi.testing import copy_database, running

sys.path.insert(0, str(Path(__file__).parent))  # tenant_notes, a module of the tests
API = "/api/v1"
PROVIDERS = runpy.run_path(str(Path(__file__).with_name("providers.py")))
PASSWORD = "correct horse battery staple"


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

    async def letters(self, recipient: str) -> list[Letter]:
        """What would have been sent to somebody, oldest first."""
        async with self.database.read_session() as session:
            found = await self.platform.get(Messenger).letters(session)
        return [item for item in found if item.recipient == recipient]

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


@pytest.fixture(scope="session")
def town_of():
    """People and tenants of an application of the test's own: `town_of(app, client)`."""
    return lambda app, client: Town(client, app.state.platform)


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
    """A user with `PASSWORD`, signed in: his headers."""

    async def make(username: str, **fields) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, **fields)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make


class PanelBrowser:
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
def panel_browser(app, client):
    """A browser of somebody new at the panel: `await panel_browser("ani", "users.view")`, or `superuser=True`."""

    async def make(
        username: str = "root", *permissions: str, superuser: bool = False, **options
    ) -> PanelBrowser:
        platform = app.state.platform
        async with platform.database.unit_of_work() as session:
            user = await create_user(session, username=username, password=None, superuser=superuser)
            session.add_all(access.UserPermission(user_id=user.id, permission=code) for code in permissions)
            issued = await open_session(session, platform, user, Device("Test", "127.0.0.1"))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, **options)
        http = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        http.cookies.set("admin", issued.session_token, path="/admin")
        return PanelBrowser(http, issued.session_id)

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_addresses(database_server, database_template) -> AsyncIterator:
    """A database with the tables of the module `tenant_notes`."""
    from tenant_notes import module

    async with copy_database(database_server, database_template) as addresses:
        await migrate_modules(addresses, [*platform_modules(), module])
        yield addresses


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_app(notes_addresses, settings) -> AsyncIterator:
    """The platform with that module."""
    from tenant_notes import module

    update = {
        "url": SecretStr(notes_addresses.app),
        "owner_url": SecretStr(notes_addresses.owner),
        "pool_size": 4,
    }
    update["pool_overflow"] = 0
    changes = {
        "database": settings.database.model_copy(update=update),
        "http": settings.http.model_copy(update={"access_log": False}),
    }
    app = create_app(settings.model_copy(update=changes), [*platform_modules(), module])
    async with running(app):
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def notes_client(notes_app) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(notes_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.fixture(scope="module")
def notes_town(notes_app, notes_client, town_of):
    return town_of(notes_app, notes_client)


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


@pytest.fixture(scope="session")
def served():
    """A real server in a thread: `with served(app) as url`."""

    @contextmanager
    def serve(app) -> Iterator[str]:
        # asyncio switches Nagle's algorithm off only for a socket that says TCP; it costs 40 ms for each answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, http=PROTOCOL, access_log=False, log_config=None))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            listener.close()

    return serve


@pytest.fixture(scope="session")
def _providers(served):
    """The issuers `keycloak` and `other`, and a `github`, behind one real server."""
    made = PROVIDERS["Providers"]()
    with served(made.app) as url:
        made.url = url
        yield made


@pytest.fixture
def providers(_providers):
    """The providers, well-behaved again."""
    _providers.reset()
    return _providers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def federated(settings, modules, _providers):
    """An application that people sign in to with the providers; `other` is not trusted to have proved addresses."""
    values = {"providers": "keycloak,other,github", "public_url": "http://testserver"}
    for name in ("keycloak", "other", "github"):
        values[f"{name}_issuer"] = f"{_providers.url}/{name}"
        values[f"{name}_client_id"] = "fondasi"
        values[f"{name}_client_secret"] = PROVIDERS["SECRET"]
    values |= {"keycloak_trust_email": "true", "keycloak_label": "Staff"}
    http = settings.http.model_copy(update={"cors_origins": ["https://app.example.com"]})
    own = settings.model_copy(update={"oauth": OAuthSettings.model_validate(values), "http": http})
    application = create_app(own, modules)
    async with running(application):
        yield application


@pytest.fixture
async def browser(federated, clean_database):
    """A browser without cookies: `await browser.sign_in("keycloak")`."""
    async with PROVIDERS["Browser"](federated) as opened:
        yield opened


@pytest.fixture
def new_browser(federated, clean_database):
    """Another browser, or one of another application: `async with new_browser() as other`."""
    return lambda app=federated: PROVIDERS["Browser"](app)
