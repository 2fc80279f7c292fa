"""The people and things that the printed calls are about: real accounts, groups, tiers and codes."""

import re
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import delete, update

from fondasi.app import create_app
from fondasi.identity import User, create_user
from fondasi.messages import Messenger
from fondasi.quotas.models import Tier
from fondasi.runtime import platform_modules

PASSWORD = "correct horse battery staple"
NEW_PASSWORD = "another horse battery staple"


@dataclass
class Person:
    """A signed-in user."""

    name: str
    id: str
    headers: dict[str, str]

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


@dataclass
class World:
    """An application, and what a request to it needs.

    Attributes:
        app: the application.
        prefix: its `API_PREFIX`.
        client: keeps the cookies that it gets, as a browser does.
        ids: what stands for the parameters of paths.
        admin: a super admin.
    """

    app: FastAPI
    prefix: str
    client: httpx.AsyncClient
    ids: dict[str, str] = field(default_factory=dict)
    admin: Person | None = None

    async def build(self) -> None:
        """Make the people and things that calls refer to by id."""
        self.admin = await self.person(superuser=True)
        ani = await self.person()
        permission = (await self.ask("POST", "/permissions", code="custom.a", description="A")).json()
        group = (await self.ask("POST", "/groups", name="editors")).json()
        entry = (await self.ask("POST", "/activity", action="a", message="A")).json()
        self.ids = {
            "id": ani.name,
            "tier_name": "pro",
            "user_id": ani.id,
            "username": ani.name,
            "permission_id": permission["code"],
            "group_id": group["id"],
            "log_id": entry["id"],
        }

    async def person(
        self, *, superuser: bool = False, password: str | None = PASSWORD, **fields: object
    ) -> Person:
        """A new user, signed in when they have a password."""
        name = f"user-{uuid4().hex[:8]}"
        email = f"{name}@example.com"
        async with self.app.state.platform.database.unit_of_work() as session:
            user = await create_user(
                session, username=name, password=password, email=email, superuser=superuser, **fields
            )
        person = Person(name, str(user.id), {})
        if password is not None:
            person.headers = await self.signed_in("/login", username=name, password=password)
        return person

    async def signed_in(self, path: str, **body: object) -> dict[str, str]:
        """The headers of whom a call signs in."""
        answer = await self.client.post(self.prefix + path, json=body)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def ask(self, method: str, path: str, **body: object) -> httpx.Response:
        """A call of the super admin."""
        assert self.admin
        return await self.client.request(method, self.prefix + path, json=body, headers=self.admin.headers)

    async def proof(self, email: str, purpose: str) -> dict[str, str]:
        """Ask for a code and receive it: the fields that prove it."""
        answer = await self.client.post(
            f"{self.prefix}/auth/send-one-time-password", json={"email": email, "purpose": purpose}
        )
        assert answer.status_code == 202, answer.text
        return await self.received(email, answer)

    async def received(self, email: str, answer: httpx.Response) -> dict[str, str]:
        """The code that was sent to an address, with the request that it answers."""
        platform = self.app.state.platform
        async with platform.database.read_session() as session:
            letters = [
                item for item in await platform.get(Messenger).letters(session) if item.recipient == email
            ]
        code = re.search(r"\b\d{6}\b", letters[-1].text)
        assert code
        return {"email": email, "request_id": answer.json()["request_id"], "otp": code[0]}


@pytest.fixture
def passwords() -> tuple[str, str]:
    """The password of everybody, and another one."""
    return PASSWORD, NEW_PASSWORD


@pytest_asyncio.fixture
async def world(settings, clean_database, database_urls):
    """`async with world("/prod/v1") as found`: an application with that prefix, and what is in it."""

    @asynccontextmanager
    async def build(prefix: str):
        app = create_app(settings.model_copy(update={"api_prefix": prefix}), platform_modules())
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://testserver")
            )
            found = World(app, prefix, client)
            await found.build()
            yield found

    yield build
    # Tables with rows that migrations brought are kept from test to test.
    async with clean_database.unit_of_work() as session:
        await session.execute(update(User).values(tier_id=None))
        await session.execute(delete(Tier).where(Tier.name == "pro"))
    connection = await asyncpg.connect(database_urls.owner)
    await connection.execute('DELETE FROM "group" WHERE NOT seeded')
    await connection.close()
