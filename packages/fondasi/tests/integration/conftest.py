"""What the platform's tests share: accounts, and applications of the test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio
from fixtures.commands import fondasi

from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.module import Module
from fondasi.runtime import platform_modules
from fondasi.settings import Settings

__all__ = ["fondasi"]

PASSWORD = "correct horse battery staple"


@pytest_asyncio.fixture
async def sign_in(client, clean_database):
    """Headers of a new user: `await sign_in("ani", superuser=True)`."""

    async def create(username: str, *, superuser: bool = False) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, superuser=superuser)
        answer = await client.post("/api/v1/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


@pytest.fixture(scope="session")
def running():
    """A client of an application of the test's own: `async with running(settings, module) as client`."""

    @asynccontextmanager
    async def run(settings: Settings, *modules: Module) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(settings, [*platform_modules(), *modules])
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                yield client

    return run
